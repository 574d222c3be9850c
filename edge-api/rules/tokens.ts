import { foldText } from './fold.ts'

/** A run of text as a reader sees it, before stemming; `parts` are the pieces of an identifier, without the whole. */
export interface Token {
  kind: 'word' | 'identifier' | 'bigram'
  /** As written, after Unicode folding. */
  surface: string
  parts: string[]
}

/** Beyond this a run is data (a hash, an encoded file), not something a visitor would type. */
const MAX_SURFACE_LENGTH = 64
const MAX_PARTS = 12

/** Scripts written without spaces, and Hangul, whose particles cling to the word: both go by pairs of characters. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}々ー'
const LETTER = '[\\p{L}\\p{M}\\p{N}_$]'
const START = '[\\p{L}\\p{N}_]'

/**
 * One run: an optional sigil (`--force`, `.env`, `@scope`, `$emit`), a word, and more words joined by the punctuation
 * that code and compounds use; `c++` and `c#` keep their tail.
 */
const RUN = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?:--?(?=\\p{L})|[.@$#](?=\\p{L}))?${START}${LETTER}*(?:(?:[-.:/@'\\\\]|::|->|/@|\\?\\.|\\.\\.\\.)${START}${LETTER}*)*(?:\\+\\+|#(?![\\p{L}\\p{N}]))?`,
  'gu',
)
const UNSPACED_RUN = new RegExp(`[${UNSPACED}]+`, 'gu')
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u')
const HAS_SIGN = /[^\p{L}\p{M}\p{N}']/u
const VERSION = /^v?\d+(?:[.,:-]\w+)*$/u
const CAMEL = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u

export function* tokens(text: string): Generator<Token> {
  for (const [run] of foldText(text).matchAll(RUN)) {
    if (HAS_UNSPACED.test(run)) yield* unspacedTokens(run)
    else yield* spacedTokens(run)
  }
}

function* unspacedTokens(run: string): Generator<Token> {
  for (const [characters] of run.matchAll(UNSPACED_RUN)) {
    const points = Array.from(characters)
    if (points.length === 1) yield { kind: 'bigram', surface: characters, parts: [] }
    for (let index = 0; index + 1 < points.length; index++)
      yield { kind: 'bigram', surface: `${points[index]}${points[index + 1]}`, parts: [] }
  }
  for (const rest of run.split(UNSPACED_RUN)) if (/[\p{L}\p{N}]/u.test(rest)) yield* tokens(rest)
}

function* spacedTokens(run: string): Generator<Token> {
  if (run.includes("'")) {
    for (const piece of apostrophePieces(run)) yield* spacedTokens(piece)
    return
  }
  const parts = identifierParts(run)
  if (run.length > MAX_SURFACE_LENGTH) {
    for (const part of parts) yield { kind: 'word', surface: part, parts: [] }
    return
  }
  const isIdentifier = parts.length > 0 || HAS_SIGN.test(run)
  yield { kind: isIdentifier ? 'identifier' : 'word', surface: run, parts }
}

/** `don't` stays whole for the stop words, `user's` loses its ending, `l'application` falls apart. */
function apostrophePieces(run: string): string[] {
  const [head = '', ...tail] = run.split("'")
  if (tail.length === 1 && /^(?:s|t|d|m|ll|re|ve)$/i.test(tail[0] ?? '')) return [head]
  return [head, ...tail].filter((piece) => piece.length > 1)
}

function identifierParts(run: string): string[] {
  if (VERSION.test(run)) return run.startsWith('v') ? [run.slice(1)] : []
  const parts = new Set<string>()
  const segments = run.split(/[^\p{L}\p{M}\p{N}_-]+/u).filter(Boolean)
  for (const segment of segments) {
    const words = segment.split(/[-_]+/u).filter(Boolean).flatMap(camelWords)
    if (words.length > 1 && segments.length > 1) parts.add(segment)
    for (const word of words) parts.add(word)
  }
  parts.delete(run)
  return [...parts].slice(0, MAX_PARTS)
}

function camelWords(word: string): string[] {
  if (/^\p{Lu}{2,}s$/u.test(word)) return [word]
  return word.split(CAMEL).flatMap((piece) => {
    const numbered = /^(\p{L}{3,})(\d+)$/u.exec(piece)
    return numbered ? [piece, numbered[1] ?? piece] : [piece]
  })
}

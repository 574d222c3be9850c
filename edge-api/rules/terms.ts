import { foldAccents } from './fold.ts'
import type { Language } from './language.ts'
import { type Token, tokens } from './tokens.ts'

export interface Term {
  /** As written, without accents and in lower case; of an identifier or a part of one, that piece itself. */
  word: string
  /** Normalised: what the index holds. */
  term: string
  /** As written; for a part, the whole identifier it is a part of. */
  surface: string
  kind: 'word' | 'identifier' | 'part' | 'bigram'
}

/** Every term of a text in reading order, repeated as often as it stands there. Stop words are left out. */
export function* terms(text: string, language: Language): Generator<Term> {
  for (const token of tokens(text)) {
    const term = normalise(token.surface, language)
    if (token.kind === 'bigram' || !isStopWord(token, language))
      if (term) yield { term, word: plainWord(token.surface), surface: token.surface, kind: token.kind }
    for (const part of token.parts) {
      const partTerm = normalise(part, language)
      if (partTerm && partTerm !== term && !language.stopWords.has(part.toLowerCase()))
        yield { term: partTerm, word: plainWord(part), surface: token.surface, kind: 'part' }
    }
  }
}

/** The distinct terms of a text, as the index would hold them. */
export function termsOf(text: string, language: Language): string[] {
  const distinct = new Set<string>()
  for (const { term } of terms(text, language)) distinct.add(term)
  return [...distinct]
}

/**
 * One form for all spellings of the same thing: `create-server`, `create_server`, `createServer` and `createserver` meet,
 * `server.proxy` and `--force` keep the punctuation that tells them from prose.
 */
export function normalise(surface: string, language: Language): string {
  const lower = surface.toLowerCase().replace(/(?<=[\p{L}\p{M}\p{N}])[-_]+(?=[\p{L}\p{M}\p{N}])/gu, '')
  const stemmed = /^[\p{L}\p{M}]+$/u.test(lower) ? language.stem(lower) : lower
  return foldAccents(stemmed)
}

function plainWord(surface: string): string {
  return foldAccents(surface.toLowerCase())
}

function isStopWord(token: Token, language: Language): boolean {
  return token.kind === 'word' && language.stopWords.has(token.surface.toLowerCase())
}

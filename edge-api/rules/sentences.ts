import { type Inline, readInline } from './inline.ts'

/** A stretch of a block that can stand alone, as Markdown and as a reader sees it. */
export interface Sentence {
  markdown: string
  text: string
}

/** A full stop after these does not end a sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|no|fig|mr|mrs|ms|dr|st|al|a\.k\.a|\p{L})\.$/iu

/** The block's sentences in order. Code, links and emphasis are never cut through. */
export function splitSentences(markdown: string): Sentence[] {
  const inline = readInline(markdown)
  const sentences: Sentence[] = []
  let start = 0
  for (const end of [...boundaries(inline.text, inline.solid), inline.text.length]) {
    const text = inline.text.slice(start, end).trim()
    const markdown = inline.markdown.slice(markdownOffset(inline, start), markdownOffset(inline, end)).trim()
    if (text !== '') sentences.push({ text, markdown })
    start = end
  }
  return sentences
}

/** Where a sentence beginning at `text[at]` begins in the Markdown: before the marks that open its emphasis. */
function markdownOffset(inline: Inline, at: number): number {
  if (at === 0) return 0
  return at === inline.text.length ? inline.markdown.length : (inline.offsets[at - 1] as number) + 1
}

/** Offsets in `text` where a new sentence begins. */
function boundaries(text: string, solid: readonly [number, number][]): number[] {
  const found: number[] = []
  for (const match of text.matchAll(/[.!?…]["'”’)\]]*\s+|[。！？｡]["'”’）」』]*\s*/g)) {
    const end = match.index + match[0].length
    const isCjk = /^[。！？｡]/.test(match[0])
    if (end >= text.length || solid.some(([from, to]) => from < end && end < to + (isCjk ? 1 : 0))) continue
    if (isCjk || isNewSentence(text, match.index, end, solid)) found.push(end)
  }
  return found
}

function isNewSentence(text: string, mark: number, next: number, solid: readonly [number, number][]): boolean {
  if (text[mark] === '.' && ABBREVIATION.test(text.slice(Math.max(0, mark - 12), mark + 1))) {
    return /etc$/i.test(text.slice(0, mark)) && /^\p{Lu}/u.test(text.slice(next, next + 2))
  }
  // Code and links may begin a sentence in lower case.
  if (solid.some(([from]) => from === next)) return true
  return /^["'“‘(¿¡]?[\p{Lu}\p{Lo}\p{N}\p{Extended_Pictographic}]/u.test(text.slice(next, next + 3))
}

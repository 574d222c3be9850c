import type { AnswerWords } from './answer-words.ts'
import type { Block } from './blocks.ts'
import { parseInline, plainText } from './inline.ts'

type Spoken = Pick<AnswerWords, 'code' | 'table'>

/**
 * Turns a growing answer into the sentences that a screen reader should hear next: each once, none before it is whole.
 * Code and tables are named, not read out.
 */
export function createAnnouncer(
  words: Spoken,
  language: string,
): (blocks: readonly Block[], finished: boolean) => string[] {
  const segmenter = new Intl.Segmenter(language || undefined, { granularity: 'sentence' })
  let block = 0
  let spoken = 0
  return (blocks, finished) => {
    const fresh: string[] = []
    for (; block < blocks.length; block++) {
      const growing = !finished && block === blocks.length - 1
      const sentences = sentencesOf(sayBlock(blocks[block] as Block, words), segmenter)
      const whole = growing ? sentences.slice(0, -1) : sentences
      fresh.push(...whole.slice(spoken))
      spoken = Math.max(spoken, whole.length)
      if (growing) break
      spoken = 0
    }
    return fresh
  }
}

function sayBlock(block: Block, words: Spoken): string {
  if (block.kind === 'code') return `${words.code}.`
  if (block.kind === 'table') return `${words.table}.`
  if (block.kind === 'rule') return ''
  if (block.kind === 'quote') return block.blocks.map((inner) => sayBlock(inner, words)).join('\n')
  if (block.kind === 'list')
    return block.items.map((item) => item.blocks.map((inner) => sayBlock(inner, words)).join('\n')).join('\n')
  return plainText(parseInline(block.text))
}

/** List items stand on lines of their own, so a line ends a sentence too. */
function sentencesOf(text: string, segmenter: Intl.Segmenter): string[] {
  return text
    .split('\n')
    .flatMap((line) =>
      Array.from(segmenter.segment(line), ({ segment }) => segment.replace(/\s+([.,;:!?])/g, '$1').trim()),
    )
    .filter(Boolean)
}

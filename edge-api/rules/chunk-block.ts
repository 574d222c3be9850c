import type { Block } from './passage.ts'

/**
 * Cuts a block whose text is longer than `max` into pieces of about `target` characters, each able to stand alone: code at
 * line ends with its fence repeated, tables between rows with their header repeated, text at sentence ends.
 */
export function splitBlock(block: Block, target: number, max: number): Block[] {
  if (block.text.length <= max) return [block]
  if (block.kind === 'code') return splitCode(block, target)
  if (block.kind === 'table') return splitTable(block, target)
  return splitText(block, target)
}

function splitCode(block: Block, target: number): Block[] {
  const lines = block.markdown.split('\n')
  const fence = lines[0] ?? '```'
  const close = lines.at(-1) ?? '```'
  return gather(
    block.text.split('\n').flatMap((line) => slices(line, target)),
    target,
  ).map((part) => {
    const text = part.join('\n')
    return { ...block, text, markdown: `${fence}\n${text}\n${close}` }
  })
}

function splitTable(block: Block, target: number): Block[] {
  const [header = '', delimiter = '', ...rows] = block.markdown.split('\n')
  const [headerText = '', ...rowTexts] = block.text.split('\n')
  // One line of text a row is what makes this possible; rows without text are the exception, so the Markdown decides.
  if (rowTexts.length !== rows.length) return splitText(block, target)
  const room = Math.max(target - headerText.length, 1)
  let row = 0
  return gather(rowTexts, room).map((part) => {
    const shown = rows.slice(row, row + part.length)
    row += part.length
    return { ...block, text: [headerText, ...part].join('\n'), markdown: [header, delimiter, ...shown].join('\n') }
  })
}

/** A cut sentence loses its links and emphasis: its Markdown is the plain text, escaped. */
function splitText(block: Block, target: number): Block[] {
  const marker = /^(?:[-*]|\d+[.)])\s+(?:\[[ x]\]\s+)?|^>\s?/.exec(block.markdown)?.[0] ?? ''
  const sentences = block.text.split(/(?<=[.!?。！？]\s)/).flatMap((sentence) => words(sentence, target))
  return gather(sentences, target).map((part) => {
    const text = part.join('').trim()
    return { ...block, text, markdown: marker + escapeMarkdown(text) }
  })
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~!&]/g, '\\$&').replaceAll('\n', ' ')
}

function words(sentence: string, target: number): string[] {
  if (sentence.length <= target) return [sentence]
  return gather(
    sentence.split(/(?<=\s)/).flatMap((word) => slices(word, target)),
    target,
  ).map((part) => part.join(''))
}

/** Slices of a piece that has no better place to cut; a surrogate pair stays whole. */
function slices(text: string, length: number): string[] {
  if (text.length <= length) return [text]
  const parts: string[] = []
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + length, text.length)
    if (to < text.length && /[\ud800-\udbff]/.test(text[to - 1] ?? '')) to--
    parts.push(text.slice(from, to))
    from = to
  }
  return parts
}

/** Runs of parts whose lengths add up to at most `target`, or single ones that are longer. */
function gather(parts: string[], target: number): string[][] {
  const runs: string[][] = []
  let run: string[] = []
  let length = 0
  for (const part of parts) {
    if (run.length > 0 && length + part.length + 1 > target) {
      runs.push(run)
      run = []
      length = 0
    }
    run.push(part)
    length += part.length + 1
  }
  if (run.length > 0) runs.push(run)
  return runs
}

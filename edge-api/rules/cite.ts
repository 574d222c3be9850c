import type { Citation } from '#shared/wire.ts'
import type { Part } from './extract.ts'
import { readInline } from './inline.ts'
import type { Block, StoredPassage } from './passage.ts'
import type { FoundSection } from './section.ts'
import { withoutBullet } from './units.ts'

const MAX_QUOTE_LENGTH = 320

/** The parts as Markdown, every paragraph and every list ending in its marker. `label` opens the first paragraph. */
export function renderParts(parts: readonly Part[], n: number, label: string | null): string {
  const marker = ` [${n}]`
  let isOpen = label === null
  const rendered = parts.map((part) => {
    const said = part.sentences.map((sentence) => sentence.markdown).join(' ')
    const opening = isOpen || label === null ? '' : said ? `${label} — ` : announced(label)
    isOpen = true
    const opened = opening + said
    // A list or a table carries its own marker; a sample cannot.
    const prose = opened === '' || (said === '' && part.kind !== 'code') ? opened : opened + marker
    if (part.kind === 'prose') return prose
    const shown = part.kind === 'code' ? part.blocks.map(fence).join('\n\n') : renderList(part, marker, said === '')
    return prose ? `${prose}\n\n${shown}` : shown
  })
  return rendered.filter(Boolean).join('\n\n')
}

/** A colon that is part of the bold name. */
function announced(label: string): string {
  return label.endsWith('**') ? `${label.slice(0, -2)}:**` : `${label}:`
}

function renderList(part: Part, marker: string, isAlone: boolean): string {
  if (part.kind === 'table') return part.blocks.map(table).join('\n\n') + (isAlone ? `\n\n${marker.trim()}` : '')
  // Code cannot carry a marker: the line before it does.
  const last = part.blocks.findLastIndex((block) => block.kind === 'item' || block.kind === 'paragraph')
  const indents: number[] = []
  const lines = part.blocks.map((block, index) => {
    if (block.kind === 'item') {
      const depth = block.depth ?? 0
      const bullet = block.number === undefined ? '- ' : `${block.number}. `
      const indent = indents.slice(0, depth).reduce((sum, each) => sum + each, 0)
      indents.length = Math.min(indents.length, depth)
      indents.push(bullet.length)
      return `${' '.repeat(indent)}${bullet}${readInline(withoutBullet(block.markdown)).markdown.trim()}${index === last ? marker : ''}`
    }
    const indent = ' '.repeat(indents.reduce((sum, each) => sum + each, 0))
    const body =
      block.kind === 'code' ? fence(block) : readInline(block.markdown).markdown.trim() + (index === last ? marker : '')
    return `\n${body.replaceAll(/^(?=.)/gm, indent)}\n`
  })
  // What stands inside an item has a blank line on either side, and never two.
  return lines
    .join('\n')
    .replaceAll(/\n\n\n(?=\s*\S)/g, '\n\n')
    .trimEnd()
}

/** Fenced anew from the text, so that nothing inside can end the fence. */
function fence(block: Block): string {
  const longest = Math.max(2, ...[...block.text.matchAll(/`{3,}/g)].map(([run]) => run.length))
  const marks = '`'.repeat(longest + 1)
  const language = /^[\w+#.-]{1,20}/.exec(block.language ?? '')?.[0] ?? ''
  return `${marks}${language}\n${block.text.replace(/\n+$/, '')}\n${marks}`
}

const MAX_ROWS = 12

function table(block: Block): string {
  const [head = '', rule = '', ...rows] = block.markdown.split('\n').filter((line) => line.trim() !== '')
  const clean = (row: string) =>
    `| ${cells(row)
      .map((cell) =>
        readInline(cell)
          .markdown.trim()
          .replaceAll(/(?<!\\)\|/g, '\\|'),
      )
      .join(' | ')} |`
  return [clean(head), rule, ...rows.slice(0, MAX_ROWS).map(clean)].join('\n')
}

function cells(row: string): string[] {
  return row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
}

/**
 * The citation of a section: what was taken from it first, word for word as it is stored. Of a section in several passages
 * it names the one that holds the quote.
 */
export function cite(section: FoundSection, parts: readonly Part[], n: number): Citation {
  const taken = parts.flatMap((part) => [...part.sentences, ...part.blocks]).map((each) => each.text)
  const first = taken.find((text) => section.pieces.some((piece) => piece.text.includes(text)))
  const passage = section.pieces.find((piece) => first !== undefined && piece.text.includes(first)) ?? section.passage
  const quote = first === undefined ? shorten(passage.text) : quoteOf(passage, taken.slice(taken.indexOf(first)))
  const { passageId, title, headings, url } = passage
  return { n, passageId, title, headings, url, quote }
}

/** The first piece, and those after it while they follow on in the passage too. */
function quoteOf(passage: StoredPassage, [first = '', ...rest]: string[]): string {
  let quote = shorten(first)
  for (const next of rest) {
    const longer = `${quote} ${next}`
    if (longer.length > MAX_QUOTE_LENGTH || !passage.text.includes(longer)) break
    quote = longer
  }
  return quote
}

/** Cut at a word, never inside a surrogate pair. */
function shorten(text: string): string {
  if (text.length <= MAX_QUOTE_LENGTH) return text
  const cut = text.slice(0, MAX_QUOTE_LENGTH)
  const space = cut.search(/\s\S*$/)
  return (space > MAX_QUOTE_LENGTH / 2 ? cut.slice(0, space) : cut.replace(/[\ud800-\udbff]$/, '')).trimEnd()
}

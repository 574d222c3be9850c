import type { Block } from './blocks.ts'
import { parseInline, plainText } from './inline.ts'

/** An answer as plain text, for people who read it elsewhere. */
export function textOf(blocks: readonly Block[]): string {
  return blocks.map(blockText).filter(Boolean).join('\n\n')
}

function blockText(block: Block): string {
  if (block.kind === 'rule') return ''
  if (block.kind === 'code') return block.lines.join('\n')
  if (block.kind === 'table')
    return [block.head, ...block.rows].map((row) => row.map(inlineText).join(' | ')).join('\n')
  if (block.kind === 'quote') return textOf(block.blocks)
  if (block.kind === 'list')
    return block.items
      .map(({ blocks }, index) => `${block.ordered ? `${block.start + index}.` : '-'} ${textOf(blocks)}`)
      .join('\n')
  return inlineText(block.text)
}

const inlineText = (text: string) => plainText(parseInline(text))

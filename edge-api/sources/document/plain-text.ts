import type { Paragraph, Root } from 'mdast'

/** Plain text has no structure but its blank lines. */
export function parsePlainText(text: string): Root {
  const root: Root = { type: 'root', children: [] }
  let from = 0
  for (const gap of text.matchAll(/(?:\r\n|\r(?!\n)|\n)(?:[ \t]*(?:\r\n|\r(?!\n)|\n))+/g)) {
    push(root, text, from, gap.index)
    from = gap.index + gap[0].length
  }
  push(root, text, from, text.length)
  return root
}

function push(root: Root, text: string, from: number, to: number): void {
  const value = text.slice(from, to)
  if (value.trim() === '') return
  const point = (offset: number) => ({ line: 1, column: 1, offset })
  const paragraph: Paragraph = { type: 'paragraph', children: [{ type: 'text', value }] }
  root.children.push({ ...paragraph, position: { start: point(from), end: point(to) } })
}

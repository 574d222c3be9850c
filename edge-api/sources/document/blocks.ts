import type { BlockContent, Heading, List, ListItem, Nodes, PhrasingContent, Root, Table } from 'mdast'
import { gfmToMarkdown } from 'mdast-util-gfm'
import { toMarkdown } from 'mdast-util-to-markdown'
import { MAX_LENGTH, type PlacedBlock, type Section } from '#edge/rules/chunk.ts'
import type { Block } from '#edge/rules/passage.ts'
import { foldSpace } from './clean-text.ts'
import { append } from './tree.ts'

interface Surroundings {
  admonition?: string
  quoted?: boolean
  label?: string
  depth: number
}

/** Cuts a tidy tree at its headings. The first section is what stands above the first heading. */
export function toSections(root: Root): Section[] {
  const sections: Section[] = [{ depth: 0, heading: '', anchor: null, start: 0, blocks: [] }]
  for (const node of root.children) {
    if (node.type === 'heading') {
      sections.push({
        depth: node.depth,
        heading: foldSpace(readText(node)),
        anchor: node.data?.anchor ?? null,
        start: node.position?.start.offset ?? sections.at(-1)?.start ?? 0,
        blocks: [],
      })
    } else append(sections.at(-1)?.blocks ?? [], blocksOf(node as BlockContent, { depth: 0 }))
  }
  return sections
}

/** What a reader sees, as plain text: code as it is, breaks as blanks, pictures only where they stand for words. */
export function readText(node: Nodes): string {
  if (node.type === 'image') return ''
  if (node.type === 'break') return ' '
  if ('value' in node) return node.value
  return 'children' in node ? (node.children as Nodes[]).map(readText).join('') : ''
}

function blocksOf(node: BlockContent, around: Surroundings): PlacedBlock[] {
  switch (node.type) {
    case 'paragraph':
      return paragraph(node.children, node, around)
    case 'heading':
      return paragraph([{ type: 'strong', children: node.children }], node, around, true)
    case 'code':
      return node.value.trim() === '' ? [] : [code(node, around)]
    case 'list':
      return list(node, around)
    case 'table':
      return table(node, around)
    case 'blockquote':
      return node.children.flatMap((child) => blocksOf(child as BlockContent, { ...around, quoted: true }))
    case 'admonition': {
      const inside = { ...around, admonition: node.kind }
      const title = node.title === null ? [] : titleBlock(node.title, node, inside)
      return [...title, ...node.children.flatMap((child) => blocksOf(child, inside))]
    }
    case 'labelled':
      return labelled(node.label, node.children, node, around)
    default:
      return []
  }
}

function paragraph(children: PhrasingContent[], node: Nodes, around: Surroundings, leads = false): PlacedBlock[] {
  const pictures = foldSpace(children.map((child) => (child.type === 'image' ? (child.alt ?? '') : '')).join(' '))
  const text = foldSpace(children.map(readText).join('')) || pictures
  if (text === '') return []
  const body: BlockContent = { type: 'paragraph', children }
  const shown: BlockContent = around.quoted ? { type: 'blockquote', children: [body] } : body
  const kind = around.quoted ? 'quote' : 'paragraph'
  // What is that long is cut into plain pieces anyway, and writing it as Markdown would be the dearest part of all.
  return [
    place(
      { kind, markdown: text.length > MAX_LENGTH ? text : markdown(shown), text },
      node,
      around,
      leads || text.endsWith(':'),
    ),
  ]
}

function titleBlock(title: string, node: Nodes, around: Surroundings): PlacedBlock[] {
  return paragraph([{ type: 'strong', children: [{ type: 'text', value: title }] }], startOf(node), around, true)
}

/** A tab with one code block gives it its label; any other tab announces itself by a line of its own. */
function labelled(label: string, children: BlockContent[], node: Nodes, around: Surroundings): PlacedBlock[] {
  const codes = children.filter((child) => child.type === 'code')
  if (codes.length === children.length && codes.every((child) => !child.data?.label)) {
    return children.flatMap((child) => blocksOf(child, { ...around, label }))
  }
  return [...titleBlock(label, node, around), ...children.flatMap((child) => blocksOf(child, around))]
}

function code(node: Extract<BlockContent, { type: 'code' }>, around: Surroundings): PlacedBlock {
  const block: Block = { kind: 'code', markdown: markdown({ ...node, meta: null }), text: node.value }
  if (node.lang) block.language = node.lang
  const label = node.data?.label ?? around.label
  if (label) block.label = label
  return place(block, node, around, false)
}

function list(node: List, around: Surroundings): PlacedBlock[] {
  return node.children.flatMap((item, index) => {
    const number = node.ordered ? (node.start ?? 1) + index : null
    return listItem(item, number, around)
  })
}

function listItem(item: ListItem, number: number | null, around: Surroundings): PlacedBlock[] {
  const [first, ...others] = item.children
  const inside = { ...around, depth: around.depth + 1 }
  if (first?.type !== 'paragraph') return item.children.flatMap((child) => blocksOf(child as BlockContent, inside))
  const text = foldSpace(readText(first))
  const rest = others.flatMap((child) => blocksOf(child as BlockContent, inside))
  if (text === '') return [...paragraph(first.children, first, inside), ...rest]
  const lone: ListItem = { type: 'listItem', spread: false, checked: item.checked ?? null, children: [first] }
  const shown: List = { type: 'list', ordered: number !== null, start: number, spread: false, children: [lone] }
  const block: Block = { kind: 'item', markdown: markdown(shown), text, depth: around.depth }
  if (number !== null) block.number = number
  return [place(block, first, around, text.endsWith(':') || rest[0]?.block.kind === 'code'), ...rest]
}

function table(node: Table, around: Surroundings): PlacedBlock[] {
  const rows = node.children.map((row) => row.children.map((cell) => foldSpace(readText(cell))).join(' | '))
  const text = rows.filter((row) => row.replace(/[ |]/g, '') !== '').join('\n')
  return text === '' ? [] : [place({ kind: 'table', markdown: markdown(node), text }, node, around, false)]
}

function place(block: Block, node: Nodes, around: Surroundings, leads: boolean): PlacedBlock {
  if (around.admonition !== undefined) block.admonition = around.admonition
  if (block.kind !== 'item' && around.depth > 0) block.depth = around.depth
  const start = node.position?.start.offset ?? null
  return { block, start, end: node.position?.end.offset ?? null, leads }
}

function startOf(node: Nodes): Heading {
  const position = node.position && { start: node.position.start, end: node.position.start }
  return { type: 'heading', depth: 6, children: [], ...(position && { position }) }
}

function markdown(node: BlockContent): string {
  return toMarkdown(
    { type: 'root', children: [node] },
    {
      bullet: '-',
      emphasis: '_',
      fences: true,
      rule: '-',
      listItemIndent: 'one',
      extensions: [gfmToMarkdown({ tablePipeAlign: false })],
    },
  ).trimEnd()
}

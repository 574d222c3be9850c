import type { Blockquote, Definition, Heading, Nodes, PhrasingContent, Root, Table, TableCell, TableRow } from 'mdast'
import type { MdxJsxFlowElement, MdxJsxTextElement } from 'mdast-util-mdx'
import { toString as visibleText } from 'mdast-util-to-string'
import type { Anchors } from './anchors.ts'
import { cleanText } from './clean-text.ts'
import { tidyCode } from './code-fence.ts'
import type { ColonContainer } from './colon-container.ts'
import { meaning } from './elements.ts'
import { withAnchor } from './heading-anchor.ts'
import { parseHtmlFragment } from './html.ts'
import { type LinkOrigin, resolveLink } from './links.ts'
import { restoreBraces } from './markdown.ts'
import { stringLiteral } from './string-literal.ts'
import { readTags, type Tag } from './tags.ts'
import { append, asFlow, asPhrasing, foldPhrasing, isPhrasing, type Node, withPosition } from './tree.ts'

/** What tidying needs to know of the page. */
export interface TidyContext {
  from: LinkOrigin
  anchors: Anchors
  /** Front matter values that a VitePress page may print. */
  values: ReadonlyMap<string, string>
}

/** Deeper nesting than any reader follows; what lies below is dropped, so that hostile input cannot exhaust the stack. */
const MAX_DEPTH = 60

interface State extends TidyContext {
  depth: number
  definitions: Map<string, Definition>
}

/**
 * Reduces every dialect to plain nodes: components and raw HTML to what they mean, containers and alerts to admonitions,
 * references resolved, addresses absolute, each heading with its anchor, hidden characters gone.
 */
export function tidy(root: Root, context: TidyContext): Root {
  const state: State = { ...context, depth: 0, definitions: new Map() }
  collectDefinitions(root, state, 0)
  return { type: 'root', children: asFlow(tidyAll(root.children, state)) }
}

function collectDefinitions(node: Nodes, state: State, depth: number): void {
  if (node.type === 'definition' && !state.definitions.has(node.identifier))
    state.definitions.set(node.identifier, node)
  if (depth < MAX_DEPTH && 'children' in node) {
    for (const child of node.children as Nodes[]) collectDefinitions(child, state, depth + 1)
  }
}

/** Tidies siblings, pairing the HTML tags that stand among them. */
function tidyAll(children: readonly Node[], state: State): Node[] {
  if (state.depth >= MAX_DEPTH) return []
  state.depth++
  const frames: { tag: Tag; nodes: Node[] }[] = []
  const bottom: Node[] = []
  const top = () => frames.at(-1)?.nodes ?? bottom
  const close = () => {
    const frame = frames.pop()
    if (frame) append(top(), element(frame.tag.name, frame.tag.attributes, frame.nodes, state))
  }
  const step = (tag: Tag) => {
    if (tag.kind === 'whole') append(top(), element(tag.name, tag.attributes, [], state))
    else if (tag.kind === 'open' && frames.length < MAX_DEPTH) frames.push({ tag, nodes: [] })
    else if (tag.kind === 'close') {
      const opened = frames.findLastIndex((frame) => frame.tag.name === tag.name)
      while (opened >= 0 && frames.length > opened) close()
    }
  }
  for (const child of children) {
    const tags = child.type === 'html' ? readTags(child.value) : null
    if (tags === null) append(top(), tidyNode(child, state))
    else for (const tag of tags) step(tag)
  }
  while (frames.length > 0) close()
  state.depth--
  return top()
}

function element(name: string, attributes: ReadonlyMap<string, string>, children: Node[], state: State): Node[] {
  return meaning({ name, attributes, children }).flatMap((node) => finish(node, state))
}

/** Nodes made from elements go the same way as written ones. */
function finish(node: Node, state: State): Node[] {
  if (node.type === 'link' || node.type === 'image') return address(node, state)
  if (node.type === 'heading') return [anchored(node, node, state)]
  if (node.type === 'code') return [tidyCode(node)]
  if (node.type === 'paragraph' && node.children[0]?.type === 'link') {
    return [
      {
        ...node,
        children: node.children.flatMap((child) => (child.type === 'link' ? address(child, state) : [child])) as never,
      },
    ]
  }
  return [node]
}

function tidyNode(node: Node, state: State): Node[] {
  const tidied = rewrite(node, state)
  for (const made of tidied) withPosition(made, [node])
  return tidied
}

function rewrite(node: Node, state: State): Node[] {
  switch (node.type) {
    case 'text':
      return text(node.value, state)
    case 'inlineCode':
      return [{ ...node, value: restoreBraces(cleanText(node.value)) }]
    case 'code':
      return [tidyCode(node)]
    case 'heading':
      return [anchored({ ...node, children: phrasing(node, state) }, node, state)]
    case 'link':
      return address({ ...node, children: asPhrasing(tidyAll(node.children, state)) as never }, state)
    case 'image':
      return address(node, state)
    case 'linkReference': {
      const children = asPhrasing(tidyAll(node.children, state))
      const definition = state.definitions.get(node.identifier)
      return definition ? address({ type: 'link', url: definition.url, children: children as never }, state) : children
    }
    case 'imageReference': {
      const definition = state.definitions.get(node.identifier)
      return definition ? address({ type: 'image', url: definition.url, alt: node.alt ?? '' }, state) : []
    }
    case 'html':
      return parseHtmlFragment(node.value).flatMap((child) => tidyNode(child, state))
    case 'blockquote':
      return blockquote(node, state)
    case 'colonContainer':
      return container(node, state)
    case 'mdxJsxFlowElement':
    case 'mdxJsxTextElement':
      return component(node, state)
    case 'mdxFlowExpression':
    case 'mdxTextExpression':
      return expression(node.value, state)
    case 'yaml':
    case 'definition':
    case 'footnoteReference':
    case 'thematicBreak':
    case 'mdxjsEsm':
      return []
    case 'paragraph':
      return paragraph(node, state)
    case 'tableCell':
      return [{ ...node, children: phrasing(node, state) }]
    case 'emphasis':
    case 'strong':
    case 'delete': {
      const children = asPhrasing(tidyAll(node.children, state))
      return children.length === 0 ? [] : [{ ...node, children }]
    }
    case 'listItem':
      return [{ ...node, children: asFlow(tidyAll(node.children, state)) }]
    case 'table':
      return table(node, state)
    case 'list':
    case 'tableRow':
      return [{ ...node, children: tidyAll(node.children, state) } as Node]
    default:
      return 'children' in node ? tidyAll(node.children as Node[], state) : [node]
  }
}

function phrasing(node: Heading | TableCell, state: State): PhrasingContent[] {
  return foldPhrasing(asPhrasing(tidyAll(node.children, state)))
}

/** Columns beyond which a table is no longer read as one; its rows become lines. */
const MAX_COLUMNS = 50

function table(node: Table, state: State): Node[] {
  const rows = tidyAll(node.children, state) as TableRow[]
  if ((node.children[0]?.children.length ?? 0) <= MAX_COLUMNS) return [{ ...node, children: rows }]
  return rows.flatMap((row) => asFlow(asPhrasing(row.children)))
}

function text(value: string, state: State): Node[] {
  let visible = restoreBraces(cleanText(value))
  if (state.from.site.style === 'vitepress' && visible.includes('{{')) visible = interpolate(visible, state.values)
  return visible === '' ? [] : [{ type: 'text', value: visible }]
}

/** Vue prints the value of an expression; we know only those of the front matter, so the others leave no trace. */
function interpolate(value: string, values: ReadonlyMap<string, string>): string {
  return value.replace(/\{\{([^{}]*)\}\}/g, (_, code: string) => {
    const name = /^\s*\$?frontmatter\.([\w-]+)\s*$/.exec(code)?.[1]
    return name === undefined ? '' : (values.get(name) ?? '')
  })
}

function paragraph(node: Extract<Node, { type: 'paragraph' }>, state: State): Node[] {
  const written = visibleText(node, { includeHtml: false }).trim()
  // A table of contents, a VitePress snippet include, a stray closing fence: none of them is text on the page.
  if (/^(?:\[\[toc\]\]|\[toc\]|<<<\s*\S+.*|:{3,})$/i.test(written)) return []
  return asFlow(tidyAll(node.children, state))
}

function address(node: Extract<Node, { type: 'link' | 'image' }>, state: State): Node[] {
  const url = resolveLink(node.url, state.from, node.type)
  if (node.type === 'image') {
    const alt = cleanText(node.alt ?? '')
    return url === null ? [] : [{ type: 'image', url, alt, title: null }]
  }
  if (url === null || node.children.length === 0) return node.children
  return [{ type: 'link', url, title: null, children: node.children }]
}

function anchored(heading: Heading, written: Heading, state: State): Heading {
  return withAnchor(heading, written, state.from.site.style, state.anchors)
}

const ALERT = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION|INFO|DANGER)\][^\S\n]*([^\n]*)(?:\n|$)/i

/** A quote, or the alert that GitHub makes of one. */
function blockquote(node: Blockquote, state: State): Node[] {
  const children = asFlow(tidyAll(node.children, state))
  const lead = children[0]?.type === 'paragraph' ? children[0].children[0] : undefined
  const [whole, kind, title] = lead?.type === 'text' ? (ALERT.exec(lead.value) ?? []) : []
  if (lead?.type === 'text' && whole !== undefined && kind !== undefined) {
    lead.value = lead.value.slice(whole.length)
    const rest = children.filter((child) => visibleText(child).trim() !== '' || child.type !== 'paragraph')
    return [{ type: 'admonition', kind: kind.toLowerCase(), title: title?.trim() || null, children: rest }]
  }
  return children.length === 0 ? [] : [{ type: 'blockquote', children }]
}

const BOXES = new Set([
  'tip',
  'info',
  'note',
  'warning',
  'danger',
  'caution',
  'important',
  'details',
  'success',
  'error',
  'secondary',
])

function container(node: ColonContainer, state: State): Node[] {
  const children = asFlow(tidyAll(node.children as Node[], state))
  const [, name = '', rest = ''] = /^([\w-]+)\s*(.*)$/s.exec(cleanText(node.info)) ?? []
  const kind = name.toLowerCase()
  if (!BOXES.has(kind) || children.length === 0) return children
  const bracket = /^\[(.*?)\]/.exec(rest)?.[1]
  const quoted = /\btitle=["']([^"']*)["']/.exec(rest)?.[1]
  const title = bracket ?? quoted ?? rest.replace(/\{[^}]*\}/g, '').trim()
  return [{ type: 'admonition', kind, title: title === '' ? null : plainTitle(title), children }]
}

/** Titles are Markdown: `skipLibCheck` in code marks, words in bold. They are shown as plain words. */
function plainTitle(title: string): string {
  return title.replace(/[`*]/g, '').trim()
}

function component(node: MdxJsxFlowElement | MdxJsxTextElement, state: State): Node[] {
  const attributes = new Map<string, string>()
  for (const attribute of node.attributes) {
    if (attribute.type !== 'mdxJsxAttribute') continue
    const value =
      typeof attribute.value === 'object' ? stringLiteral(attribute.value?.value ?? '') : (attribute.value ?? '')
    if (value !== null && value !== undefined) attributes.set(attribute.name.toLowerCase(), cleanText(value))
  }
  const name = (node.name ?? '').toLowerCase()
  const made = element(name, attributes, tidyAll(node.children as Node[], state), state)
  return node.type === 'mdxJsxTextElement' || made.every(isPhrasing) ? made : asFlow(made)
}

function expression(source: string, state: State): Node[] {
  const name = /^\s*frontmatter\.([\w-]+)\s*$/.exec(source)?.[1]
  const value = name === undefined ? stringLiteral(source) : (state.values.get(name) ?? null)
  return value === null ? [] : text(value, state)
}

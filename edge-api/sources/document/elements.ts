import type { BlockContent, Image, ListItem, PhrasingContent, TableCell, TableRow } from 'mdast'
import { toString as visibleText } from 'mdast-util-to-string'
import type { Node } from './tree.ts'
import { asFlow, asPhrasing, isPhrasing } from './tree.ts'

/** An HTML element or a component of a docs framework, its children already tidied. */
export interface Element {
  /** Lower case. */
  name: string
  attributes: ReadonlyMap<string, string>
  children: Node[]
}

/** What an element means to a reader. Unknown ones are transparent: their children stand for them. */
export function meaning(element: Element): Node[] {
  const { name } = element
  if (HIDDEN.has(name) || element.attributes.has('v-for')) return []
  return (htmlMeaning[name] ?? componentMeaning[name] ?? transparent)(element)
}

/** Not shown by a browser, or nothing that can be read as text. */
const HIDDEN = new Set([
  'script',
  'style',
  'template',
  'svg',
  'math',
  'iframe',
  'object',
  'embed',
  'canvas',
  'video',
  'audio',
  'head',
  'title',
  'noscript',
  'select',
  'option-list',
])

export const VOID_ELEMENTS = new Set(['br', 'img', 'hr', 'wbr', 'input', 'meta', 'link', 'source', 'col', 'area'])

type Meaning = (element: Element) => Node[]

const transparent: Meaning = ({ children }) => children

const inlineCode: Meaning = ({ children }) => {
  // A link inside code would be shown as words among them; the code as a whole says more.
  if (!children.every(isPhrasing)) return children
  const value = visibleText({ type: 'paragraph', children: children as PhrasingContent[] })
  return value.trim() === '' ? [] : [{ type: 'inlineCode', value }]
}

const strong: Meaning = ({ children }) => wrapPhrasing(children, (inner) => ({ type: 'strong', children: inner }))
const emphasis: Meaning = ({ children }) => wrapPhrasing(children, (inner) => ({ type: 'emphasis', children: inner }))
const deleted: Meaning = ({ children }) => wrapPhrasing(children, (inner) => ({ type: 'delete', children: inner }))

function wrapPhrasing(children: Node[], wrap: (inner: PhrasingContent[]) => PhrasingContent): Node[] {
  return children.length > 0 && children.every(isPhrasing) ? [wrap(children as PhrasingContent[])] : children
}

const link: Meaning = ({ attributes, children }) => {
  const url = attributes.get('href') ?? attributes.get('to')
  if (url === undefined || !children.every(isPhrasing)) return children
  return [{ type: 'link', url, children: children as never }]
}

const image: Meaning = ({ attributes }) => {
  const url = attributes.get('src')
  const node: Image = { type: 'image', url: url ?? '', alt: attributes.get('alt') ?? '' }
  return url === undefined ? [] : [node]
}

const paragraph: Meaning = ({ children }) => asFlow(children)

const heading =
  (depth: 1 | 2 | 3 | 4 | 5 | 6): Meaning =>
  ({ attributes, children }) => {
    const id = attributes.get('id')
    return [{ type: 'heading', depth, children: asPhrasing(children), data: id === undefined ? {} : { htmlId: id } }]
  }

const list =
  (ordered: boolean): Meaning =>
  ({ children }) => {
    const items = children.filter((child) => child.type === 'listItem')
    return items.length === 0 ? children : [{ type: 'list', ordered, spread: false, children: items }]
  }

const listItem: Meaning = ({ children }) => [
  { type: 'listItem', spread: false, children: asFlow(children) } satisfies ListItem,
]

const cell: Meaning = ({ children }) => [{ type: 'tableCell', children: asPhrasing(children) } satisfies TableCell]

const row: Meaning = ({ children }) => {
  const cells = children.filter((child) => child.type === 'tableCell')
  return cells.length === 0 ? [] : [{ type: 'tableRow', children: cells } satisfies TableRow]
}

const table: Meaning = ({ children }) => {
  const rows = children.filter((child) => child.type === 'tableRow')
  return rows.length === 0 ? children : [{ type: 'table', align: [], children: rows }]
}

const quote: Meaning = ({ children }) => [{ type: 'blockquote', children: asFlow(children) }]

const summary: Meaning = ({ children }) => {
  const inner = asPhrasing(children)
  return inner.length === 0 ? [] : [{ type: 'paragraph', children: [{ type: 'strong', children: inner }] }]
}

const preformatted: Meaning = ({ children }) => {
  const only = children.length === 1 ? children[0] : undefined
  if (only?.type === 'code') return [only]
  const value = asPhrasing(children)
    .map((child) => ('value' in child ? child.value : ''))
    .join('')
  return value.trim() === '' ? [] : [{ type: 'code', lang: null, meta: null, value }]
}

const htmlMeaning: Record<string, Meaning> = {
  __proto__: null as never,
  a: link,
  b: strong,
  blockquote: quote,
  br: () => [{ type: 'break' }],
  code: inlineCode,
  del: deleted,
  em: emphasis,
  h1: heading(1),
  h2: heading(2),
  h3: heading(3),
  h4: heading(4),
  h5: heading(5),
  h6: heading(6),
  hr: () => [{ type: 'thematicBreak' }],
  i: emphasis,
  img: image,
  kbd: inlineCode,
  li: listItem,
  ol: list(true),
  p: paragraph,
  pre: preformatted,
  s: deleted,
  samp: inlineCode,
  strong,
  summary,
  table,
  td: cell,
  th: cell,
  tr: row,
  tt: inlineCode,
  ul: list(false),
}

const LABELS = ['label', 'title', 'name', 'slot', 'value', 'tab']

function attribute(element: Element, names: string[]): string | null {
  for (const name of names) {
    const value = element.attributes.get(name)?.trim()
    if (value) return value
  }
  return null
}

/** A tab: its label is how the reader tells it from the next one. */
const labelled: Meaning = (element) => {
  const label = attribute(element, LABELS)
  const children = asFlow(element.children)
  return label === null || children.length === 0 ? children : [{ type: 'labelled', label, children }]
}

const admonition: Meaning = (element) => {
  const kind = (attribute(element, ['type', 'kind', 'variant']) ?? element.name).toLowerCase()
  const children = asFlow(element.children)
  return children.length === 0 ? [] : [{ type: 'admonition', kind, title: attribute(element, ['title']), children }]
}

/** A card leads somewhere: its title, as a link when it has one, then what it says. */
const card: Meaning = (element) => {
  const title = attribute(element, ['title', 'header'])
  const text = attribute(element, ['description', 'text'])
  const href = attribute(element, ['href', 'to', 'link'])
  const children: BlockContent[] = asFlow(element.children)
  if (title === null) return href === null ? children : link({ ...element, attributes: new Map([['href', href]]) })
  const name: PhrasingContent = { type: 'text', value: title }
  const head: PhrasingContent =
    href === null ? { type: 'strong', children: [name] } : { type: 'link', url: href, children: [name] }
  const rest: PhrasingContent[] = text === null ? [] : [{ type: 'text', value: `: ${text}` }]
  return [{ type: 'paragraph', children: [head, ...rest] }, ...children]
}

const badge: Meaning = (element) => {
  const text = attribute(element, ['text', 'label'])
  return text === null ? element.children : [{ type: 'text', value: ` (${text}) ` }]
}

const since: Meaning = (element) => {
  const version = attribute(element, ['v', 'version'])
  return version === null ? element.children : [{ type: 'text', value: `Added in version ${version}` }]
}

const code: Meaning = (element) => {
  const value = attribute(element, ['code'])
  const lang = attribute(element, ['lang', 'language'])
  const title = attribute(element, ['title'])
  if (value === null) return inlineCode(element)
  return [{ type: 'code', lang, meta: title === null ? null : `title="${title}"`, value }]
}

/** Components that docs frameworks share. A name not listed here is transparent. */
const componentMeaning: Record<string, Meaning> = {
  __proto__: null as never,
  accordion: labelled,
  accordionitem: labelled,
  admonition,
  alert: admonition,
  aside: admonition,
  badge,
  callout: admonition,
  card,
  caution: admonition,
  code,
  codegroupitem: labelled,
  danger: admonition,
  expandable: labelled,
  fragment: labelled,
  image,
  info: admonition,
  link,
  linkbutton: link,
  linkcard: card,
  note: admonition,
  picture: image,
  since,
  splitcard: card,
  step: labelled,
  tab: labelled,
  tabitem: labelled,
  tabpanel: labelled,
  tip: admonition,
  warning: admonition,
}

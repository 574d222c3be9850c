import type { Element as HastElement, Nodes as HastNodes, Root as HastRoot } from 'hast'
import { fromHtml } from 'hast-util-from-html'
import { defaultHandlers, type Handle, toMdast } from 'hast-util-to-mdast'
import type { Heading, Nodes, Root } from 'mdast'
import { isPhrasing, type Node } from './tree.ts'

/** An HTML page as Markdown nodes, with what its head says. */
export interface HtmlPage {
  root: Root
  title: string | null
  description: string | null
}

const MAX_DEPTH = 200
/** Elements that say something though they hold nothing. */
const STANDS_ALONE = new Set(['br', 'hr', 'img', 'td', 'th', 'wbr'])
/** What surrounds the text of a page, or cannot be read. */
const NOT_CONTENT = new Set([
  'nav',
  'footer',
  'script',
  'style',
  'template',
  'noscript',
  'iframe',
  'svg',
  'math',
  'form',
  'dialog',
  'canvas',
  'video',
  'audio',
  'object',
  'embed',
  'select',
  'textarea',
  'button',
  'input',
])

export function parseHtmlPage(text: string): HtmlPage {
  const tree = fromHtml(text)
  const head = find(tree, (element) => element.tagName === 'head')
  const title = head === null ? null : find(head, (element) => element.tagName === 'title')
  const description = head === null ? null : find(head, isDescription)
  const content =
    find(tree, (element) => element.tagName === 'main' || element.properties.role === 'main') ??
    onlyArticle(tree) ??
    find(tree, (element) => element.tagName === 'body') ??
    tree
  return {
    root: toMarkdownTree(content),
    title: title === null ? null : textOf(title),
    description: description === null ? null : String(description.properties.content ?? ''),
  }
}

/** Raw HTML inside Markdown. What the nodes were made from has no offsets of its own in the document. */
export function parseHtmlFragment(html: string): Node[] {
  try {
    const root = toMarkdownTree(fromHtml(html, { fragment: true }))
    clearPositions(root)
    return root.children
  } catch {
    // Elements nested thousands deep: nothing that was meant to be read.
    return []
  }
}

function toMarkdownTree(tree: HastRoot | HastElement): Root {
  prune(tree)
  const result = toMdast(tree, { handlers: { ...HEADINGS, sup: superscript, pre }, nodeHandlers: {} })
  if (result.type === 'root') return result
  return { type: 'root', children: isPhrasing(result) ? [{ type: 'paragraph', children: [result] }] : [result as Node] }
}

function prune(parent: HastRoot | HastElement, depth = 0): void {
  if (depth > MAX_DEPTH) parent.children = []
  parent.children = (parent.children as HastNodes[]).filter((child) => {
    if (child.type === 'comment' || child.type === 'doctype') return false
    if (child.type !== 'element') return true
    // What Vue repeats for data that we do not have is no text.
    if (NOT_CONTENT.has(child.tagName) || isHidden(child) || 'v-for' in child.properties) return false
    if (/^h[1-6]$/.test(child.tagName)) adoptInnerId(child)
    prune(child, depth + 1)
    return child.children.length > 0 || STANDS_ALONE.has(child.tagName)
  }) as HastElement['children']
}

/** Old pages put the anchor inside the heading: `<h2><a name="x"></a>Title</h2>`. */
function adoptInnerId(heading: HastElement): void {
  const inner = find(
    heading,
    ({ tagName, properties }) => Boolean(properties.id) || (tagName === 'a' && Boolean(properties.name)),
  )
  heading.properties.id ??= inner?.properties.id ?? inner?.properties.name
}

function isHidden(element: HastElement): boolean {
  const { hidden, ariaHidden, style, className } = element.properties
  if (hidden !== undefined && hidden !== false && hidden !== 'until-found') return true
  if (ariaHidden === 'true') return true
  if (Array.isArray(className) && className.some((name) => name === 'sr-only' || name === 'visually-hidden'))
    return true
  return typeof style === 'string' && /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style)
}

const heading: Handle = (state, element) => {
  const node = defaultHandlers.h1?.(state, element) as Heading
  const { id } = element.properties
  if (typeof id === 'string' && id !== '') node.data = { htmlId: id }
  return node
}
const HEADINGS = { h1: heading, h2: heading, h3: heading, h4: heading, h5: heading, h6: heading }

/** Footnote marks and the like would glue their number to a word. */
const superscript: Handle = (state, element) => {
  const inner = textOf(element)
  return /^\[?\d{1,3}\]?$/.test(inner) ? [] : (state.all(element) as never)
}

const pre: Handle = (state, element) => {
  const label = element.properties.title ?? element.properties.dataTitle ?? element.properties.dataFilename
  const node = defaultHandlers.pre?.(state, element)
  if (typeof label === 'string' && node && !Array.isArray(node) && node.type === 'code') node.meta = `title="${label}"`
  return node
}

function isDescription(element: HastElement): boolean {
  return element.tagName === 'meta' && String(element.properties.name).toLowerCase() === 'description'
}

/** The article is the page's content only when it is the only one. */
function onlyArticle(tree: HastRoot): HastElement | null {
  let count = 0
  const article = find(tree, (element) => element.tagName === 'article')
  find(tree, (element) => element.tagName === 'article' && ++count > 1)
  return count === 1 ? article : null
}

function find(tree: HastRoot | HastElement, test: (element: HastElement) => boolean): HastElement | null {
  for (const child of tree.children) {
    if (child.type !== 'element') continue
    if (test(child)) return child
    const inner = find(child, test)
    if (inner !== null) return inner
  }
  return null
}

function textOf(node: HastNodes): string {
  if (node.type === 'text') return node.value
  return 'children' in node ? (node.children as HastNodes[]).map(textOf).join('') : ''
}

function clearPositions(node: Nodes): void {
  delete node.position
  if ('children' in node) for (const child of node.children as Nodes[]) clearPositions(child)
}

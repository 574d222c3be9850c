import type { BlockContent, Nodes, Parent, PhrasingContent, Root, RootContent } from 'mdast'
// These bring their node types into mdast's unions.
import type {} from 'mdast-util-frontmatter'
import type {} from 'mdast-util-mdx'
import type { ColonContainer } from './colon-container.ts'

/** A boxed aside: `::: tip`, `> [!NOTE]`, `<Callout>`. */
export interface Admonition extends Parent {
  type: 'admonition'
  /** Lower case: `tip`, `warning`, `details`, … */
  kind: string
  title: string | null
  children: BlockContent[]
}

/** What stands under one tab's label. */
export interface Labelled extends Parent {
  type: 'labelled'
  label: string
  children: BlockContent[]
}

declare module 'mdast' {
  interface BlockContentMap {
    admonition: Admonition
    labelled: Labelled
  }
  interface RootContentMap {
    admonition: Admonition
    labelled: Labelled
    colonContainer: ColonContainer
  }
  interface HeadingData {
    /** The id its docs site gives the heading; null when the site gives none. */
    anchor?: string | null
    /** The id written in HTML. */
    htmlId?: string
  }
  interface CodeData {
    /** File name or tab label. */
    label?: string
  }
}

export type Node = RootContent

/** `push(...many)` would put every one of them on the stack. */
export function append<T>(to: T[], from: readonly T[]): void {
  for (const one of from) to.push(one)
}

const PHRASING = new Set([
  'text',
  'emphasis',
  'strong',
  'delete',
  'inlineCode',
  'break',
  'link',
  'image',
  'linkReference',
  'imageReference',
  'footnoteReference',
  'html',
  'mdxTextExpression',
  'mdxJsxTextElement',
])

export function isPhrasing(node: Nodes): node is PhrasingContent {
  return PHRASING.has(node.type)
}

/** Wraps runs of phrasing content in paragraphs, so that the result may stand where blocks stand. */
export function asFlow(nodes: Node[]): BlockContent[] {
  const flow: BlockContent[] = []
  let run: PhrasingContent[] = []
  const close = () => {
    const children = foldPhrasing(run)
    if (children.length > 0) flow.push(withPosition({ type: 'paragraph', children }, run))
    run = []
  }
  for (const node of nodes) {
    if (isPhrasing(node)) run.push(node)
    else {
      close()
      flow.push(node as BlockContent)
    }
  }
  close()
  return flow
}

/** Neighbouring texts joined, blanks folded as a browser folds them, none left at the edges or around breaks. */
export function foldPhrasing(nodes: PhrasingContent[]): PhrasingContent[] {
  const folded: PhrasingContent[] = []
  for (const node of nodes) {
    const last = folded.at(-1)
    if (node.type === 'break') {
      if (last !== undefined && last.type !== 'break') folded.push(node)
    } else if (node.type !== 'text') folded.push(node)
    else if (last?.type === 'text') last.value += node.value
    else folded.push({ ...node })
  }
  while (folded.at(-1)?.type === 'break') folded.pop()
  for (const [index, node] of folded.entries()) {
    if (node.type !== 'text') continue
    node.value = node.value.replace(/[ \t]+/g, ' ').replace(/ ?\n[ \n]*/g, '\n')
    if (index === 0 || folded[index - 1]?.type === 'break') node.value = node.value.trimStart()
    if (index === folded.length - 1 || folded[index + 1]?.type === 'break') node.value = node.value.trimEnd()
  }
  return folded.filter((node) => node.type !== 'text' || node.value !== '')
}

/** Reduces blocks to their phrasing content, a space between neighbours. */
export function asPhrasing(nodes: Node[]): PhrasingContent[] {
  const phrasing: PhrasingContent[] = []
  for (const node of nodes) {
    if (isPhrasing(node)) {
      phrasing.push(node)
      continue
    }
    const inner: PhrasingContent[] = []
    if (node.type === 'code') inner.push({ type: 'inlineCode', value: node.value.replaceAll('\n', ' ') })
    else if ('children' in node) append(inner, asPhrasing(node.children as Node[]))
    if (inner.length === 0) continue
    if (phrasing.length > 0) phrasing.push({ type: 'text', value: ' ' })
    append(phrasing, inner)
  }
  return phrasing
}

/** Gives a made node the range of what it was made from. */
export function withPosition<T extends Node | Root>(node: T, from: readonly Nodes[]): T {
  const start = from.find((part) => part.position)?.position?.start
  const end = from.findLast((part) => part.position)?.position?.end
  if (start && end && !node.position) node.position = { start, end }
  return node
}

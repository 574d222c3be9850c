import { fromHtml } from 'hast-util-from-html'
import { VOID_ELEMENTS } from './elements.ts'

/** One HTML tag standing alone in Markdown's running text. */
export interface Tag {
  kind: 'open' | 'close' | 'whole'
  /** Lower case. */
  name: string
  attributes: Map<string, string>
}

/**
 * The tags of a piece of HTML that is nothing but tags (comments aside), as running text has them, and block HTML where
 * Markdown stands between. Null when there is text too: then the piece makes sense by itself.
 */
export function readTags(html: string): Tag[] | null {
  if (html.length > 10_000 || !/^(?:\s*(?:<[a-z/][^<>]*>|<!--[^<>]*-->))+\s*$/i.test(html)) return null
  return (html.match(/<[a-z/][^<>]*>/gi) ?? []).flatMap((tag) => readTag(tag) ?? [])
}

/** Reads one tag; null for anything else. */
function readTag(html: string): Tag | null {
  const source = html.trim()
  const [, slash, tagName] = /^<(\/?)([a-z][^\s/>]*)/i.exec(source) ?? []
  if (tagName === undefined) return null
  const name = tagName.toLowerCase()
  if (slash === '/') return { kind: 'close', name, attributes: new Map() }
  const isWhole = VOID_ELEMENTS.has(name) || source.endsWith('/>')
  return { kind: isWhole ? 'whole' : 'open', name, attributes: readAttributes(source, tagName) }
}

/** The HTML parser reads the attributes, under a neutral name: `<td>` alone would not be an element to it. */
function readAttributes(source: string, tagName: string): Map<string, string> {
  const attributes = new Map<string, string>()
  if (!source.includes('=')) return attributes
  const [node] = fromHtml(`<x-${source.slice(1)}`.replace(`<x-${tagName}`, '<x-x'), { fragment: true }).children
  if (node?.type !== 'element') return attributes
  for (const [name, value] of Object.entries(node.properties)) {
    if (typeof value === 'string') attributes.set(name.toLowerCase(), value)
    else if (Array.isArray(value)) attributes.set(name.toLowerCase(), value.join(' '))
  }
  return attributes
}

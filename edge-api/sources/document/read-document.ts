import type { Heading, Root } from 'mdast'
import type { ParseNote, ParseReason, SiteStyle } from '#edge/rules/passage.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { createAnchors } from './anchors.ts'
import { readText } from './blocks.ts'
import { cleanText, foldSpace } from './clean-text.ts'
import { type FrontMatter, NO_FRONT_MATTER, readFrontMatter } from './front-matter.ts'
import { measureMarkup } from './hostile-markup.ts'
import { parseHtmlPage } from './html.ts'
import { parseMarkdown, parseMdx } from './markdown.ts'
import { parsePlainText } from './plain-text.ts'
import { isUnpublished, pageAddress } from './site-style.ts'
import { tidy } from './tidy.ts'

export interface DocumentInput {
  /** Path in its source, with `/`; its ending tells the format. */
  path: string
  content: string
  /** Base of the pages' addresses; null when nobody knows it. */
  siteUrl: string | null
  siteStyle: SiteStyle
}

/** A document as its readers see it: plain nodes, every address absolute, every heading with its anchor. */
export interface ReadDocument {
  title: string
  description: string | null
  /** The page's address without anchor. */
  address: string
  root: Root
  notes: ParseNote[]
}

/** 2 MB, as the storage's limit on a document. */
const MAX_BYTES = 2 * 1024 * 1024

interface Parsed {
  root: Root
  front: FrontMatter
  title: string | null
  description: string | null
  notes: ParseNote[]
}

/** Reads one document. Never throws on its content, except for what only a defect of ours can raise. */
export function readDocument(input: DocumentInput): Verdict<ReadDocument, ParseReason> {
  const refusal = inspect(input.content)
  if (refusal !== null) return deny(refusal)
  const offset = input.content.startsWith('\uFEFF') ? 1 : 0
  const parsed = parseByFormat(input.path, input.content.slice(offset))
  if (parsed === null) return deny('format_unsupported')
  if (isUnpublished(input.path, input.siteStyle, parsed.front.unpublished)) return deny('document_unpublished')
  const site = { url: input.siteUrl, style: input.siteStyle }
  const address = pageAddress(input.path, site, parsed.front)
  const root = tidy(parsed.root, {
    from: { site, path: input.path, address },
    anchors: createAnchors(input.siteStyle),
    values: parsed.front.values,
  })
  const title = titleOf(parsed, root)
  if (title === null && root.children.length === 0) return deny('document_empty')
  const description = foldSpace(cleanText(parsed.description ?? ''))
  return allow({
    title: title ?? nameFromPath(input.path),
    description: description === '' ? null : description,
    address,
    root: offset === 0 ? root : shift(root, offset),
    notes: parsed.notes,
  })
}

function inspect(content: string): ParseReason | null {
  if (content.length > MAX_BYTES || new TextEncoder().encode(content).length > MAX_BYTES) return 'document_too_large'
  if (content.includes('\0')) return 'document_binary'
  // What was no text to begin with comes out of a UTF-8 decoder as replacement characters.
  const replaced = content.length - content.replaceAll('\uFFFD', '').length
  if (replaced > 8 && replaced > content.length / 50) return 'document_binary'
  return content.trim() === '' ? 'document_empty' : null
}

function parseByFormat(path: string, text: string): Parsed | null {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  const bare: Parsed = {
    root: { type: 'root', children: [] },
    front: NO_FRONT_MATTER,
    title: null,
    description: null,
    notes: [],
  }
  if (extension === 'md' || extension === 'markdown') return { ...bare, ...parseMarkup(text, parseMarkdown) }
  if (extension === 'mdx') return { ...bare, ...parseMarkup(text, parseMdx) }
  if (extension === 'html' || extension === 'htm') return { ...bare, ...parseHtmlPage(text) }
  if (extension === 'txt') return { ...bare, root: parsePlainText(text) }
  return null
}

/** What one reading cannot make sense of falls to the next plainer one, so that no text is lost. */
function parseMarkup(text: string, parse: typeof parseMarkdown): Partial<Parsed> {
  const { tooComplex, longRuns } = measureMarkup(text)
  if (tooComplex) return { root: parsePlainText(text), notes: ['markup_too_complex'] }
  try {
    return withFrontMatter(parse(text, longRuns))
  } catch {
    if (parse === parseMarkdown) return { root: parsePlainText(text), notes: ['markup_too_complex'] }
    const parsed = parseMarkup(text, parseMarkdown)
    return { ...parsed, notes: ['mdx_read_as_markdown', ...(parsed.notes ?? [])] }
  }
}

function withFrontMatter(root: Root): Partial<Parsed> {
  const first = root.children[0]
  if (first?.type !== 'yaml') return { root }
  const front = readFrontMatter(first.value)
  if (front === null) return { root, notes: ['front_matter_unreadable'] }
  return { root, front, title: front.title ?? null, description: front.description ?? null }
}

/** The heading is nearer to what a reader of an HTML page sees than its window's title, which often names the site too. */
function titleOf(parsed: Parsed, root: Root): string | null {
  const heading = root.children.find((node): node is Heading => node.type === 'heading' && node.depth === 1)
  const shown = heading === undefined ? '' : foldSpace(readText(heading))
  const candidates = parsed.front.title === undefined ? [shown, parsed.title] : [parsed.front.title, shown]
  return (
    candidates.map((candidate) => foldSpace(cleanText(candidate ?? ''))).find((candidate) => candidate !== '') ?? null
  )
}

/** `guide/getting-started.md` → `Getting started`; an index takes its folder's name. */
export function nameFromPath(path: string): string {
  const segments = path.split('/').map((segment) => segment.replace(/\.[^.]+$/, ''))
  const last = segments.pop() ?? ''
  const name = /^(?:index|readme)$/i.test(last) ? (segments.pop() ?? 'Home') : last
  const words = foldSpace(
    cleanText(name)
      .replace(/[-_]+/g, ' ')
      .replace(/^\d+[. ]+(?=\D)/, ''),
  )
  return words === '' ? 'Untitled' : words.charAt(0).toUpperCase() + words.slice(1)
}

/** A byte order mark is no part of the text, but of the document's offsets. */
function shift<T extends Root | Root['children'][number]>(node: T, by: number): T {
  const position = node.position && {
    start: { ...node.position.start, offset: (node.position.start.offset ?? 0) + by },
    end: { ...node.position.end, offset: (node.position.end.offset ?? 0) + by },
  }
  const children =
    'children' in node ? { children: (node.children as Root['children']).map((child) => shift(child, by)) } : {}
  return { ...node, ...children, ...(position && { position }) }
}

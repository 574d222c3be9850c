import type { DocumentId, PassageId } from '#shared/ids.ts'

/** How a docs site makes page addresses and heading anchors. */
export const SITE_STYLES = ['github', 'vitepress', 'docusaurus', 'starlight'] as const
export type SiteStyle = (typeof SITE_STYLES)[number]

/**
 * One unit of a passage that can be quoted or shown alone. `markdown` is self-contained (links and images absolute, no
 * reference definitions needed); `text` is what a reader sees, with white space folded except in code.
 */
export interface Block {
  kind: 'paragraph' | 'item' | 'code' | 'table' | 'quote'
  markdown: string
  text: string
  /** `item`: nesting depth from 0. Other kinds: how many list items they stand in; absent outside of lists. */
  depth?: number
  /** `item` of an ordered list: its number as written. */
  number?: number
  /** `code`: the fence's language and, when given, its file name or tab label. */
  language?: string
  label?: string
  /** Kind of admonition the block stands in: `tip`, `warning`, … */
  admonition?: string
}

/** What chunking makes of one part of a document: the body under one heading, or a piece of it when that is long. */
export interface Passage {
  /** Position in the document, from 0. */
  ordinal: number
  /** Heading path inside the page, outermost first, without the page's title. */
  headings: string[]
  /** Anchor of the nearest heading as the docs site makes it; null above the first one. */
  anchor: string | null
  /** Page address with the anchor; absolute, or site-relative when no site address is known. */
  url: string
  /** Range of UTF-16 code units in the document's text as it was read. */
  start: number
  end: number
  blocks: Block[]
  /** The blocks' texts joined by a line break: what is indexed, and what a citation's quote is found in verbatim. */
  text: string
  /** SHA-256 in hex over title, headings, url and blocks: equal means nothing to write. */
  hash: string
}

export interface ParsedDocument {
  title: string
  description: string | null
  passages: Passage[]
  /** What was wrong with the document, though it could be read. */
  notes: ParseNote[]
}

export type ParseNote = 'front_matter_unreadable' | 'mdx_read_as_markdown' | 'markup_too_complex'

/** Why a document makes no passages. */
export type ParseReason =
  | 'document_empty'
  | 'document_binary'
  | 'document_too_large'
  | 'document_unpublished'
  | 'document_unreadable'
  | 'format_unsupported'

/** A passage as the database holds it. */
export interface StoredPassage extends Omit<Passage, 'hash' | 'start' | 'end'> {
  passageId: PassageId
  documentId: DocumentId
  /** The page's title. */
  title: string
}

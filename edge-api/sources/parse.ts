import { chunk } from '#edge/rules/chunk.ts'
import type { ParsedDocument, ParseReason } from '#edge/rules/passage.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { toSections } from './document/blocks.ts'
import { type DocumentInput, readDocument } from './document/read-document.ts'
import { fragment } from './document/site-style.ts'

/**
 * Makes passages of one document: Markdown, MDX, HTML or plain text, by the ending of its path. Never throws: what cannot
 * be read is denied with its reason.
 */
export function parseDocument(input: DocumentInput): Verdict<ParsedDocument, ParseReason> {
  try {
    const read = readDocument(input)
    if (!read.ok) return read
    const { title, description, address, root, notes } = read.value
    const sections = toSections(root)
    const passages = chunk({ title, address, sections, length: input.content.length, fragment })
    return allow({ title, description, passages, notes })
  } catch {
    // A parser that gave up on hostile nesting; the rest of the source goes on.
    return deny('document_unreadable')
  }
}

export type { DocumentInput }

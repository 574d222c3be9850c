import { utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import { type DocumentId, idFromBytes, type JobId, type PassageId } from '#shared/ids.ts'
import { DatabaseUnavailable } from '../errors.ts'
import type { JobSlice, ProcessedDocument, ProjectDb } from '../project-db.ts'
import type { ParseReason, Passage } from '../rules/passage.ts'
import { parseDocument } from '../sources/parse.ts'

export interface JobRun {
  db: ProjectDb
  jobId: JobId
  nowMs: () => number
  /** When to stop and let the next wake-up go on. */
  untilMs: number
}

/** A document that was begun this often, and never finished, is given up. */
const MAX_ATTEMPTS = 3

/**
 * Processes what the job has staged, a bounded slice at a time, until nothing is left (`idle`) or the time is up
 * (`more`). May be killed anywhere and run any number of times, also at once: each slice is one transaction that first
 * makes sure that it is still waiting. Rejects with DatabaseUnavailable.
 */
export async function ingestDocuments({ db, jobId, nowMs, untilMs }: JobRun): Promise<'more' | 'idle'> {
  for (;;) {
    const slice = await db.takeDocuments(jobId)
    if (slice === null || slice.documents.length === 0) return 'idle'
    const processed = slice.documents.map((document) => processDocument(slice, document))
    if ((await save(db, jobId, slice.language, processed)) === 'finished') return 'idle'
    if (nowMs() >= untilMs) return 'more'
  }
}

/** One document that cannot be stored must not keep the others of its slice out. */
async function save(
  db: ProjectDb,
  jobId: JobId,
  language: string,
  processed: ProcessedDocument[],
): Promise<'saved' | 'finished' | 'taken'> {
  try {
    return await db.saveDocuments(jobId, language, processed)
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error
    const [only, ...others] = processed
    if (only === undefined) return 'taken'
    if (others.length > 0) {
      await save(db, jobId, language, [only])
      return save(db, jobId, language, others)
    }
    if ('reason' in only.outcome) throw error
    return save(db, jobId, language, [{ ...only, outcome: { reason: 'its passages could not be stored' } }])
  }
}

function processDocument(slice: JobSlice, document: JobSlice['documents'][number]): ProcessedDocument {
  const { path, documentId, fingerprint } = document
  return { path, documentId, fingerprint, outcome: outcomeOf(slice, document) }
}

function outcomeOf(
  { siteUrl, siteStyle }: JobSlice,
  { path, documentId, content, reason, attempts }: JobSlice['documents'][number],
): ProcessedDocument['outcome'] {
  if (content === null) return { reason: reason ?? 'it could not be read' }
  if (attempts > MAX_ATTEMPTS) return { reason: `processing it was begun ${MAX_ATTEMPTS} times and never finished` }
  const parsed = parseDocument({ path, content, siteUrl, siteStyle })
  if (parsed.ok) return { title: parsed.value.title, passages: withIds(documentId, parsed.value.passages) }
  // A draft is no failure: it is not to be answered from, and that is all.
  if (parsed.reason === 'document_unpublished') return { title: path, passages: [] }
  return { reason: SENTENCES[parsed.reason] }
}

const SENTENCES: Record<Exclude<ParseReason, 'document_unpublished'>, string> = {
  document_empty: 'it is empty',
  document_binary: 'it is not text',
  document_too_large: 'it is larger than 2 MB',
  document_unreadable: 'it could not be parsed',
  format_unsupported: 'it is neither Markdown, MDX, HTML nor plain text',
}

/** Ids follow from document and content, so that a passage which did not change keeps its id, and citations of it hold. */
function withIds(documentId: DocumentId, passages: Passage[]): (Passage & { passageId: PassageId })[] {
  const seen = new Map<string, number>()
  return passages.map((passage) => {
    const before = seen.get(passage.hash) ?? 0
    seen.set(passage.hash, before + 1)
    const bytes = sha256(utf8(`${documentId} ${passage.hash} ${before}`))
    return { ...passage, passageId: idFromBytes('passage', bytes.slice(0, 16)) }
  })
}

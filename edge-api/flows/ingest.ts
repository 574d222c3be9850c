import { toHex, utf8 } from '#shared/bytes.ts'
import { type DocumentId, type JobId, newId, type Random } from '#shared/ids.ts'
import { PlanFull } from '../errors.ts'
import type { NewSource, ProjectDb, SourceInventory, SourceSettings, StagedDocument } from '../project-db.ts'
import type { ListedDocument, Source } from '../sources/source.ts'

/**
 * Raise it with any change to parsing, chunking or indexing that stored documents are to have too: the next ingest of
 * their source then processes them again.
 */
const PIPELINE_VERSION = 1

const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024

export interface IngestPlan {
  /** The job to wake; null when everything is stored as listed, and then nothing was written. */
  jobId: JobId | null
  unchanged: number
  /** New and changed ones, now waiting for the job. */
  staged: number
  removed: number
  /** Unchanged ones that could not be processed before either. */
  failed: { path: string; reason: string }[]
}

export interface IngestOptions extends Source {
  db: ProjectDb
  random: Random
  /** What it does not say of its site stays as it is. */
  source: SourceSettings
}

export type { ListedDocument }

/**
 * Compares what a source lists with what is stored, removes what is gone, and stages what is new or changed for the
 * source's job, which the caller wakes then. Killed anywhere, it is simply run again: comparing finds what is missing.
 */
export async function planIngest(options: IngestOptions): Promise<IngestPlan> {
  const { db, random, source, documents, complete } = options
  const inventory = await db.openSource(source)
  const stager = createStager(db, inventory, random)
  const known = knownDocuments(inventory)
  const missing = new Set(known.keys())
  const failed: IngestPlan['failed'] = []
  let unchanged = 0
  for await (const listed of documents) {
    const { path } = listed
    missing.delete(path)
    const { content, reason } = inspect(listed)
    const fingerprint = await fingerprintOf(content, reason, inventory, inventory.language)
    const before = known.get(path)
    if (before?.fingerprint === fingerprint) {
      unchanged++
      if (before.reason !== null) failed.push({ path, reason: before.reason })
    } else {
      const documentId = before?.documentId ?? newId('document', random)
      await stager.add({ path, documentId, fingerprint, content, reason })
    }
  }
  const gone = complete ? [...missing].flatMap((path) => known.get(path)?.documentId ?? []) : []
  await removeAll(db, gone)
  const jobId = await stager.finish()
  return { jobId, unchanged, staged: stager.count(), removed: gone.length, failed }
}

/** By path. What an unfinished job has staged counts as known: that job is still to process it. */
export function knownDocuments({ documents, unfinished }: SourceInventory) {
  const known = new Map(documents.map((document) => [document.path, document]))
  for (const staged of unfinished?.staged ?? []) known.set(staged.path, { ...staged, reason: null })
  return known
}

export function inspect(listed: ListedDocument): { content: string | null; reason: string | null } {
  if ('reason' in listed) return { content: null, reason: listed.reason }
  const { content } = listed
  if (content.length > MAX_DOCUMENT_BYTES || utf8(content).length > MAX_DOCUMENT_BYTES)
    return { content: null, reason: 'it is larger than 2 MB' }
  // Neither can be stored as text.
  if (content.includes('\0') || !content.isWellFormed()) return { content: null, reason: 'it is not text' }
  return { content, reason: null }
}

/** Covers all that shapes a document's passages. */
export async function fingerprintOf(
  content: string | null,
  reason: string | null,
  { siteUrl, siteStyle }: Pick<NewSource, 'siteUrl' | 'siteStyle'>,
  language: string,
): Promise<string> {
  const all = JSON.stringify([PIPELINE_VERSION, siteUrl, siteStyle, language, reason, content])
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(all))))
}

const REMOVED_AT_ONCE = 100

async function removeAll(db: ProjectDb, documentIds: DocumentId[]): Promise<void> {
  for (let n = 0; n < documentIds.length; n += REMOVED_AT_ONCE)
    await db.removeDocuments(documentIds.slice(n, n + REMOVED_AT_ONCE))
}

/** Documents are handed to the database in pieces of about this size. */
const PIECE_CHARACTERS = 1_000_000
const PIECE_DOCUMENTS = 500

function createStager(db: ProjectDb, { sourceId, unfinished }: SourceInventory, random: Random) {
  let jobId: JobId | null = null
  let piece: StagedDocument[] = []
  let characters = 0
  let count = 0
  const flush = async (): Promise<void> => {
    if (piece.length === 0) return
    // A job that was finished in the meantime takes nothing more; then the next one does.
    try {
      while (jobId === null || !(await db.stageDocuments(jobId, piece)))
        jobId = await db.openJob(newId('job', random), sourceId)
    } catch (error) {
      // What was handed over before goes its way; its job is not to wait for more.
      if (error instanceof PlanFull && jobId !== null) await db.closeStaging(jobId)
      throw error
    }
    count += piece.length
    piece = []
    characters = 0
  }
  return {
    async add(document: StagedDocument): Promise<void> {
      piece.push(document)
      characters += document.content?.length ?? 0
      if (characters >= PIECE_CHARACTERS || piece.length >= PIECE_DOCUMENTS) await flush()
    },
    /** The job that has to be woken, if there is one. */
    async finish(): Promise<JobId | null> {
      await flush()
      const open = jobId ?? unfinished?.jobId ?? null
      if (open !== null) await db.closeStaging(open)
      return open
    },
    count: () => count,
  }
}

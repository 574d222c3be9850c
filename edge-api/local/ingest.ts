import type { JobId } from '#shared/ids.ts'
import { type ListedDocument, planIngest } from '../flows/ingest.ts'
import type { NewSource, ProjectDb } from '../project-db.ts'
import type { SiteStyle } from '../rules/passage.ts'
import { upload } from '../sources/upload.ts'
import { type DocsFolder, readDoc } from './docs-folder.ts'
import { listPages, type ManifestEntry } from './docs-manifest.ts'
import type { Progress } from './progress.ts'
import { StartProblem } from './start-problem.ts'

export interface LocalIngest {
  db: ProjectDb
  source: NewSource
  documents: Iterable<ListedDocument>
  /** Tells the Worker's queue that a job waits. */
  wake(jobId: JobId): Promise<unknown>
  progress(progress: Progress): void
}

export interface Ingested {
  unchanged: number
  removed: number
  processed: number
  failed: { path: string; reason: string }[]
}

const POLL_MS = 150
/** In case a wake-up was lost; one too many costs a look at the job and no more. */
const WAKE_AGAIN_MS = 30_000
const STALLED_MS = 180_000

/** Brings the source to what is listed, through the queue and the Worker, and waits for the end. */
export async function runIngest(ingest: LocalIngest): Promise<Ingested> {
  const { db, source, documents } = ingest
  const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)
  const { jobId, unchanged, removed, failed } = await planIngest({
    db,
    source,
    random,
    ...upload(documents, { complete: true }),
  })
  if (jobId === null) return { unchanged, removed, processed: 0, failed }
  const job = await waitForJob(ingest, jobId)
  return { unchanged, removed, processed: job.done - job.failed.length, failed: [...failed, ...job.failed] }
}

/** The folder's documents as a source lists them; each one read is noted in `manifest` for the docs site. */
export function* readFolder(
  folder: string,
  docs: DocsFolder,
  siteStyle: SiteStyle,
  manifest: ManifestEntry[],
): Iterable<ListedDocument> {
  yield* docs.unreadable
  for (const path of docs.paths) {
    const read = readDoc(folder, path)
    if ('content' in read) manifest.push(...listPages([{ path, content: read.content }], siteStyle))
    yield { path, ...read }
  }
}

async function waitForJob({ db, wake, progress }: LocalIngest, jobId: JobId) {
  let [seen, changedMs, wokenMs] = [-1, performance.now(), -Infinity]
  while (true) {
    const job = await db.readJob(jobId)
    if (job === null) throw new StartProblem('The job of this ingest has vanished from the database.')
    progress({ done: job.done, total: job.total, note: `${job.passages} passages` })
    if (job.state === 'done') return job
    const nowMs = performance.now()
    if (job.done !== seen) [seen, changedMs] = [job.done, nowMs]
    if (nowMs - changedMs > STALLED_MS)
      throw new StartProblem(
        `The ingest stands still at ${job.done} of ${job.total} documents; worker.log may say why.`,
      )
    if (nowMs - Math.max(wokenMs, changedMs) > WAKE_AGAIN_MS || wokenMs < 0) {
      await wake(jobId)
      wokenMs = nowMs
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

import { signal } from '@preact/signals'
import { call } from './api.ts'
import type { AnswerOf } from './calls.ts'
import type { DroppedFile } from './dropped-files.ts'
import { Refused, sentenceOf, Unreachable } from './failure.ts'
import { batchesOf } from './upload-batches.ts'
import { planUpload, type Rejected } from './upload-plan.ts'

export type Job = AnswerOf<'GET /api/projects/:project/jobs/:id'>

interface Document {
  path: string
  content: string
}

export interface Upload {
  project: string
  /** Documents to send, and how many have been answered. */
  total: number
  sent: number
  /** Not sent, or refused, each with the reason. */
  failed: Rejected[]
  ignored: number
  /** What is being done: sending, then waiting for the server to read it all. */
  state: 'sending' | 'reading' | 'done'
  /** Set while the server wants us to wait. */
  pausedSeconds: number | null
  jobs: Record<string, Job | null>
}

/** The one upload under way or just over. Outlives its page: somebody may look elsewhere meanwhile. */
export const upload = signal<Upload | null>(null)

const TRIES = 4
const POLL_MS = 1000

/** Sends the files, then follows the jobs that read them. Never rejects: what went wrong is told file by file. */
export async function startUpload(project: string, files: DroppedFile[]): Promise<void> {
  const { accepted, rejected, ignored } = planUpload(files)
  upload.value = {
    ...{ project, total: accepted.length, sent: 0, failed: rejected, ignored },
    ...{ state: 'sending', pausedSeconds: null, jobs: {} },
  }
  addEventListener('beforeunload', warn)
  let begun = 0
  for (const size of batchesOf(accepted)) {
    await sendBatch(project, await readAll(accepted.slice(begun, begun + size)))
    begun += size
    change({ sent: begun })
  }
  removeEventListener('beforeunload', warn)
  change({ state: 'reading', pausedSeconds: null })
  await followJobs(project)
  change({ state: 'done' })
}

/** A file that the server refuses by name does not hold up the others of its batch. */
async function sendBatch(project: string, documents: Document[]): Promise<void> {
  if (documents.length === 0) return
  try {
    const send = () => call('POST /api/projects/:project/documents', { project, body: { documents } })
    const { jobId } = await patiently(send)
    const { jobs } = current()
    if (jobId !== null) change({ jobs: { ...jobs, [jobId]: null } })
  } catch (error) {
    const refused = refusedOf(error)
    const told = documents.flatMap(({ path }, index) => {
      const reason = refused.size === 0 ? sentenceOf(error) : refused.get(index)
      return reason === undefined ? [] : [{ path, reason }]
    })
    fail(told)
    if (refused.size > 0 && told.length > 0)
      await sendBatch(
        project,
        documents.filter((_, index) => !refused.has(index)),
      )
  }
}

/** The documents of a batch that a refusal names, by their place: `documents.3.path`. */
function refusedOf(error: unknown): Map<number, string> {
  const errors = error instanceof Refused ? (error.problem.errors ?? []) : []
  const placed = errors.flatMap(({ path, message }) => {
    const place = /^documents\.(\d+)\./.exec(path)?.[1]
    return place === undefined ? [] : [[Number(place), message] as const]
  })
  return new Map(placed)
}

async function readAll(files: DroppedFile[]): Promise<Document[]> {
  const documents: Document[] = []
  for (const { path, file } of files)
    try {
      documents.push({ path, content: await readText(file) })
    } catch (error) {
      fail([{ path, reason: error instanceof UnreadableFile ? error.message : sentenceOf(error) }])
    }
  return documents
}

function fail(files: Rejected[]): void {
  change({ failed: [...current().failed, ...files] })
}

class UnreadableFile extends Error {}

async function readText(file: File): Promise<string> {
  const bytes = await file.arrayBuffer().catch(() => {
    throw new UnreadableFile('It cannot be read any more: it was moved or changed meanwhile.')
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UnreadableFile('It is not UTF-8 text.')
  }
}

/** Waits where the server says that it is too much at once, and tries again where nobody answered. */
async function patiently<Value>(send: () => Promise<Value>): Promise<Value> {
  for (let tries = 1; ; tries++) {
    try {
      return await send()
    } catch (error) {
      const seconds = pauseFor(error, tries)
      if (seconds === null) throw error
      change({ pausedSeconds: seconds })
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
      change({ pausedSeconds: null })
    }
  }
}

function pauseFor(error: unknown, tries: number): number | null {
  if (error instanceof Refused && error.problem.status === 429) return error.retryAfterSeconds ?? 60
  const isPassing = error instanceof Unreachable || (error instanceof Refused && error.problem.status === 503)
  return isPassing && tries < TRIES ? 2 ** tries : null
}

async function followJobs(project: string): Promise<void> {
  while (true) {
    const open = Object.entries(current().jobs).filter(([, job]) => job?.state !== 'done')
    if (open.length === 0) return
    for (const [id] of open) {
      const job = await patiently(() => call('GET /api/projects/:project/jobs/:id', { project, id })).catch(() => null)
      // It cannot be followed any more; the list of documents tells what became of it.
      if (job === null) return
      change({ jobs: { ...current().jobs, [id]: job } })
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function current(): Upload {
  if (upload.value === null) throw new Error('no upload is under way')
  return upload.value
}

function change(part: Partial<Upload>): void {
  upload.value = { ...current(), ...part }
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

import { signal } from '@preact/signals'
import { call } from './api.ts'
import type { AnswerOf } from './calls.ts'
import type { DroppedFile } from './dropped-files.ts'
import { Refused, sentenceOf, Unreachable } from './failure.ts'
import { planUpload, type Rejected } from './upload-plan.ts'

export type Job = AnswerOf<'GET /api/projects/:project/jobs/:id'>

export interface Upload {
  project: string
  /** Documents to send, and how many have been answered. */
  total: number
  sent: number
  unchanged: number
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

const AT_ONCE = 3
const TRIES = 4
const POLL_MS = 1000

/** Sends the files, then follows the jobs that read them. Never rejects: what went wrong is told file by file. */
export async function startUpload(project: string, files: DroppedFile[]): Promise<void> {
  const { accepted, rejected, ignored } = planUpload(files)
  const begun = { project, total: accepted.length, sent: 0, unchanged: 0, failed: rejected, ignored }
  upload.value = { ...begun, state: 'sending', pausedSeconds: null, jobs: {} }
  const waiting = [...accepted]
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await sendOne(project, next)
  }
  addEventListener('beforeunload', warn)
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  removeEventListener('beforeunload', warn)
  change({ state: 'reading', pausedSeconds: null })
  await followJobs(project)
  change({ state: 'done' })
}

async function sendOne(project: string, { path, file }: DroppedFile): Promise<void> {
  try {
    const content = await readText(file)
    const { jobId } = await patiently(() =>
      call('POST /api/projects/:project/documents', { project, body: { path, content } }),
    )
    const { sent, unchanged, jobs } = current()
    if (jobId === null) change({ sent: sent + 1, unchanged: unchanged + 1 })
    else change({ sent: sent + 1, jobs: { ...jobs, [jobId]: jobs[jobId] ?? null } })
  } catch (error) {
    const { sent, failed } = current()
    const reason = error instanceof UnreadableFile ? error.message : sentenceOf(error)
    change({ sent: sent + 1, failed: [...failed, { path, reason }] })
  }
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

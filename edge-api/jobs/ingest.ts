import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import { DatabaseUnavailable } from '../errors.ts'
import { ingestDocuments } from '../flows/ingest-documents.ts'
import type { JobMessage, JobRecords, Ports } from '../ports.ts'

/** The part of a queue's message that is needed here; Cloudflare's `Message` is one. */
export interface QueueMessage {
  body: unknown
  attempts: number
  ack(): void
  retry(options: { delaySeconds: number }): void
}

export interface JobConsumer extends Pick<Ports, 'openProject' | 'nowMs' | 'log'> {
  send(message: JobMessage): Promise<unknown>
}

/** One message's share of work; a longer job goes on with the next message, so that no invocation meets its limits. */
const WORK_MS = 10_000

const messageSchema = z.object({
  projectId: z.string().transform((text) => parseId('project', text)),
  jobId: z.string().transform((text) => parseId('job', text)),
})

/** The consumer of the queue. A message that fails is tried again later; the cron finds what is lost. */
export async function consumeJobs(messages: readonly QueueMessage[], consumer: JobConsumer): Promise<void> {
  for (const message of messages) await consume(message, consumer)
}

async function consume(message: QueueMessage, { openProject, nowMs, log, send }: JobConsumer): Promise<void> {
  const parsed = messageSchema.safeParse(message.body)
  const { projectId, jobId } = parsed.data ?? {}
  if (!projectId || !jobId) {
    log.error('job_message_malformed', {})
    message.ack()
    return
  }
  try {
    const db = openProject(projectId)
    const outcome = await ingestDocuments({ db, jobId, nowMs, untilMs: nowMs() + WORK_MS })
    if (outcome === 'more') await send({ projectId, jobId })
    message.ack()
  } catch (error) {
    log.error(error instanceof DatabaseUnavailable ? 'job_database_unavailable' : 'job_failed', {
      projectId,
      jobId,
      error,
    })
    message.retry({ delaySeconds: Math.min(300, 5 * 2 ** message.attempts) })
  }
}

const RESUMED_AT_ONCE = 100

/** What start-up and cron do: wakes every job that was begun and is not done. Returns how many. */
export async function resumeJobs(records: JobRecords, send: JobConsumer['send']): Promise<number> {
  const unfinished = await records.unfinishedJobs(RESUMED_AT_ONCE)
  for (const message of unfinished) await send(message)
  return unfinished.length
}

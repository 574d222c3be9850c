import { afterAll, beforeAll, beforeEach } from 'vitest'
import { deliverWebhook } from '#edge/flows/deliver-webhook.ts'
import { ingestDocuments } from '#edge/flows/ingest-documents.ts'
import { listDeliveries, type WebhookManagement } from '#edge/flows/manage-webhooks.ts'
import type { ProjectDb } from '#edge/project-db.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import type { DeliveryWake, WebhookEventMessage } from '#edge/rules/webhook.ts'
import { utf8 } from '#shared/bytes.ts'
import { type EndpointId, issueEndpointId } from '#shared/endpoint-id.ts'
import type { JobId, ProjectId } from '#shared/ids.ts'
import { openTestDatabase, random, type TestDatabase } from './database.ts'
import { managed, NOW_MS, SECRETS } from './manage.ts'

/** A database for the file, and before each test a project with an address for events. */
export interface World {
  database: TestDatabase
  projectId: ProjectId
  db: ProjectDb
  endpoint: EndpointId
  /** What deliveries have woken. */
  jobs: JobId[]
}

export const world = {} as World

export function useWebhookWorld(): void {
  beforeAll(async () => {
    world.database = await openTestDatabase()
  }, 240_000)
  afterAll(() => world.database.close())
  beforeEach(async () => {
    const { projectId, db } = await world.database.newProject()
    const endpoint = issueEndpointId({ projectId, secrets: SECRETS, random })
    const row = { id: endpoint, kind: 'in', provider: 'standard', label: 'Wiki' } as const
    await managed(world.database, projectId).management.settings.addEndpoint({
      ...row,
      sealedSecret: new Uint8Array([1]),
    })
    Object.assign(world, { projectId, db, endpoint, jobs: [] })
  })
}

export function event(eventId: string, type: string, data: unknown, atMs = NOW_MS): WebhookEventMessage {
  const { projectId, endpoint } = world
  const body = utf8(JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data }))
  return { projectId, endpoint, kind: 'in', eventId, type, receivedAtMs: atMs, body }
}

export const page = (path: string, words: string) => ({ path, content: `# ${path}\n\n${words}\n` })
export const upsert = (eventId: string, path: string, words: string, atMs?: number) =>
  event(eventId, 'documents.upsert', page(path, words), atMs)
export const remove = (eventId: string, path: string, atMs?: number) =>
  event(eventId, 'documents.delete', { path }, atMs)

export function deliver(message: WebhookEventMessage | DeliveryWake, through: ProjectDb = world.db) {
  return deliverWebhook(message, { db: through, random, wakeJob: async (jobId) => world.jobs.push(jobId) })
}

/** What a search finds, once the jobs that were woken are done. */
export async function found(words: string): Promise<string[]> {
  const { db, jobs } = world
  for (const jobId of jobs.splice(0))
    await ingestDocuments({ db, jobId, nowMs: Date.now, untilMs: Number.POSITIVE_INFINITY })
  const { hits } = await db.search(analyseQuestion(words, english), 20)
  return hits.map(({ passage }) => passage.text).sort()
}

export function manage(): WebhookManagement & { woken: DeliveryWake[] } {
  const woken: DeliveryWake[] = []
  const { management } = managed(world.database, world.projectId)
  return { ...management, sealingKeys: new Map(), wakeDelivery: async (message) => woken.push(message), woken }
}

export async function list() {
  const verdict = await listDeliveries(manage(), {})
  if (!verdict.ok) throw new Error(verdict.reason)
  return verdict.value.items
}

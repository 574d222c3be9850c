import { NeonDbError } from '@neondatabase/serverless'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { EndpointId } from '#shared/endpoint-id.ts'
import { idFromUuid, idToUuid } from '#shared/ids.ts'
import type { DeliveryKey, DocumentsPushed, NewDelivery, NewTranscript, ProjectDb } from '../../project-db.ts'
import { jobs } from '../schema.ts'
import { conversations } from '../schema-conversations.ts'
import { webhookDeliveries, webhookEndpoints } from '../schema-webhooks.ts'
import { rowsOf, type Scope, type Statement } from '../scope.ts'
import { timestamp } from './settings-change.ts'
import { documentRoom, insertItems, removalStatements } from './staging.ts'

type Deliveries = Pick<
  ProjectDb,
  | 'beginDelivery'
  | 'resumeDelivery'
  | 'overtakenPaths'
  | 'pushDocuments'
  | 'saveTranscript'
  | 'endDelivery'
  | 'postponeDelivery'
>

export function deliveries(scope: Scope): Deliveries {
  const set = async (key: DeliveryKey, values: Partial<typeof webhookDeliveries.$inferInsert>) => {
    await scope.run([
      scope.db
        .update(webhookDeliveries)
        .set({ ...values, updatedAt: sql`now()` as never })
        .where(waiting(scope, key)),
    ])
  }
  return {
    beginDelivery: (event) => beginDelivery(scope, event),
    resumeDelivery: (key) => resumeDelivery(scope, key),
    overtakenPaths: (key, paths) => overtakenPaths(scope, key, paths),
    pushDocuments: (push) => pushDocuments(scope, push),
    saveTranscript: (transcript) => saveTranscript(scope, transcript),
    endDelivery: (key, state, reason) => set(key, state === 'dead' ? { state, reason } : { state, reason, body: null }),
    postponeDelivery: (key, reason) => set(key, { reason }),
  }
}

function one({ projectId }: Scope, { endpoint, eventId }: DeliveryKey) {
  return and(
    eq(webhookDeliveries.projectId, projectId),
    eq(webhookDeliveries.endpoint, endpoint),
    eq(webhookDeliveries.eventId, eventId),
  )
}

const waiting = (scope: Scope, key: DeliveryKey) => and(one(scope, key), eq(webhookDeliveries.state, 'waiting'))

/** Longer than any sender goes on repeating an event; also long enough for people to look back. */
const REMEMBERED = sql`interval '30 days'`

export function forgetOldDeliveries({ db, projectId }: Scope) {
  return db
    .delete(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.projectId, projectId),
        inArray(webhookDeliveries.state, ['done', 'ignored', 'dead']),
        sql`${webhookDeliveries.receivedAt} < now() - ${REMEMBERED}`,
      ),
    )
}

const again = { attempts: sql`${webhookDeliveries.attempts} + 1`, updatedAt: sql`now()` }

async function beginDelivery(scope: Scope, event: NewDelivery): ReturnType<Deliveries['beginDelivery']> {
  const { db, projectId } = scope
  const { endpoint, eventId, type, body, receivedAtMs, occurredAtMs } = event
  const times = { receivedAt: timestamp(receivedAtMs) as never, occurredAt: timestamp(occurredAtMs) as never }
  const [[row]] = await scope.run([
    db
      .insert(webhookDeliveries)
      .values({ projectId, endpoint, eventId, type, body, state: 'waiting', attempts: 1, ...times })
      .onConflictDoUpdate({
        target: [webhookDeliveries.projectId, webhookDeliveries.endpoint, webhookDeliveries.eventId],
        set: again,
        setWhere: eq(webhookDeliveries.state, 'waiting'),
      })
      .returning({ attempts: webhookDeliveries.attempts }),
    forgetOldDeliveries(scope),
  ])
  return row ?? null
}

async function resumeDelivery(scope: Scope, key: DeliveryKey): ReturnType<Deliveries['resumeDelivery']> {
  const { id, kind } = webhookEndpoints
  const itsEndpoint = and(eq(webhookEndpoints.projectId, scope.projectId), eq(id, key.endpoint))
  const [[row], [endpoint]] = await scope.run([
    scope.db.update(webhookDeliveries).set(again).where(waiting(scope, key)).returning(),
    scope.db.select({ kind }).from(webhookEndpoints).where(itsEndpoint),
  ])
  if (row === undefined) return null
  return {
    endpoint: row.endpoint as EndpointId,
    kind: endpoint?.kind ?? null,
    eventId: row.eventId,
    type: row.type,
    body: bytesOf(row.body),
    receivedAtMs: Date.parse(row.receivedAt),
    occurredAtMs: Date.parse(row.occurredAt),
    attempts: row.attempts,
  }
}

/** The driver gives bytea as Postgres spells it, or as bytes. */
function bytesOf(value: unknown): Uint8Array {
  if (typeof value === 'string')
    return Uint8Array.from(value.slice(2).match(/../g) ?? [], (hex) => Number.parseInt(hex, 16))
  return value instanceof Uint8Array ? value : new Uint8Array()
}

async function overtakenPaths(scope: Scope, key: DeliveryKey, paths: string[]): Promise<string[]> {
  const { db, projectId } = scope
  const [{ rows }] = await scope.run([
    db.execute<{ path: string }>(sql`
      select distinct path from webhook_deliveries later, unnest(later.paths) as path
      where later.project_id = ${projectId}::uuid and later.endpoint = ${key.endpoint} and later.state = 'done'
        and later.event_id <> ${key.eventId} and path = any (${sql.param(paths)}::text[])
        and later.occurred_at > (select occurred_at from webhook_deliveries
          where project_id = ${projectId}::uuid and endpoint = ${key.endpoint} and event_id = ${key.eventId})`),
  ])
  return rows.map(({ path }) => path)
}

/** Raised by claim_webhook_delivery (migrations/0003_webhooks.sql), and by the division in `stage`. */
const OUTCOMES: Record<string, 'taken' | 'overtaken' | 'busy'> = { PX002: 'taken', PX003: 'overtaken', '22012': 'busy' }

async function pushDocuments(scope: Scope, push: DocumentsPushed): ReturnType<Deliveries['pushDocuments']> {
  const claim = claimOf(scope, push.delivery, push.paths)
  try {
    const results = await scope.run([
      claim,
      ...(push.removed.length > 0 ? removalStatements(scope, push.removed) : []),
      ...(push.staged.length > 0 ? stage(scope, push) : []),
    ])
    const [job] = push.staged.length > 0 ? (results.at(-1) as { id: string }[]) : []
    return { jobId: job === undefined ? null : idFromUuid('job', job.id) }
  } catch (error) {
    const outcome = error instanceof NeonDbError ? OUTCOMES[error.code ?? ''] : undefined
    if (outcome === undefined) throw error
    return outcome
  }
}

function claimOf({ db }: Scope, { endpoint, eventId }: DeliveryKey, paths: string[]): Statement {
  return db.execute(sql`select claim_webhook_delivery(${endpoint}, ${eventId}, ${sql.param(paths)}::text[])`)
}

async function saveTranscript(
  scope: Scope,
  { delivery, threadId, threadSecretHash, turns }: NewTranscript,
): ReturnType<Deliveries['saveTranscript']> {
  const { db, projectId } = scope
  const rows = turns.map(({ role, answerId, markdown }, place) => ({
    place,
    role,
    answer: idToUuid(answerId),
    markdown,
  }))
  const conversation = sql`
    with begun as (
      insert into conversations (project_id, id, secret_hash, channel)
        values (${projectId}::uuid, ${idToUuid(threadId)}::uuid, ${sql.param(threadSecretHash, conversations.secretHash)}::bytea, 'voice')
        on conflict do nothing returning id)
    insert into messages (project_id, conversation_id, role, markdown, answer_id)
      select ${projectId}::uuid, begun.id, role, markdown, answer
      from begun, ${rowsOf(rows, 'place int, role text, answer uuid, markdown text')} order by place`
  try {
    await scope.run([claimOf(scope, delivery, []), db.execute(conversation)])
    return 'stored'
  } catch (error) {
    if (error instanceof NeonDbError && OUTCOMES[error.code ?? ''] === 'taken') return 'taken'
    throw error
  }
}

/**
 * Into the source's unfinished job, whose row is locked so that it cannot end meanwhile, or into a new one. Were there neither in
 * the end, because another ingest of the source came and went in between, the division stops the whole transaction.
 */
function stage(scope: Scope, { sourceId, newJobId, staged }: DocumentsPushed): Statement[] {
  const { db, projectId } = scope
  const source = idToUuid(sourceId)
  const jobIs = sql`job.source_id = ${source}`
  const current = and(
    eq(jobs.projectId, projectId),
    eq(jobs.sourceId, source),
    inArray(jobs.state, ['staging', 'running']),
  )
  return [
    db.update(jobs).set({ updatedAt: sql`now()` }).where(current),
    db
      .insert(jobs)
      .values({ projectId, id: idToUuid(newJobId), sourceId: source, state: 'running' })
      .onConflictDoNothing(),
    ...documentRoom(scope, jobIs, staged),
    db.execute(sql`
      with inserted as (${insertItems(projectId, jobIs, staged)} returning path)
      select 1 / (count(*) = ${staged.length})::int from inserted`),
    db.select({ id: jobs.id }).from(jobs).where(current),
  ]
}

import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { EndpointId } from '#shared/endpoint-id.ts'
import { type DeliveryId, idFromUuid, idToUuid } from '#shared/ids.ts'
import type { Page } from '../../rules/page.ts'
import { type Delivery, MAX_ENDPOINTS, type WebhookEndpoint } from '../../rules/webhook.ts'
import { webhookDeliveries, webhookEndpoints } from '../schema-webhooks.ts'
import type { Scope } from '../scope.ts'
import type { NewEndpoint, ProjectSettings } from '../settings.ts'
import { microsOf, standsBefore } from './page-of.ts'
import { changePolicy, iso, timestamp } from './settings-change.ts'

type WebhookSettings = Pick<
  ProjectSettings,
  'listEndpoints' | 'addEndpoint' | 'rotateEndpoint' | 'removeEndpoint' | 'pageOfDeliveries' | 'replayDelivery'
>

export function webhookSettings(scope: Scope): WebhookSettings {
  return {
    listEndpoints: () => listEndpoints(scope),
    addEndpoint: (endpoint) => addEndpoint(scope, endpoint),
    rotateEndpoint: (id, sealedSecret, replacedUntilMs) => rotateEndpoint(scope, id, sealedSecret, replacedUntilMs),
    removeEndpoint: async (id) => {
      const removed = sql`
        delete from webhook_endpoints where project_id = ${scope.projectId}::uuid and id = ${id} returning id`
      const [, { rows }] = await scope.run(changePolicy(scope, removed))
      return rows.length > 0
    },
    pageOfDeliveries: (page) => pageOfDeliveries(scope, page),
    replayDelivery: (id) => replayDelivery(scope, id),
  }
}

async function listEndpoints({ db, projectId, run }: Scope): Promise<WebhookEndpoint[]> {
  const { createdAt, id } = webhookEndpoints
  const mine = eq(webhookEndpoints.projectId, projectId)
  const [rows] = await run([db.select().from(webhookEndpoints).where(mine).orderBy(asc(createdAt), asc(id))])
  return rows.map(endpointOf)
}

function endpointOf(row: typeof webhookEndpoints.$inferSelect): WebhookEndpoint {
  const { id, kind, provider, label, createdAt, replacedExpiresAt } = row
  return {
    id: id as EndpointId,
    kind,
    provider,
    label,
    createdAt: iso(createdAt),
    previousSecretUntil: iso(replacedExpiresAt),
  }
}

async function addEndpoint(scope: Scope, endpoint: NewEndpoint): ReturnType<WebhookSettings['addEndpoint']> {
  const { id, kind, provider, label, sealedSecret } = endpoint
  const added = sql`
    insert into webhook_endpoints (project_id, id, kind, provider, label, sealed_secret)
    select ${scope.projectId}::uuid, ${id}, ${kind}, ${provider}, ${label},
      ${sql.param(sealedSecret, webhookEndpoints.sealedSecret)}::bytea
    where (select count(*) from webhook_endpoints where project_id = ${scope.projectId}::uuid) < ${MAX_ENDPOINTS}
    returning id`
  const [, { rows }] = await scope.run(changePolicy(scope, added))
  return rows.length > 0 ? 'added' : 'full'
}

async function rotateEndpoint(
  scope: Scope,
  id: EndpointId,
  sealedSecret: Uint8Array,
  replacedUntilMs: number,
): Promise<WebhookEndpoint | null> {
  const { db, projectId, run } = scope
  const rotated = sql`
    update webhook_endpoints set sealed_secret = ${sql.param(sealedSecret, webhookEndpoints.sealedSecret)}::bytea,
      replaced_secret = sealed_secret, replaced_expires_at = ${timestamp(replacedUntilMs)}
    where project_id = ${projectId}::uuid and id = ${id} returning id`
  const one = and(eq(webhookEndpoints.projectId, projectId), eq(webhookEndpoints.id, id))
  const [, , [row]] = await run([...changePolicy(scope, rotated), db.select().from(webhookEndpoints).where(one)])
  return row === undefined ? null : endpointOf(row)
}

async function pageOfDeliveries(
  { db, projectId, run }: Scope,
  page: Page,
): ReturnType<WebhookSettings['pageOfDeliveries']> {
  const { receivedAt, id } = webhookDeliveries
  const [rows] = await run([
    db
      .select({ row: webhookDeliveries, at: microsOf(receivedAt) })
      .from(webhookDeliveries)
      .where(and(eq(webhookDeliveries.projectId, projectId), standsBefore({ at: receivedAt, id }, 'delivery', page)))
      .orderBy(desc(receivedAt), desc(id))
      .limit(page.limit + 1),
  ])
  return rows.map(({ row, at }) => {
    const item = deliveryOf(row)
    return { item, position: { at, id: item.id } }
  })
}

function deliveryOf(row: typeof webhookDeliveries.$inferSelect): Delivery {
  const { eventId, type, state, attempts, reason } = row
  return {
    id: idFromUuid('delivery', row.id),
    endpoint: row.endpoint as EndpointId,
    ...{ eventId, type, state, attempts, reason },
    receivedAt: iso(row.receivedAt),
    updatedAt: iso(row.updatedAt),
  }
}

async function replayDelivery(
  { db, projectId, run }: Scope,
  id: DeliveryId,
): ReturnType<WebhookSettings['replayDelivery']> {
  const [[row]] = await run([
    db
      .update(webhookDeliveries)
      .set({ state: 'waiting', attempts: 0, reason: null, updatedAt: sql`now()` })
      .where(
        and(
          eq(webhookDeliveries.projectId, projectId),
          eq(webhookDeliveries.id, idToUuid(id)),
          eq(webhookDeliveries.state, 'dead'),
        ),
      )
      .returning({ endpoint: webhookDeliveries.endpoint, eventId: webhookDeliveries.eventId }),
  ])
  return row === undefined ? null : { endpoint: row.endpoint as EndpointId, eventId: row.eventId }
}

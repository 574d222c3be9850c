import { and, eq, lte, sql } from 'drizzle-orm'
import { toBase64Url, toHex } from '#shared/bytes.ts'
import type { EndpointId } from '#shared/endpoint-id.ts'
import { idFromUuid, type ProjectId } from '#shared/ids.ts'
import type { Scope } from '#shared/public-key.ts'
import type { DeliveryRecords, JobRecords, PolicyRecords, SlackRecords } from '../ports.ts'
import type { IdentityKey } from '../rules/identity.ts'
import type { PolicyKeySource, PolicySource } from '../rules/policy.ts'
import type { PolicyWebhook } from '../rules/webhook.ts'
import { type DatabaseAddress, open } from './connect.ts'
import { keys, originRules, policyOutbox, projects } from './schema.ts'
import { subscriptions } from './schema-billing.ts'
import { identityKeys } from './schema-visitors.ts'
import { webhookEndpoints } from './schema-webhooks.ts'
import { runAsApp, scopeTo } from './scope.ts'

/**
 * The few look-ups that precede a tenant, every one of them listed here. Those across projects go through the
 * `system_…` functions of migrations/ and return ids only; what is read of one project is read in its scope.
 */
export type SystemDb = PolicyRecords & JobRecords & DeliveryRecords & SlackRecords

export function createSystemDb(address: DatabaseAddress): SystemDb {
  const db = open(address)
  return {
    async pendingPolicies(limit) {
      const pending = db.execute<{ id: string }>(sql`select id from system_pending_policies(${limit}) as id`)
      const [{ rows }] = await runAsApp(db, {}, [pending])
      return rows.map(({ id }) => idFromUuid('project', id))
    },
    async unfinishedJobs(limit) {
      const unfinished = db.execute<{ project_id: string; job_id: string }>(
        sql`select project_id, job_id from system_unfinished_jobs(${limit})`,
      )
      const [{ rows }] = await runAsApp(db, {}, [unfinished])
      return rows.map((row) => ({
        projectId: idFromUuid('project', row.project_id),
        jobId: idFromUuid('job', row.job_id),
      }))
    },
    async waitingDeliveries(limit) {
      const waiting = db.execute<{ project_id: string; endpoint: string; event_id: string }>(
        sql`select project_id, endpoint, event_id from system_waiting_deliveries(${limit})`,
      )
      const [{ rows }] = await runAsApp(db, {}, [waiting])
      return rows.map((row) => ({
        projectId: idFromUuid('project', row.project_id),
        endpoint: row.endpoint as EndpointId,
        eventId: row.event_id,
      }))
    },
    async projectOfSlackTeam(teamId) {
      const found = db.execute<{ id: string }>(sql`select id from system_project_of_slack_team(${teamId}) as id`)
      const [{ rows }] = await runAsApp(db, {}, [found])
      return rows[0] === undefined ? null : idFromUuid('project', rows[0].id)
    },
    loadPolicySource: (projectId) => loadPolicySource(address, projectId),
    policyPublished: (projectId, epoch) => policyPublished(address, projectId, epoch),
  }
}

async function loadPolicySource(address: DatabaseAddress, project: ProjectId): Promise<PolicySource | null> {
  const { db, projectId, run } = scopeTo(address, project)
  const [[found], ruleRows, keyRows, identityRows, endpointRows, [paid]] = await run([
    db.select().from(projects).where(eq(projects.projectId, projectId)),
    db
      .select()
      .from(originRules)
      .where(eq(originRules.projectId, projectId))
      .orderBy(originRules.createdAt, originRules.id),
    db.select().from(keys).where(eq(keys.projectId, projectId)).orderBy(keys.createdAt, keys.id),
    db.select().from(identityKeys).where(eq(identityKeys.projectId, projectId)).orderBy(identityKeys.id),
    db.select().from(webhookEndpoints).where(eq(webhookEndpoints.projectId, projectId)).orderBy(webhookEndpoints.id),
    // Row-level security shows a project its own organization's.
    db.select({ plan: subscriptions.plan, until: subscriptions.planUntil }).from(subscriptions),
  ])
  if (!found) return null
  return {
    projectId: project,
    epoch: found.policyEpoch,
    project: { name: found.name, language: found.language },
    widget: found.widget,
    limits: found.limits,
    rules: ruleRows.map(({ rule, expiresAt }) => ({ rule, expiresAtMs: toMs(expiresAt) })),
    keys: keyRows.map(toKeySource),
    visitors: { enforced: found.enforceIdentity, keys: identityRows.map(toIdentityKey) },
    webhooks: endpointRows.map(toPolicyWebhook),
    billing: {
      organizationId: idFromUuid('organization', found.organizationId),
      entitlement: paid?.plan == null ? null : { plan: paid.plan, untilMs: toMs(paid.until) },
    },
  }
}

function toKeySource(row: typeof keys.$inferSelect): PolicyKeySource {
  return {
    keyId: idFromUuid('key', row.id),
    kind: row.kind,
    environment: row.environment,
    identity: row.body ?? toHex(row.secretHash ?? new Uint8Array()),
    scopes: row.scopes as Scope[],
    expiresAtMs: toMs(row.expiresAt),
    revokedAtMs: toMs(row.revokedAt),
  }
}

function toIdentityKey(row: typeof identityKeys.$inferSelect): IdentityKey {
  const { kid, algorithm, publicKey, sealedSecret } = row
  const named = { id: idFromUuid('identityKey', row.id), kid }
  return algorithm === 'HS256'
    ? { ...named, algorithm, sealedSecret: toBase64Url(sealedSecret ?? new Uint8Array()) }
    : { ...named, algorithm, publicKey: publicKey ?? '' }
}

function toPolicyWebhook(row: typeof webhookEndpoints.$inferSelect): PolicyWebhook {
  const { id, kind, provider, sealedSecret, replacedSecret, replacedExpiresAt } = row
  const replaced =
    replacedSecret === null ? [] : [{ sealed: toBase64Url(replacedSecret), expiresAtMs: toMs(replacedExpiresAt) }]
  const current = { sealed: toBase64Url(sealedSecret), expiresAtMs: null }
  return { id: id as EndpointId, kind, provider, secrets: [current, ...replaced] }
}

async function policyPublished(address: DatabaseAddress, project: ProjectId, epoch: number): Promise<void> {
  const { db, projectId, run } = scopeTo(address, project)
  await run([db.delete(policyOutbox).where(and(eq(policyOutbox.projectId, projectId), lte(policyOutbox.epoch, epoch)))])
}

function toMs(time: string | null): number | null {
  return time === null ? null : Date.parse(time)
}

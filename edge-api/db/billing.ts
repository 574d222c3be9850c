import { NeonDbError } from '@neondatabase/serverless'
import { eq, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type OrganizationId } from '#shared/ids.ts'
import type { Holding } from '#shared/plans.ts'
import type { Standing } from '../rules/standing.ts'
import { type BillingFacts, NO_FACTS } from '../rules/subscription.ts'
import { type Database, type DatabaseAddress, open } from './connect.ts'
import { timestamp } from './project/settings-change.ts'
import { SEATS_HELD } from './room.ts'
import { billingCustomers, subscriptions } from './schema-billing.ts'
import { runAsApp, type Statement } from './scope.ts'

/** What organizations have paid for. Each method is one transaction, and rejects with `DatabaseUnavailable` when nobody answers. */
export interface BillingDb {
  /** Without a subscription there are no facts, of revision 0. */
  readBilling(organizationId: OrganizationId): Promise<StoredBilling>
  /** How much it holds; of documents, in the project that has most. */
  countHeld(organizationId: OrganizationId): Promise<Record<Holding, number>>
  /** The first one that is kept stays: whoever comes second is given that. */
  keepCustomer(organizationId: OrganizationId, customerId: string): Promise<string>
  /** Null: nobody here is that customer. */
  organizationOf(customerId: string): Promise<OrganizationId | null>
  /**
   * Gives an event, or an answer of the provider's, its effect, and has the projects' policies published anew where the plan is
   * another one now. `taken`: the event had its effect before; `stale`: the facts have moved on since they were read. In these two
   * nothing is changed.
   */
  record(organizationId: OrganizationId, change: BillingChange): Promise<'recorded' | 'taken' | 'stale'>
  /** An event that is about nobody here, or cannot be read, with the reason; false where it was kept before. */
  keepStray(event: EventName, reason: string): Promise<boolean>
  /** Organizations whose facts are not enough, and about which nobody has asked for a while; or of which news is overdue. */
  unclearSubscriptions(limit: number): Promise<OrganizationId[]>
}

export interface StoredBilling {
  /** The provider's own id. */
  customerId: string | null
  facts: BillingFacts
  revision: number
  unclear: boolean
}

export interface EventName {
  id: string
  type: string
  /** Whole seconds since the epoch, by the provider's clock. */
  at: number
}

export interface BillingChange {
  /** Null where the provider was asked. */
  event: EventName | null
  /** Of the facts that this one was worked out from. */
  revision: number
  facts: BillingFacts
  standing: Standing | null
  unclear: boolean
  /** When the provider is to be asked though it has told nothing; null: nothing more is to come. Milliseconds since the epoch. */
  askAfterMs: number | null
}

export function createBillingDb(address: DatabaseAddress): BillingDb {
  const db = open(address)
  return {
    readBilling: (organizationId) => readBilling(db, organizationId),
    countHeld: (organizationId) => countHeld(db, idToUuid(organizationId)),
    async keepCustomer(organizationId, customerId) {
      const id = idToUuid(organizationId)
      const [, rows] = await runAsApp(db, { organizationId: id }, [
        db.insert(billingCustomers).values({ organizationId: id, customerId }).onConflictDoNothing(),
        db.select().from(billingCustomers).where(eq(billingCustomers.organizationId, id)),
      ])
      if (rows[0] === undefined) throw new Error('the customer belongs to another organization')
      return rows[0].customerId
    },
    async organizationOf(customerId) {
      const found = db.execute<{ id: string }>(sql`select id from system_organization_of_customer(${customerId}) as id`)
      const [{ rows }] = await runAsApp(db, {}, [found])
      return rows[0] === undefined ? null : idFromUuid('organization', rows[0].id)
    },
    record: (organizationId, change) => record(db, idToUuid(organizationId), change),
    async keepStray({ id, type, at }, reason) {
      const kept = db.execute<{ kept: boolean }>(
        sql`select system_keep_stray_event(${id}, ${type}, ${timestamp(at * 1000)}, ${reason}) as kept`,
      )
      const [{ rows }] = await runAsApp(db, {}, [kept])
      return rows[0]?.kept ?? false
    },
    async unclearSubscriptions(limit) {
      const [{ rows }] = await runAsApp(db, {}, [
        db.execute<{ id: string }>(sql`select id from system_unclear_subscriptions(${limit}) as id`),
      ])
      return rows.map(({ id }) => idFromUuid('organization', id))
    },
  }
}

async function readBilling(db: Database, organizationId: OrganizationId): Promise<StoredBilling> {
  const id = idToUuid(organizationId)
  const [[customer], [stored]] = await runAsApp(db, { organizationId: id }, [
    db.select().from(billingCustomers).where(eq(billingCustomers.organizationId, id)),
    db.select().from(subscriptions).where(eq(subscriptions.organizationId, id)),
  ])
  const { facts = NO_FACTS, revision = 0, unclear = false } = stored ?? {}
  return { customerId: customer?.customerId ?? null, facts, revision, unclear }
}

async function countHeld(db: Database, organizationId: string): Promise<Record<Holding, number>> {
  const [{ rows: projects }, { rows: seats }] = await runAsApp(db, { organizationId }, [
    db.execute<{ id: string }>(
      sql`select project_id as id from projects where organization_id = ${organizationId}::uuid`,
    ),
    db.execute<{ held: number }>(sql`select (${SEATS_HELD})::int as held`),
  ])
  // What a project holds is seen in its own name only.
  const counts = projects.flatMap(({ id }): Statement[] => [
    db.execute(sql`select set_config('app.project_id', ${id}, true)`),
    db.execute(sql`select count(*)::int as held from documents where project_id = ${id}::uuid`),
  ])
  const results = (await runAsApp(db, { organizationId }, counts)) as { rows: { held?: number }[] }[]
  const documents = Math.max(0, ...results.map(({ rows }) => rows[0]?.held ?? 0))
  return { projects: projects.length, seats: seats[0]?.held ?? 0, documents }
}

/** Raised by record_billing (migrations/0014_overdue_subscriptions.sql). */
const OUTCOMES: Record<string, 'taken' | 'stale'> = { PX004: 'taken', PX005: 'stale' }

async function record(db: Database, organizationId: string, change: BillingChange): ReturnType<BillingDb['record']> {
  const { event, revision, facts, standing, unclear, askAfterMs } = change
  const happened = timestamp(event === null ? null : event.at * 1000)
  try {
    await runAsApp(db, { organizationId }, [
      db.execute(sql`select record_billing(${event?.id ?? null}, ${event?.type ?? null}, ${happened}, ${revision}::int,
        ${JSON.stringify(facts)}::jsonb, ${standing?.plan ?? null}, ${timestamp(standing?.untilMs ?? null)}, ${unclear}, ${timestamp(askAfterMs)})`),
    ])
    return 'recorded'
  } catch (error) {
    const outcome = error instanceof NeonDbError ? OUTCOMES[error.code ?? ''] : undefined
    if (outcome === undefined) throw error
    return outcome
  }
}

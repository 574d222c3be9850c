import { type SQL, sql } from 'drizzle-orm'
import { type Holding, PLAN_NAMES, PLANS, type UnpaidPlan } from '#shared/plans.ts'
import type { Database } from './connect.ts'
import type { Statement } from './scope.ts'

export interface Room {
  holding: Holding
  /** The organization or the project that holds it: those of one take turns. A uuid. */
  of: string
  /** Counts what is there, seen by whoever the transaction acts for. */
  held: SQL
  /** Counts what is to be added; default 1. */
  more?: SQL
  /** What holds without a subscription. */
  unpaidPlan: UnpaidPlan
}

/**
 * The first statements of a transaction that adds something: it rejects with `PlanFull` where the plan has no room for it.
 * Under a plan without a limit nothing is counted.
 */
export function roomStatements(db: Database, { holding, of, held, more = sql`1`, unpaidPlan }: Room): Statement[] {
  const limits = Object.fromEntries(PLAN_NAMES.map((plan) => [plan, PLANS[plan].limits[holding]]))
  return [
    db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${holding} of ${of}`}, 0))`),
    db.execute(sql`select require_room(${holding}, (${held})::bigint, (${more})::bigint,
      ${JSON.stringify(limits)}::jsonb, ${unpaidPlan})
      where ${JSON.stringify(limits)}::jsonb ->> plan_in_force(${unpaidPlan}) is not null`),
  ]
}

/** Members of the organization acted for, and invitations that wait. */
export const SEATS_HELD = sql`
  (select count(*) from memberships where organization_id = setting_uuid('app.organization_id')) +
  (select count(*) from invitations where organization_id = setting_uuid('app.organization_id') and expires_at > now())`

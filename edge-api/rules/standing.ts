import { GRACE_DAYS, PAID_PLANS, type PaidPlan, type PlanName, type UnpaidPlan } from '#shared/plans.ts'
import { type BillingFacts, isGood, type Refund, type Snapshot, type SubscriptionFacts } from './subscription.ts'

/** What the organization's subscription gives it. Milliseconds since the epoch. */
export interface Standing {
  plan: PaidPlan
  state: 'active' | 'grace' | 'ended' | 'refunded' | 'paused'
  /** From then on it gives no more than the free plan; null: until told otherwise. */
  untilMs: number | null
  /** When the period that is paid for ends. */
  periodEndMs: number
  /** When it is to end; null: it is to go on. */
  cancelAtMs: number | null
}

/** The best of its subscriptions; null where there is none, or only some whose first payment never came. */
export function standingOf({ subscriptions, refund }: BillingFacts): Standing | null {
  const standings = Object.entries(subscriptions)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([, facts]) => judge(facts, refund) ?? [])
  return standings.reduce<Standing | null>((best, one) => (best === null || isBetter(one, best) ? one : best), null)
}

function isBetter(one: Standing, other: Standing): boolean {
  const [left, right] = [one.untilMs ?? Number.POSITIVE_INFINITY, other.untilMs ?? Number.POSITIVE_INFINITY]
  if (left !== right) return left > right
  return PAID_PLANS.indexOf(one.plan) > PAID_PLANS.indexOf(other.plan)
}

const DAY_SECONDS = 86_400

function judge(facts: SubscriptionFacts, refund: Refund | null): Standing | null {
  const { snapshot } = facts
  if (snapshot === null || snapshot.status === 'incomplete' || snapshot.status === 'incomplete_expired') return null
  const { plan, asOf, cancelAt } = snapshot
  const inMs = (seconds: number) => seconds * 1000
  const common = {
    plan,
    periodEndMs: inMs(snapshot.periodEnd),
    cancelAtMs: cancelAt === null ? null : inMs(cancelAt),
  }
  if (snapshot.status === 'canceled') return { ...common, state: 'ended', untilMs: inMs(asOf) }
  if (snapshot.status === 'paused') return { ...common, state: 'paused', untilMs: inMs(asOf) }
  if (isPaidBack(facts, snapshot, refund)) return { ...common, state: 'refunded', untilMs: inMs(refund.refundedAt) }
  const failedAt = unpaidSince(facts, snapshot)
  return failedAt === null
    ? { ...common, state: 'active', untilMs: null }
    : { ...common, state: 'grace', untilMs: inMs(failedAt + GRACE_DAYS * DAY_SECONDS) }
}

/** The charge of the period that runs, and nothing was paid since. A charge may be a little older than the period it opens. */
function isPaidBack(
  { invoices }: SubscriptionFacts,
  { periodStart }: Snapshot,
  refund: Refund | null,
): refund is Refund {
  if (refund === null || refund.chargedAt < periodStart - DAY_SECONDS) return false
  return !Object.values(invoices).some(({ paidAt }) => paidAt !== null && paidAt > refund.refundedAt)
}

/** When the payment that is missing was first missed; null: none is. */
function unpaidSince({ invoices, goodAt }: SubscriptionFacts, snapshot: Snapshot): number | null {
  const missed: number[] = []
  // One that was neither paid nor tried again since all was well has been waived.
  for (const { firstFailedAt, lastFailedAt, paidAt } of Object.values(invoices))
    if (paidAt === null && firstFailedAt !== null && (lastFailedAt ?? 0) >= goodAt) missed.push(firstFailedAt)
  if (missed.length > 0) return Math.min(...missed)
  if (isGood(snapshot)) return null
  const paidSince = Object.values(invoices).some(({ paidAt }) => paidAt !== null && paidAt >= snapshot.asOf)
  return paidSince ? null : Math.max(snapshot.periodStart, goodAt)
}

/** What of a standing counts at the gate, which sees the time pass by itself. */
export type Entitlement = Pick<Standing, 'plan' | 'untilMs'>

/** Null: there was never a subscription. One that has ended leaves the free plan, whatever held before it. */
export function planInForce(entitlement: Entitlement | null, unpaidPlan: UnpaidPlan, nowMs: number): PlanName {
  if (entitlement === null) return unpaidPlan
  return entitlement.untilMs === null || nowMs < entitlement.untilMs ? entitlement.plan : 'free'
}

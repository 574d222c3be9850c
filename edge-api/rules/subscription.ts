import { GRACE_DAYS, PAID_PLANS, type PaidPlan, type PlanName, type UnpaidPlan } from '#shared/plans.ts'

/**
 * What an organization has paid for, from what the payment provider tells. Events come late, twice and in any order, so nothing
 * here is a step from one state to the next: each event states facts, the facts are merged (of two about the same thing the later
 * one by the provider's clock holds, whichever came first), and what holds now is read from all of them.
 */
export interface BillingFacts {
  /** By the provider's id. */
  subscriptions: Record<string, SubscriptionFacts>
  /** The latest charge that was paid back in full. */
  refund: Refund | null
}

export interface SubscriptionFacts {
  /** Null: it was named, and not described yet. */
  snapshot: Snapshot | null
  /** Two descriptions of the same second differ: only the provider knows which came last. */
  contested: boolean
  /** The last second in which it was known to be in good order; 0: never. */
  goodAt: number
  /** Those of which was told that they were paid, or not. By the provider's id. */
  invoices: Record<string, InvoiceFacts>
}

export const SUBSCRIPTION_STATUSES = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'canceled',
  'unpaid',
  'paused',
] as const
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]

/** All times here are the provider's: whole seconds since the epoch. */
export interface Snapshot {
  asOf: number
  status: SubscriptionStatus
  plan: PaidPlan
  periodStart: number
  periodEnd: number
  /** When it is to end; null: it is to go on. */
  cancelAt: number | null
}

export interface InvoiceFacts {
  firstFailedAt: number | null
  lastFailedAt: number | null
  paidAt: number | null
}

export interface Refund {
  chargedAt: number
  refundedAt: number
}

export type BillingFact =
  | { kind: 'named'; subscription: string }
  | { kind: 'described'; subscription: string; snapshot: Snapshot }
  | { kind: 'invoice'; subscription: string; invoice: string; paid: boolean; at: number }
  | ({ kind: 'refunded' } & Refund)

export const NO_FACTS: BillingFacts = { subscriptions: {}, refund: null }

/** In whatever order facts are merged, and however often each: the outcome is the same. */
export function mergeFact(facts: BillingFacts, fact: BillingFact): BillingFacts {
  if (fact.kind === 'refunded') return { ...facts, refund: laterRefund(facts.refund, fact) }
  const before = facts.subscriptions[fact.subscription] ?? UNKNOWN
  const after = fact.kind === 'named' ? before : { ...before, ...mergeInto(before, fact) }
  return { ...facts, subscriptions: { ...facts.subscriptions, [fact.subscription]: after } }
}

const UNKNOWN: SubscriptionFacts = { snapshot: null, contested: false, goodAt: 0, invoices: {} }

function mergeInto(before: SubscriptionFacts, fact: Exclude<BillingFact, { kind: 'refunded' | 'named' }>) {
  if (fact.kind === 'invoice')
    return { invoices: { ...before.invoices, [fact.invoice]: mergeInvoice(before.invoices[fact.invoice], fact) } }
  const { snapshot } = fact
  const goodAt = isGood(snapshot) ? Math.max(before.goodAt, snapshot.asOf) : before.goodAt
  return { goodAt, ...laterSnapshot(before, snapshot) }
}

const isGood = ({ status }: Snapshot) => status === 'active' || status === 'trialing'
/** From these no subscription comes back. */
const isFinal = ({ status }: Snapshot) => status === 'canceled' || status === 'incomplete_expired'
/** Once it has begun no subscription is incomplete again, and once it has ended it never begins. */
const stageOf = (snapshot: Snapshot) => (snapshot.status === 'incomplete' ? 0 : isFinal(snapshot) ? 2 : 1)

function laterSnapshot(
  { snapshot: known, contested }: SubscriptionFacts,
  told: Snapshot,
): Pick<SubscriptionFacts, 'snapshot' | 'contested'> {
  if (known === null) return { snapshot: told, contested: false }
  const order = stageOf(told) - stageOf(known) || told.asOf - known.asOf
  if (order !== 0) return order > 0 ? { snapshot: told, contested: false } : { snapshot: known, contested }
  const [left, right] = [spell(known), spell(told)]
  // An end is an end: two that differ in detail need nobody's word.
  return { snapshot: left < right ? told : known, contested: contested || (left !== right && !isFinal(told)) }
}

const spell = ({ asOf, status, plan, periodStart, periodEnd, cancelAt }: Snapshot) =>
  JSON.stringify([asOf, status, plan, periodStart, periodEnd, cancelAt])

function mergeInvoice(
  known: InvoiceFacts = { firstFailedAt: null, lastFailedAt: null, paidAt: null },
  { paid, at }: { paid: boolean; at: number },
): InvoiceFacts {
  if (paid) return { ...known, paidAt: Math.max(known.paidAt ?? at, at) }
  return {
    ...known,
    firstFailedAt: Math.min(known.firstFailedAt ?? at, at),
    lastFailedAt: Math.max(known.lastFailedAt ?? at, at),
  }
}

function laterRefund(known: Refund | null, { chargedAt, refundedAt }: Refund): Refund {
  const order = known === null ? 1 : chargedAt - known.chargedAt || refundedAt - known.refundedAt
  return known === null || order > 0 ? { chargedAt, refundedAt } : known
}

/** Subscriptions about which the events do not tell enough: the provider has to be asked. */
export function unclear({ subscriptions }: BillingFacts): string[] {
  return Object.entries(subscriptions).flatMap(([id, { snapshot, contested }]) =>
    snapshot === null || contested ? [id] : [],
  )
}

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

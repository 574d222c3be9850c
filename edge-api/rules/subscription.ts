import type { PaidPlan } from '#shared/plans.ts'

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

export const isGood = ({ status }: Snapshot) => status === 'active' || status === 'trialing'
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

/** News of a subscription is overdue a day after its period should have been followed by another. */
const OVERDUE_MS = 86_400_000

/** When the provider is to be asked though it has told nothing; null: nothing more is to come. Milliseconds since the epoch. */
export function askAfterMs({ subscriptions }: BillingFacts, nowMs: number): number | null {
  const ends = Object.values(subscriptions).flatMap(({ snapshot }) => (goesOn(snapshot) ? [snapshot.periodEnd] : []))
  // Where it was asked in vain, once a day.
  return ends.length === 0 ? null : Math.max(Math.min(...ends) * 1000, nowMs) + OVERDUE_MS
}

/** The subscriptions to ask about now. */
export function toAsk(facts: BillingFacts, nowMs: number): string[] {
  const overdue = Object.entries(facts.subscriptions).flatMap(([id, { snapshot }]) =>
    goesOn(snapshot) && snapshot.periodEnd * 1000 + OVERDUE_MS <= nowMs ? [id] : [],
  )
  return [...new Set([...unclear(facts), ...overdue])]
}

function goesOn(snapshot: Snapshot | null): snapshot is Snapshot {
  return snapshot !== null && stageOf(snapshot) === 1 && snapshot.status !== 'paused'
}

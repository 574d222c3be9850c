import type { PaidPlan } from '#shared/plans.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { type Members, membersOf, parseJsonBody } from './json-body.ts'
import { type BillingFact, type Snapshot, SUBSCRIPTION_STATUSES, type SubscriptionStatus } from './subscription.ts'

/** What one of Stripe's events states about one of its customers. */
export interface BillingEvent {
  id: string
  type: string
  /** By Stripe's clock: whole seconds since the epoch. */
  at: number
  customer: string
  facts: BillingFact[]
}

/** Which plan a price of Stripe's is for; null: none of ours. */
export type PlanOfPrice = (price: string) => PaidPlan | null

/** The reasons end in the log and in the list of events: sentences. Null: a type that has no effect here. */
type Reading = Verdict<BillingEvent | null, string>

/**
 * Reads a snapshot event (https://docs.stripe.com/api/events/object) in the shapes of API versions before and after 2025-03-31, when
 * periods moved to the items of a subscription, and an invoice's subscription to its parent.
 */
export function readBillingEvent(body: Uint8Array, planOf: PlanOfPrice): Reading {
  const parsed = parseJsonBody(body)
  const event = parsed.ok ? membersOf(parsed.value) : null
  const object = membersOf(membersOf(event?.data)?.object)
  const { id, type, created } = event ?? {}
  if (typeof id !== 'string' || typeof type !== 'string' || !isSecond(created) || object === null)
    return deny('The body is not an event.')
  const read = READERS[type]
  if (read === undefined) return allow(null)
  const customer = idOf(object.customer)
  if (customer === null) return deny('The event names no customer.')
  const facts = read(object, created, planOf)
  return facts.ok ? allow({ id, type, at: created, customer, facts: facts.value }) : facts
}

type Reader = (object: Members, at: number, planOf: PlanOfPrice) => Verdict<BillingFact[], string>

const READERS: Readonly<Record<string, Reader>> = {
  'checkout.session.completed': ({ subscription }) => {
    const id = idOf(subscription)
    return allow(id === null ? [] : [{ kind: 'named', subscription: id }])
  },
  'customer.subscription.created': readDescription,
  'customer.subscription.updated': readDescription,
  'customer.subscription.deleted': readDescription,
  'invoice.paid': (invoice, at) => readInvoice(invoice, at, true),
  'invoice.payment_failed': (invoice, at) => readInvoice(invoice, at, false),
  'charge.refunded': ({ refunded, created }, at) => {
    if (!isSecond(created)) return deny('The charge has no time.')
    // Part of it back is a discount.
    return allow(refunded === true ? [{ kind: 'refunded', chargedAt: created, refundedAt: at }] : [])
  },
}

function readDescription(object: Members, at: number, planOf: PlanOfPrice): Verdict<BillingFact[], string> {
  const id = idOf(object.id)
  const snapshot = readSubscription(object, at, planOf)
  if (!snapshot.ok) return snapshot
  return id === null
    ? deny('The subscription has no id.')
    : allow([{ kind: 'described', subscription: id, snapshot: snapshot.value }])
}

/** A subscription as it was at `asOf`, in an event or as Stripe answers when asked for it. */
export function readSubscription(object: Members, asOf: number, planOf: PlanOfPrice): Verdict<Snapshot, string> {
  const items: unknown = membersOf(object.items)?.data
  const item = membersOf(Array.isArray(items) ? items[0] : null)
  const price = idOf(item?.price)
  const plan = price === null ? null : planOf(price)
  if (plan === null) return deny(`The price ${price ?? '(none)'} belongs to no plan.`)
  const periodStart = item?.current_period_start ?? object.current_period_start
  const periodEnd = item?.current_period_end ?? object.current_period_end
  const { status } = object
  if (!isStatus(status) || !isSecond(periodStart) || !isSecond(periodEnd))
    return deny('The subscription lacks its status, or its period.')
  const atPeriodEnd = object.cancel_at_period_end === true ? periodEnd : null
  const cancelAt = isSecond(object.cancel_at) ? object.cancel_at : atPeriodEnd
  return allow({ asOf, status, plan, periodStart, periodEnd, cancelAt })
}

function readInvoice(invoice: Members, at: number, paid: boolean): Verdict<BillingFact[], string> {
  const parent = membersOf(membersOf(invoice.parent)?.subscription_details)
  const subscription = idOf(parent?.subscription ?? invoice.subscription)
  const id = idOf(invoice.id)
  if (id === null) return deny('The invoice has no id.')
  // One that somebody wrote by hand is about no plan.
  return allow(subscription === null ? [] : [{ kind: 'invoice', subscription, invoice: id, paid, at }])
}

/** Stripe names an object by its id, or spells it out where it was asked to. */
function idOf(value: unknown): string | null {
  const id = membersOf(value)?.id ?? value
  return typeof id === 'string' && /^[\w-]{1,255}$/.test(id) ? id : null
}

function isSecond(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isStatus(value: unknown): value is SubscriptionStatus {
  return SUBSCRIPTION_STATUSES.includes(value as SubscriptionStatus)
}

/** When it happened, by Stripe; null where it does not say. Whole seconds since the epoch. */
export function readBillingTime(body: Uint8Array): number | null {
  const parsed = parseJsonBody(body)
  const created = parsed.ok ? membersOf(parsed.value)?.created : null
  return isSecond(created) ? created : null
}

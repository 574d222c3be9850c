import type { OrganizationId } from '#shared/ids.ts'
import type { PaidPlan } from '#shared/plans.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { AccountPorts, Payment } from '../account-ports.ts'
import type { Actor } from '../db/account.ts'
import type { EventName } from '../db/billing.ts'
import { PaymentUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import { readBillingEvent } from '../rules/billing-event.ts'
import { standingOf } from '../rules/standing.ts'
import {
  askAfterMs,
  type BillingFact,
  type BillingFacts,
  mergeFact,
  type Snapshot,
  toAsk,
  unclear,
} from '../rules/subscription.ts'
import { publishPendingPolicies } from './publish-policy.ts'

export interface Billing extends Pick<AccountPorts, 'billing' | 'publishing'> {
  payment: Payment
  log: Log
  nowMs(): number
}

/** Other events of the customer were quicker this often: then the queue is to bring this one again later. */
const MAX_TURNS = 8

/**
 * Gives one of Stripe's events its effect, once, however often and in whatever order they come. Where the events do not tell enough,
 * Stripe is asked: that it has to be is noted in the transaction of the effect, so what fails here is asked again. Rejects with
 * `DatabaseUnavailable`, and then nothing has happened, or with `PaymentUnavailable`, and then only the asking is left to do.
 */
export async function applyBillingEvent(body: Uint8Array, event: EventName, ports: Billing): Promise<void> {
  const { billing, payment, log } = ports
  const read = readBillingEvent(body, payment.planOf)
  if (read.ok && read.value === null) return
  const organizationId = read.ok && read.value ? await billing.organizationOf(read.value.customer) : null
  if (!read.ok || read.value === null || organizationId === null) {
    const reason = read.ok ? 'Nobody here is this customer.' : read.reason
    if (await billing.keepStray(event, reason))
      log.error('billing_event_dead', { eventId: event.id, type: event.type, reason })
    return
  }
  const { facts, ...told } = read.value
  const { isUnclear } = await recordFacts(organizationId, { event: told, facts }, ports)
  if (isUnclear) await askAbout(organizationId, ports)
}

interface Told {
  /** Null where Stripe was asked. */
  event: EventName | null
  facts: BillingFact[]
}

async function recordFacts(organizationId: OrganizationId, { event, facts }: Told, ports: Billing) {
  const { billing, publishing, log, nowMs } = ports
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const before = await billing.readBilling(organizationId)
    const merged = facts.reduce(mergeFact, before.facts)
    const isUnclear = unclear(merged).length > 0
    const told = { event, revision: before.revision, facts: merged, standing: standingOf(merged), unclear: isUnclear }
    const outcome = await billing.record(organizationId, { ...told, askAfterMs: askAfterMs(merged, nowMs()) })
    if (outcome === 'stale') continue
    if (outcome === 'taken') return { isUnclear: before.unclear }
    await publishPendingPolicies(publishing).catch((error) =>
      log.error('policy_unpublished', { organizationId, error }),
    )
    return { isUnclear }
  }
  throw new Error('other events of the customer were quicker each time')
}

/** Asks Stripe about the subscriptions of which the events do not tell enough, or news is overdue. Rejects with `PaymentUnavailable`. */
export async function askAbout(organizationId: OrganizationId, ports: Billing): Promise<void> {
  const { facts } = await ports.billing.readBilling(organizationId)
  const answers: BillingFact[] = []
  for (const subscription of toAsk(facts, ports.nowMs())) {
    const snapshot = await ports.payment.readSubscription(subscription)
    answers.push({ kind: 'described', subscription, snapshot: snapshot ?? NEVER_THERE })
  }
  const { isUnclear } = await recordFacts(organizationId, { event: null, facts: answers }, ports)
  // Asked within the second of the events that contradict each other, the answer may be older than one of them.
  if (isUnclear) throw new PaymentUnavailable('the answer is of the same second', { retryAfterSeconds: 1 })
}

/** What Stripe does not know gives nothing, and needs no more asking. */
const NEVER_THERE: Snapshot = {
  ...{ asOf: 0, status: 'incomplete_expired', plan: 'pro', periodStart: 0, periodEnd: 0, cancelAt: null },
}

const ASKED_AT_ONCE = 20

/** What the cron does: asks about those that a crash, or Stripe's absence, has left unclear, and whose news is lost. Rejects with the last failure. */
export async function askAboutUnclear(ports: Billing): Promise<void> {
  let failure: unknown
  for (const organizationId of await ports.billing.unclearSubscriptions(ASKED_AT_ONCE))
    await askAbout(organizationId, ports).catch((error) => {
      failure = error
    })
  if (failure !== undefined) throw failure
}

export interface Purchase extends Pick<AccountPorts, 'billing' | 'payment'> {
  /** Where Stripe sends people back to. */
  returnTo: string
}

type Refusal = 'payment_not_configured' | 'subscribed' | 'not_a_customer'

/** The address of a checkout page. Whoever has a subscription changes it in the portal, or would have two of them. */
export async function beginCheckout(
  { billing, payment, returnTo }: Purchase,
  { organizationId, email }: Actor,
  { plan, name }: { plan: PaidPlan; name: string },
): Promise<Verdict<{ url: string }, Refusal>> {
  if (payment === null) return deny('payment_not_configured')
  const { customerId: known, facts } = await billing.readBilling(organizationId)
  if (isRunning(facts)) return deny('subscribed')
  // Kept before anything is sold: so every event finds its organization.
  const customerId =
    known ?? (await billing.keepCustomer(organizationId, await payment.createCustomer({ organizationId, name, email })))
  return allow({ url: await payment.createCheckout({ customerId, organizationId, plan, returnTo }) })
}

/** The address of Stripe's page with invoices, card, plan and notice. */
export async function openPortal(
  { billing, payment, returnTo }: Purchase,
  organizationId: OrganizationId,
): Promise<Verdict<{ url: string }, Refusal>> {
  if (payment === null) return deny('payment_not_configured')
  const { customerId } = await billing.readBilling(organizationId)
  if (customerId === null) return deny('not_a_customer')
  return allow({ url: await payment.createPortal({ customerId, returnTo }) })
}

/** Does a subscription go on, paid or not? Then there is something to be changed rather than to be bought. */
export function isRunning(facts: BillingFacts): boolean {
  const standing = standingOf(facts)
  return standing !== null && standing.state !== 'ended'
}

/** Will there be another payment, though nobody is here to be served for it? */
export async function willBePaid(
  { billing, payment }: Pick<AccountPorts, 'billing' | 'payment'>,
  organizationId: OrganizationId,
): Promise<boolean> {
  if (payment === null) return false
  const { facts } = await billing.readBilling(organizationId)
  return isRunning(facts) && standingOf(facts)?.cancelAtMs === null
}

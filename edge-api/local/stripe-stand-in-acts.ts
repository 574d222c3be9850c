import { PAID_PLANS, type PaidPlan, PLANS } from '#shared/plans.ts'
import {
  type Checkout,
  invoiceObject,
  MONTH_SECONDS,
  newStripeId,
  type StoredInvoice,
  type StoredSubscription,
  type StripeState,
  subscriptionObject,
} from './stripe-stand-in-state.ts'

/** An event to be sent. */
export interface Happened {
  type: string
  object: object
}

/** Pays for a checkout: what happens then, in its order. `null`: it is paid already. */
export function payCheckout(state: StripeState, checkout: Checkout, now: number): Happened[] | null {
  if (checkout.done) return null
  checkout.done = true
  const { customer, plan } = checkout
  const subscription: StoredSubscription = {
    ...{ id: newStripeId('sub'), customer, plan, status: 'incomplete' },
    ...{ periodStart: now, periodEnd: now + MONTH_SECONDS, cancelAtPeriodEnd: false },
  }
  state.subscriptions[subscription.id] = subscription
  const created = describe('created', subscription)
  subscription.status = 'active'
  const invoice = addInvoice(state, subscription, now)
  invoice.status = 'paid'
  invoice.paidAt = now
  const session = {
    ...{ id: checkout.id, object: 'checkout.session', mode: 'subscription', payment_status: 'paid', customer },
    ...{ client_reference_id: checkout.organization, subscription: subscription.id },
  }
  return [
    created,
    describe('updated', subscription),
    { type: 'invoice.paid', object: invoiceObject(invoice) },
    { type: 'checkout.session.completed', object: session },
  ]
}

/** What a person can have happen to a subscription, in the portal. */
export const ACTS = ['switch', 'cancel', 'resume', 'end', 'renew', 'fail', 'pay', 'refund'] as const
export type Act = (typeof ACTS)[number]

/** What happens then; nothing where it cannot. */
export function act(state: StripeState, subscription: StoredSubscription, what: Act, now: number): Happened[] {
  if (subscription.status === 'canceled') return []
  return DOES[what](state, subscription, now)
}

const DOES: Record<Act, (state: StripeState, subscription: StoredSubscription, now: number) => Happened[]> = {
  switch: (_, subscription) => {
    subscription.plan = otherPlan(subscription.plan)
    return [describe('updated', subscription)]
  },
  cancel: (_, subscription) => {
    subscription.cancelAtPeriodEnd = true
    return [describe('updated', subscription)]
  },
  resume: (_, subscription) => {
    subscription.cancelAtPeriodEnd = false
    return [describe('updated', subscription)]
  },
  end: (_, subscription) => {
    subscription.status = 'canceled'
    return [describe('deleted', subscription)]
  },
  renew(state, subscription, now) {
    nextPeriod(subscription, now)
    return [describe('updated', subscription), ...pay(addInvoice(state, subscription, now), now)]
  },
  fail(state, subscription, now) {
    const open = openInvoice(state, subscription)
    const before = open === undefined ? [describe('updated', nextPeriod(subscription, now))] : []
    const invoice = open ?? addInvoice(state, subscription, now)
    subscription.status = 'past_due'
    const failed = { type: 'invoice.payment_failed', object: invoiceObject(invoice) }
    return [...before, failed, describe('updated', subscription)]
  },
  pay(state, subscription, now) {
    const invoice = openInvoice(state, subscription)
    if (invoice === undefined) return []
    subscription.status = 'active'
    return [...pay(invoice, now), describe('updated', subscription)]
  },
  refund(state, subscription) {
    const invoice = state.invoices.findLast((one) => one.subscription === subscription.id && one.status === 'paid')
    if (invoice === undefined) return []
    invoice.status = 'refunded'
    const { customer, amount } = invoice
    const charge = {
      id: newStripeId('ch'),
      object: 'charge',
      customer,
      amount,
      amount_refunded: amount,
      refunded: true,
    }
    return [{ type: 'charge.refunded', object: { ...charge, created: invoice.paidAt } }]
  },
}

export const otherPlan = (plan: PaidPlan): PaidPlan => PAID_PLANS.find((other) => other !== plan) ?? plan

function nextPeriod(subscription: StoredSubscription, now: number): StoredSubscription {
  subscription.periodStart = now
  subscription.periodEnd = now + MONTH_SECONDS
  return subscription
}

function describe(what: 'created' | 'updated' | 'deleted', subscription: StoredSubscription): Happened {
  return { type: `customer.subscription.${what}`, object: subscriptionObject(subscription) }
}

function addInvoice(state: StripeState, { id, customer, plan }: StoredSubscription, now: number): StoredInvoice {
  const invoice: StoredInvoice = {
    ...{ id: newStripeId('in'), customer, subscription: id, plan, amount: PLANS[plan].centsPerMonth },
    ...{ status: 'open', created: now, paidAt: null },
  }
  state.invoices.push(invoice)
  return invoice
}

const openInvoice = ({ invoices }: StripeState, { id }: StoredSubscription) =>
  invoices.find(({ subscription, status }) => subscription === id && status === 'open')

function pay(invoice: StoredInvoice, now: number): Happened[] {
  invoice.status = 'paid'
  invoice.paidAt = now
  return [{ type: 'invoice.paid', object: invoiceObject(invoice) }]
}

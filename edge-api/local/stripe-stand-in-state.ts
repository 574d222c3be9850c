import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { PAID_PLANS, type PaidPlan, PLANS } from '#shared/plans.ts'
import type { SubscriptionStatus } from '../rules/subscription.ts'

/** What the stand-in holds: objects of Stripe's, with those of their fields that anybody here reads. Times are whole seconds. */
export interface StripeState {
  secretKey: string
  webhookSecret: string
  customers: Record<string, { id: string; name: string; email: string }>
  /** By idempotency key. */
  answered: Record<string, string>
  checkouts: Record<string, Checkout>
  portals: Record<string, { id: string; customer: string; returnUrl: string }>
  subscriptions: Record<string, StoredSubscription>
  invoices: StoredInvoice[]
}

export interface Checkout {
  id: string
  customer: string
  organization: string
  plan: PaidPlan
  successUrl: string
  cancelUrl: string
  done: boolean
}

export interface StoredSubscription {
  id: string
  customer: string
  status: SubscriptionStatus
  plan: PaidPlan
  periodStart: number
  periodEnd: number
  cancelAtPeriodEnd: boolean
}

export interface StoredInvoice {
  id: string
  customer: string
  subscription: string
  plan: PaidPlan
  /** In cents. */
  amount: number
  status: 'paid' | 'open' | 'refunded'
  created: number
  /** Of its charge. */
  paidAt: number | null
}

export const PRICES: Record<PaidPlan, string> = { pro: 'price_standin_pro', business: 'price_standin_business' }
export const planOfPrice = (price: string) => PAID_PLANS.find((plan) => PRICES[plan] === price) ?? null
export const MONTH_SECONDS = 30 * 86_400

export const newStripeId = (kind: string) => `${kind}_${randomBytes(9).toString('hex')}`

/** From the file that an earlier start has left, if any; null keeps everything in memory. */
export function openStripeState(path: string | null): { state: StripeState; save(): void } {
  const fresh: StripeState = {
    ...{ secretKey: newStripeId('sk_standin'), webhookSecret: `whsec_${randomBytes(24).toString('hex')}` },
    ...{ customers: {}, answered: {}, checkouts: {}, portals: {}, subscriptions: {}, invoices: [] },
  }
  const stored = path !== null && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StripeState) : null
  const state = { ...fresh, ...stored }
  const save = () => {
    if (path === null) return
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  save()
  return { state, save }
}

/** As the API of 2025-03-31 and later shows it. */
export function subscriptionObject({ id, customer, status, plan, ...subscription }: StoredSubscription) {
  const { periodStart: current_period_start, periodEnd: current_period_end, cancelAtPeriodEnd } = subscription
  const price = { id: PRICES[plan], object: 'price', currency: 'usd', unit_amount: PLANS[plan].centsPerMonth }
  const item = { id: `si_${id}`, object: 'subscription_item', price, current_period_start, current_period_end }
  return {
    ...{ id, object: 'subscription', customer, status, cancel_at_period_end: cancelAtPeriodEnd },
    cancel_at: cancelAtPeriodEnd ? current_period_end : null,
    items: { object: 'list', data: [item] },
  }
}

export function invoiceObject({ id, customer, subscription, amount, status }: StoredInvoice) {
  return {
    ...{ id, object: 'invoice', customer, amount_due: amount, status: status === 'open' ? 'open' : 'paid' },
    parent: { type: 'subscription_details', subscription_details: { subscription } },
  }
}

/** The newest first. */
export const invoicesOf = ({ invoices }: StripeState, customer: string): StoredInvoice[] =>
  invoices.filter((one) => one.customer === customer).toReversed()

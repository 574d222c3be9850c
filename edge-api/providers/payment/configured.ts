import type { PaidPlan } from '#shared/plans.ts'
import type { Payment } from '../../account-ports.ts'

export interface StripeSettings {
  secretKey: string
  /** `https://api.stripe.com`, or what speaks the same: the stand-in that `npm start` offers does. */
  endpoint: string
  /** Stripe's ids of the prices. */
  prices: Record<PaidPlan, string>
}

/** Null where nothing is sold. Stripe's library is loaded with the first call: nothing else needs it. */
export function configuredPayment(settings: StripeSettings | null, send: typeof fetch): Payment | null {
  if (settings === null) return null
  const { prices } = settings
  const planOf: Payment['planOf'] = (price) =>
    (Object.keys(prices) as PaidPlan[]).find((plan) => prices[plan] === price) ?? null
  const load = async () => (await import('./stripe.ts')).createStripe(settings, planOf, send)
  let loaded: Promise<Payment> | undefined
  const stripe = () => (loaded ??= load())
  return {
    planOf,
    createCustomer: async (customer) => (await stripe()).createCustomer(customer),
    createCheckout: async (checkout) => (await stripe()).createCheckout(checkout),
    createPortal: async (portal) => (await stripe()).createPortal(portal),
    readSubscription: async (id) => (await stripe()).readSubscription(id),
  }
}

import Stripe from 'stripe'
import type { Payment } from '../../account-ports.ts'
import { PaymentUnavailable } from '../../errors.ts'
import { readSubscription } from '../../rules/billing-event.ts'
import type { StripeSettings } from './configured.ts'

const TIMEOUT_MS = 10_000

/** https://docs.stripe.com/api by Stripe's own library, over `send`. Every method rejects with `PaymentUnavailable`. */
export function createStripe(
  { secretKey, endpoint, prices }: StripeSettings,
  planOf: Payment['planOf'],
  send: typeof fetch,
): Payment {
  const { hostname, port, protocol } = new URL(endpoint)
  const stripe = new Stripe(secretKey, {
    ...{ host: hostname, protocol: protocol === 'http:' ? 'http' : 'https', ...(port === '' ? {} : { port }) },
    ...{ httpClient: Stripe.createFetchHttpClient(send), timeout: TIMEOUT_MS, telemetry: false },
    // Whoever asked is told to try again, or the queue does.
    maxNetworkRetries: 0,
  })
  return {
    planOf,
    async createCustomer({ organizationId, name, email }) {
      const customer = await asked(() =>
        stripe.customers.create(
          { name, email, metadata: { organizationId } },
          // Asked twice, by two owners or after a crash, it is the same customer.
          { idempotencyKey: `customer of ${organizationId}` },
        ),
      )
      return customer.id
    },
    async createCheckout({ customerId, organizationId, plan, returnTo }) {
      const session = await asked(() =>
        stripe.checkout.sessions.create({
          ...{ mode: 'subscription', customer: customerId, client_reference_id: organizationId },
          line_items: [{ price: prices[plan], quantity: 1 }],
          ...{ success_url: `${returnTo}?checkout=done`, cancel_url: `${returnTo}?checkout=left` },
        }),
      )
      if (session.url === null) throw new PaymentUnavailable('the checkout session has no address')
      return session.url
    },
    async createPortal({ customerId, returnTo }) {
      const session = await asked(() =>
        stripe.billingPortal.sessions.create({ customer: customerId, return_url: returnTo }),
      )
      return session.url
    },
    async readSubscription(id) {
      const subscription = await asked(() => stripe.subscriptions.retrieve(id)).catch((error) => {
        if (error instanceof PaymentUnavailable && isMissing(error.cause)) return null
        throw error
      })
      if (subscription === null) return null
      // By Stripe's clock, as the events are: ours may be ahead of it, and would make the next event look old.
      const asOf = answeredAt(subscription.lastResponse)
      if (asOf === null) throw new PaymentUnavailable('the answer has no time')
      const snapshot = readSubscription({ ...subscription }, asOf, planOf)
      if (!snapshot.ok) throw new PaymentUnavailable(snapshot.reason)
      return snapshot.value
    },
  }
}

async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    const { statusCode, code } = error instanceof Stripe.errors.StripeError ? error : {}
    throw new PaymentUnavailable(`Stripe answered ${statusCode ?? 'nothing'} ${code ?? ''}`.trim(), { cause: error })
  }
}

/** Whole seconds since the epoch. Over fetch the library hands on the answer itself, whose headers its types do not tell. */
function answeredAt(answer: unknown): number | null {
  const { headers } = answer as { headers?: Headers | Record<string, string> }
  const atMs = Date.parse((headers instanceof Headers ? headers.get('date') : headers?.date) ?? '')
  return Number.isNaN(atMs) ? null : Math.floor(atMs / 1000)
}

const isMissing = (cause: unknown) => cause instanceof Stripe.errors.StripeError && cause.statusCode === 404

import { eventOf, readObject } from './event.ts'
import { readTextSecret } from './secret.ts'
import { readTimedList } from './timed-list.ts'
import { MAX_SIGNATURES, type WebhookScheme } from './webhook.ts'

/**
 * https://docs.stripe.com/webhooks/signature: one `v1` for each active secret while one is being rolled. The key is the whole
 * text of the secret, `whsec_` included.
 */
export const stripe: WebhookScheme = {
  encoding: 'hex',
  unitMs: 1000,
  readSecret: (text) => readTextSecret(text, 16),
  readClaim: (headers) => readTimedList(headers.get('stripe-signature'), { name: 'v1', most: MAX_SIGNATURES }),
  readEvent(delivery) {
    const body = readObject(delivery)
    return eventOf(body?.id, body?.type)
  },
}

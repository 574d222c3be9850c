import * as z from 'zod'
import { DatabaseUnavailable, PaymentUnavailable } from '../errors.ts'
import { applyBillingEvent, askAboutUnclear, type Billing } from '../flows/bill.ts'
import { readBillingTime } from '../rules/billing-event.ts'
import { retryDelaySeconds } from '../rules/webhook.ts'
import type { QueueMessage } from './ingest.ts'

/** Without `payment` Stripe is not configured, and nothing signed by it can have come. */
export type BillingConsumer = Omit<Billing, 'payment'> & { payment: Billing['payment'] | null }

const schema = z.object({
  kind: z.literal('stripe'),
  eventId: z.string().min(1),
  type: z.string().min(1),
  receivedAtMs: z.number(),
  body: z.instanceof(Uint8Array),
})

/** False where the message is another consumer's. One that fails is tried again later, with longer and longer waits. */
export async function consumeBilling(message: QueueMessage, consumer: BillingConsumer): Promise<boolean> {
  const parsed = schema.safeParse(message.body)
  if (!parsed.success) return false
  const { eventId: id, type, body, receivedAtMs } = parsed.data
  const { payment, log, ...ports } = consumer
  try {
    if (payment === null) throw new Error('Stripe is not configured in this Worker')
    const at = readBillingTime(body) ?? Math.floor(receivedAtMs / 1000)
    await applyBillingEvent(body, { id, type, at }, { ...ports, payment, log })
    message.ack()
  } catch (error) {
    const away = error instanceof DatabaseUnavailable
    log.error(away ? 'billing_database_unavailable' : 'billing_failed', { eventId: id, type, error })
    const asked = error instanceof PaymentUnavailable ? error.retryAfterSeconds : null
    message.retry({ delaySeconds: asked ?? retryDelaySeconds(message.attempts) })
  }
  return true
}

/** What the cron does: asks Stripe about what it left open. */
export async function resumeBilling({ payment, ...ports }: BillingConsumer): Promise<void> {
  if (payment !== null) await askAboutUnclear({ ...ports, payment })
}

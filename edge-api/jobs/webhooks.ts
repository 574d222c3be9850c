import * as z from 'zod'
import { isEndpointId } from '#shared/endpoint-id.ts'
import { parseId } from '#shared/ids.ts'
import { DatabaseUnavailable } from '../errors.ts'
import { deliverWebhook } from '../flows/deliver-webhook.ts'
import type { DeliveryRecords, JobMessage, Ports } from '../ports.ts'
import { type DeliveryWake, retryDelaySeconds, type WebhookEventMessage } from '../rules/webhook.ts'
import { type BillingConsumer, consumeBilling } from './billing.ts'
import type { QueueMessage } from './ingest.ts'
import { consumeSlack, type SlackConsumer } from './slack.ts'

export interface WebhookConsumer extends Pick<Ports, 'openProject' | 'log' | 'random'> {
  sendJob(message: JobMessage): Promise<unknown>
  billing: BillingConsumer
  slack: SlackConsumer
}

const wakeSchema = z.object({
  projectId: z.string().transform((text, context) => parseId('project', text) ?? refuse(context)),
  endpoint: z.string().refine(isEndpointId),
  eventId: z.string().min(1),
})

const eventSchema = wakeSchema.extend({
  kind: z.enum(['in', 'voice']),
  type: z.string().min(1),
  receivedAtMs: z.number(),
  body: z.instanceof(Uint8Array),
})

const messageSchema = z.union([eventSchema, wakeSchema])

function refuse(context: z.RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'not a project' })
  return z.NEVER
}

/** The consumer of the webhooks' queue. A message that fails is tried again later, with longer and longer waits. */
export async function consumeWebhooks(messages: readonly QueueMessage[], consumer: WebhookConsumer): Promise<void> {
  for (const message of messages) {
    const taken = (await consumeBilling(message, consumer.billing)) || (await consumeSlack(message, consumer.slack))
    if (!taken) await consume(message, consumer)
  }
}

async function consume(message: QueueMessage, { openProject, log, random, sendJob }: WebhookConsumer): Promise<void> {
  const parsed = messageSchema.safeParse(message.body)
  if (!parsed.success) {
    log.error('webhook_message_malformed', {})
    message.ack()
    return
  }
  const event = parsed.data as WebhookEventMessage | DeliveryWake
  const { projectId, endpoint, eventId } = event
  try {
    const db = openProject(projectId)
    const wakeJob: Parameters<typeof deliverWebhook>[1]['wakeJob'] = (jobId) => sendJob({ projectId, jobId })
    const outcome = await deliverWebhook(event, { db, random, wakeJob })
    if (outcome.done) return message.ack()
    log.error('webhook_failed', { projectId, endpoint, eventId, attempts: outcome.attempts, error: outcome.error })
    message.retry({ delaySeconds: retryDelaySeconds(outcome.attempts) })
  } catch (error) {
    const away = error instanceof DatabaseUnavailable
    log.error(away ? 'webhook_database_unavailable' : 'webhook_failed', { projectId, endpoint, eventId, error })
    message.retry({ delaySeconds: retryDelaySeconds(message.attempts) })
  }
}

const RESUMED_AT_ONCE = 100

/** What the cron does: wakes what was noted and then forgotten by a queue or a crash. Returns how many. */
export async function resumeWebhooks(
  records: DeliveryRecords,
  send: (message: DeliveryWake) => Promise<unknown>,
): Promise<number> {
  const waiting = await records.waitingDeliveries(RESUMED_AT_ONCE)
  for (const message of waiting) await send(message)
  return waiting.length
}

import * as z from 'zod'
import { type ProjectId, parseId } from '#shared/ids.ts'
import { DatabaseUnavailable } from '../errors.ts'
import { answerInSlack, type SlackAnswering, type SlackOrNone } from '../flows/answer-slack.ts'
import { readSlackEvent } from '../rules/slack-event.ts'
import { retryDelaySeconds, SLACK_ENDPOINT } from '../rules/webhook.ts'
import type { QueueMessage } from './ingest.ts'

/** Without `app` Slack is not configured: what is signed by it waits until it is again. */
export type SlackConsumer = Omit<SlackAnswering, 'app'> & SlackOrNone

const sent = z.object({
  kind: z.literal('slack'),
  eventId: z.string().min(1),
  type: z.string().min(1),
  receivedAtMs: z.number(),
  body: z.instanceof(Uint8Array),
})
const wake = z.object({
  projectId: z.string(),
  endpoint: z.literal(SLACK_ENDPOINT as string),
  eventId: z.string().min(1),
})
const schema = z.union([sent, wake])

/** False where the message is another consumer's. One that fails is tried again later, with longer and longer waits. */
export async function consumeSlack(message: QueueMessage, consumer: SlackConsumer): Promise<boolean> {
  const parsed = schema.safeParse(message.body)
  if (!parsed.success) return false
  const event = parsed.data
  const { eventId } = event
  const { app, log } = consumer
  try {
    const projectId = await whose(event, consumer)
    if (projectId === null) {
      log.error('slack_event_stray', { eventId })
      message.ack()
      return true
    }
    if (app === null) throw new Error('Slack is not configured in this Worker')
    const outcome = await answerInSlack(
      projectId,
      { eventId, sent: 'body' in event ? event : null },
      { ...consumer, app },
    )
    if (outcome.done) message.ack()
    else {
      log.error('slack_failed', { projectId, eventId, error: outcome.error })
      message.retry({ delaySeconds: outcome.retryAfterSeconds })
    }
  } catch (error) {
    log.error(error instanceof DatabaseUnavailable ? 'slack_database_unavailable' : 'slack_failed', { eventId, error })
    message.retry({ delaySeconds: retryDelaySeconds(message.attempts) })
  }
  return true
}

async function whose(event: z.infer<typeof schema>, { projectOf }: SlackConsumer): Promise<ProjectId | null> {
  if (!('body' in event)) return parseId('project', event.projectId)
  const read = readSlackEvent(event.body)
  return read !== null && 'teamId' in read ? projectOf(read.teamId) : null
}

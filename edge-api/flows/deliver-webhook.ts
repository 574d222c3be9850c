import { DatabaseUnavailable, PlanFull } from '../errors.ts'
import type { NewDelivery } from '../project-db.ts'
import { readOccurrence } from '../rules/document-push.ts'
import {
  type DeliveryWake,
  type EndpointKind,
  type EventEnd,
  MAX_ATTEMPTS,
  type WebhookEventMessage,
} from '../rules/webhook.ts'
import { type Receiving, receiveDocuments } from './receive-documents.ts'
import { receiveTranscript } from './receive-transcript.ts'

export type DeliveryOutcome =
  | { done: true }
  /** `error`: for the log; what the owner is told is in the delivery's row. */
  | { done: false; attempts: number; error: unknown }

/**
 * Gives one event its effect, once, however often it is called for it: the event is noted, then taken in the transaction of its
 * effect. What fails is tried again; after `MAX_ATTEMPTS` the event is put aside with the reason, to be replayed by hand. Rejects
 * with DatabaseUnavailable, and then nothing has happened.
 */
export async function deliverWebhook(
  message: WebhookEventMessage | DeliveryWake,
  receiving: Receiving,
): Promise<DeliveryOutcome> {
  const { db } = receiving
  const event = await begin(message, receiving)
  if (event === null) return { done: true }
  try {
    const end = await effectOf(event, receiving)
    if (end !== null) await db.endDelivery(event, end.state, end.reason)
    return { done: true }
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error
    if (error instanceof PlanFull) {
      // Trying again is no use before somebody has made room; then they replay it.
      await db.endDelivery(event, 'dead', error.message)
      return { done: true }
    }
    const { attempts } = event
    if (attempts < MAX_ATTEMPTS) {
      await db.postponeDelivery(event, `Attempt ${attempts} failed on our side; it is tried again.`)
      return { done: false, attempts, error }
    }
    await db.endDelivery(event, 'dead', `${attempts} attempts failed on our side.`)
    return { done: true }
  }
}

/** Of a noted one whose address was taken away meanwhile, nobody knows any more what it was for. */
async function effectOf(event: Begun, receiving: Receiving): Promise<EventEnd> {
  if (event.kind === null) return { state: 'dead', reason: 'Its address was removed before it took effect.' }
  return event.kind === 'voice' ? receiveTranscript(event, receiving) : receiveDocuments(event, receiving)
}

type Begun = NewDelivery & { kind: EndpointKind | null; attempts: number }

async function begin(message: WebhookEventMessage | DeliveryWake, { db }: Receiving): Promise<Begun | null> {
  if (!('body' in message)) return db.resumeDelivery(message)
  const occurredAtMs = readOccurrence(message.body) ?? message.receivedAtMs
  const event = { ...message, occurredAtMs }
  const begun = await db.beginDelivery(event)
  return begun === null ? null : { ...event, ...begun }
}

import type { Context } from 'hono'
import { problem, requestIdOf } from '../errors.ts'
import type { Verify } from '../flows/verify-delivery.ts'
import type { Ports } from '../ports.ts'
import type { Guarded } from './context.ts'
import { createJunkLimit } from './limit-junk.ts'
import { readBytes } from './read-bytes.ts'

export interface Arrival<Value> {
  /** What is being called, for counting junk and for the log. */
  address: string
  maxBytes: number
  verify: Verify<Value>
}

/** What `verify` has found, with the bytes that it is about. */
export type Received<Value> = Value & { body: Uint8Array; receivedAtMs: number }

/** The way in of everything that is signed: junk counted, size while reading, then the signature over the bytes. No SQL, no parsing. */
export function createSignedEntrance(ports: Ports) {
  const junk = createJunkLimit(ports)
  return async <Value>(
    c: Context<Guarded>,
    { address, maxBytes, verify }: Arrival<Value>,
  ): Promise<{ value: Received<Value> } | { refusal: Response }> => {
    const kept = junk.check(c, address)
    if (kept !== null) return { refusal: kept }
    const body = await readBytes(c.req.raw, maxBytes)
    const receivedAtMs = ports.nowMs()
    const verdict = await verify({ headers: c.req.raw.headers, body }, receivedAtMs)
    if (verdict.ok) return { value: { ...verdict.value, body, receivedAtMs } }
    await junk.count(c, address)
    const code = verdict.reason
    ports.log.info('webhook_refused', { endpoint: address.slice(0, 60), code, requestId: requestIdOf(c) })
    return { refusal: problem(c, code) }
  }
}

/** Hands a verified event on. The refusal tells whoever sent it to try again, where the queue does not take it. */
export async function passOn(
  c: Context<Guarded>,
  { enqueueWebhook, log }: Ports,
  message: Parameters<Ports['enqueueWebhook']>[0],
): Promise<Response | null> {
  try {
    await enqueueWebhook(message)
    return null
  } catch (error) {
    const { eventId } = message
    const of =
      'endpoint' in message ? { projectId: message.projectId, endpoint: message.endpoint } : { endpoint: message.kind }
    log.error('webhook_not_queued', { ...of, eventId, error })
    return problem(c, 'unavailable')
  }
}

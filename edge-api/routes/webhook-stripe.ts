import { problem, requestIdOf } from '../errors.ts'
import { appVerifier } from '../flows/verify-delivery.ts'
import type { Endpoint } from '../guard/context.ts'
import { createJunkLimit } from '../guard/limit-junk.ts'
import { readBytes } from '../guard/read-bytes.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'
import type { Ports } from '../ports.ts'
import { MAX_EVENT_BYTES } from '../rules/webhook.ts'

/**
 * `POST /webhooks/stripe`: size, signature over the bytes, queue, 200, as for a project's own endpoints. The signing secrets are the
 * Worker's; where there are none, no signature holds.
 */
export function receiveStripe(ports: Ports): Endpoint {
  const junk = createJunkLimit(ports)
  const verify = appVerifier('stripe', ports.signingSecrets.stripe)
  return async (c) => {
    const kept = junk.check(c, 'stripe')
    if (kept !== null) return kept
    const body = await readBytes(c.req.raw, MAX_EVENT_BYTES)
    const receivedAtMs = ports.nowMs()
    const verdict = verify({ headers: c.req.raw.headers, body }, receivedAtMs)
    if (!verdict.ok) {
      await junk.count(c, 'stripe')
      ports.log.info('webhook_refused', { endpoint: 'stripe', code: verdict.reason, requestId: requestIdOf(c) })
      return problem(c, verdict.reason)
    }
    const event = verdict.value.scheme.readEvent(verdict.value.delivery)
    if (event === null) return problem(c, 'body_invalid')
    try {
      await ports.enqueueWebhook({ kind: 'stripe', eventId: event.id, type: event.type, receivedAtMs, body })
    } catch (error) {
      ports.log.error('webhook_not_queued', { endpoint: 'stripe', eventId: event.id, error })
      return problem(c, 'unavailable')
    }
    return new Response('{}', { headers: answerHeaders(JSON_ANSWER) })
  }
}

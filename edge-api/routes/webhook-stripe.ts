import { problem } from '../errors.ts'
import { appVerifier } from '../flows/verify-delivery.ts'
import type { Endpoint } from '../guard/context.ts'
import { createSignedEntrance, passOn } from '../guard/receive-signed.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'
import type { Ports } from '../ports.ts'
import { MAX_EVENT_BYTES } from '../rules/webhook.ts'

/**
 * `POST /webhooks/stripe`: size, signature over the bytes, queue, 200, as for a project's own endpoints. The signing secrets are the
 * Worker's; where there are none, no signature holds.
 */
export function receiveStripe(ports: Ports): Endpoint {
  const enter = createSignedEntrance(ports)
  const verify = appVerifier('stripe', ports.signingSecrets.stripe)
  return async (c) => {
    const received = await enter(c, { address: 'stripe', maxBytes: MAX_EVENT_BYTES, verify })
    if ('refusal' in received) return received.refusal
    const { scheme, delivery, body, receivedAtMs } = received.value
    const event = scheme.readEvent(delivery)
    if (event === null) return problem(c, 'body_invalid')
    const { id: eventId, type } = event
    const refusal = await passOn(c, ports, { kind: 'stripe', eventId, type, receivedAtMs, body })
    return refusal ?? new Response('{}', { headers: answerHeaders(JSON_ANSWER) })
  }
}

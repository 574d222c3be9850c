import { problem } from '../errors.ts'
import { appVerifier } from '../flows/verify-delivery.ts'
import type { Endpoint } from '../guard/context.ts'
import { createSignedEntrance, passOn } from '../guard/receive-signed.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'
import type { Ports } from '../ports.ts'
import { readSlackEvent } from '../rules/slack-event.ts'
import { MAX_EVENT_BYTES } from '../rules/webhook.ts'

/**
 * `POST /webhooks/slack`: size, signature over the bytes, queue, 200: Slack waits three seconds, and the answer takes as long as it
 * takes. The handshake is answered here, once its signature has held; what nobody asks of the app goes no further.
 */
export function receiveSlack(ports: Ports): Endpoint {
  const enter = createSignedEntrance(ports)
  const verify = appVerifier('slack', ports.signingSecrets.slack)
  return async (c) => {
    const received = await enter(c, { address: 'slack', maxBytes: MAX_EVENT_BYTES, verify })
    if ('refusal' in received) return received.refusal
    const { scheme, delivery, body, receivedAtMs } = received.value
    const read = readSlackEvent(body)
    const named = scheme.readEvent(delivery)
    if (read === null || named === null) return problem(c, 'body_invalid')
    if (read.kind === 'handshake') return say({ challenge: read.challenge })
    if (read.kind === 'nothing') return say({})
    const isCommand = read.kind === 'question' && read.threadTs === null
    if (isCommand && read.text === '') return say(toWhoeverTyped('Ask a question behind the command.'))
    const { id: eventId, type } = named
    const refusal = await passOn(c, ports, { kind: 'slack', eventId, type, receivedAtMs, body })
    return refusal ?? say(isCommand ? toWhoeverTyped('Looking it up …') : {})
  }
}

const toWhoeverTyped = (text: string) => ({ response_type: 'ephemeral', text })

function say(answer: object): Response {
  return new Response(JSON.stringify(answer), { headers: answerHeaders(JSON_ANSWER) })
}

import type { Context } from 'hono'
import { problem, requestIdOf } from '../errors.ts'
import { appVerifier } from '../flows/verify-delivery.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { createJunkLimit } from '../guard/limit-junk.ts'
import { readBytes } from '../guard/read-bytes.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'
import type { Ports } from '../ports.ts'
import { readSlackEvent } from '../rules/slack-event.ts'
import { MAX_EVENT_BYTES, type SlackEventMessage } from '../rules/webhook.ts'

/**
 * `POST /webhooks/slack`: size, signature over the bytes, queue, 200: Slack waits three seconds, and the answer takes as long as it
 * takes. The handshake is answered here, once its signature has held; what nobody asks of the app goes no further.
 */
export function receiveSlack(ports: Ports): Endpoint {
  const junk = createJunkLimit(ports)
  const verify = appVerifier('slack', ports.signingSecrets.slack)
  return async (c) => {
    const kept = junk.check(c, 'slack')
    if (kept !== null) return kept
    const body = await readBytes(c.req.raw, MAX_EVENT_BYTES)
    const receivedAtMs = ports.nowMs()
    const verdict = verify({ headers: c.req.raw.headers, body }, receivedAtMs)
    if (!verdict.ok) {
      await junk.count(c, 'slack')
      ports.log.info('webhook_refused', { endpoint: 'slack', code: verdict.reason, requestId: requestIdOf(c) })
      return problem(c, verdict.reason)
    }
    const read = readSlackEvent(body)
    const named = verdict.value.scheme.readEvent(verdict.value.delivery)
    if (read === null || named === null) return problem(c, 'body_invalid')
    if (read.kind === 'handshake') return say({ challenge: read.challenge })
    if (read.kind === 'nothing') return say({})
    const isCommand = read.kind === 'question' && read.threadTs === null
    if (isCommand && read.text === '') return say(toWhoeverTyped('Ask a question behind the command.'))
    const message: SlackEventMessage = { kind: 'slack', eventId: named.id, type: named.type, receivedAtMs, body }
    return (await enqueue(c, ports, message)) ?? say(isCommand ? toWhoeverTyped('Looking it up …') : {})
  }
}

async function enqueue(
  c: Context<Guarded>,
  { enqueueWebhook, log }: Ports,
  message: SlackEventMessage,
): Promise<Response | null> {
  try {
    await enqueueWebhook(message)
    return null
  } catch (error) {
    log.error('webhook_not_queued', { endpoint: 'slack', eventId: message.eventId, error })
    return problem(c, 'unavailable')
  }
}

const toWhoeverTyped = (text: string) => ({ response_type: 'ephemeral', text })

function say(answer: object): Response {
  return new Response(JSON.stringify(answer), { headers: answerHeaders(JSON_ANSWER) })
}

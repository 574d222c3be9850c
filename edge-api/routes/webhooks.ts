import type { Context } from 'hono'
import { createEndpointIdReader, type EndpointIdReader } from '#shared/endpoint-id.ts'
import { problem, requestIdOf } from '../errors.ts'
import { type Addressed, verifyDelivery } from '../flows/verify-delivery.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { createJunkLimit } from '../guard/limit-junk.ts'
import { readBytes } from '../guard/read-bytes.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'
import type { Ports } from '../ports.ts'
import { type EndpointKind, MAX_EVENT_BYTES, type WebhookEventMessage } from '../rules/webhook.ts'

/**
 * `POST /webhooks/in/{endpointId}` and `/webhooks/voice/{endpointId}`: size, signature over the bytes, queue, 200. Neither the
 * database nor the meaning of the body is touched before the signature has held, nor the database after it.
 */
export function receiveWebhook(ports: Ports, kind: EndpointKind): Endpoint {
  const readId = createEndpointIdReader(ports.settings.checksumSecrets)
  const junk = createJunkLimit(ports)
  return async (c) => {
    const address = c.req.param('endpointId') ?? ''
    const kept = junk.check(c, address)
    if (kept !== null) return kept
    const addressed = await find(ports, readId(address), kind)
    const body = await readBytes(c.req.raw, MAX_EVENT_BYTES)
    const { sealingKeys } = ports.settings
    const nowMs = ports.nowMs()
    const verdict = await verifyDelivery({ headers: c.req.raw.headers, body }, addressed, { sealingKeys, nowMs })
    if (!verdict.ok) {
      await junk.count(c, address)
      ports.log.info('webhook_refused', {
        endpoint: address.slice(0, 60),
        code: verdict.reason,
        requestId: requestIdOf(c),
      })
      return problem(c, verdict.reason)
    }
    const event = verdict.value.scheme.readEvent(verdict.value.delivery)
    if (event === null || addressed.endpoint === null) return problem(c, 'body_invalid')
    const { projectId, policy } = addressed.endpoint
    const { id: eventId, type } = event
    return enqueue(c, ports, { projectId, endpoint: policy.id, kind, eventId, type, receivedAtMs: nowMs, body })
  }
}

/** A made-up id is found out by its checksum; one of a project that never published is none. */
async function find({ policies }: Ports, id: ReturnType<EndpointIdReader>, kind: EndpointKind): Promise<Addressed> {
  if (id === null) return { kind, endpoint: null }
  const { projectId } = id
  const policy = (await policies.current(projectId))?.webhooks.get(id.id)
  return { kind, endpoint: policy === undefined ? null : { projectId, policy } }
}

/** Whoever sends it is told to try again when the queue does not take it. */
async function enqueue(
  c: Context<Guarded>,
  { enqueueWebhook, log }: Ports,
  message: WebhookEventMessage,
): Promise<Response> {
  try {
    await enqueueWebhook(message)
  } catch (error) {
    const { projectId, endpoint, eventId } = message
    log.error('webhook_not_queued', { projectId, endpoint, eventId, error })
    return problem(c, 'unavailable')
  }
  return new Response('{}', { headers: answerHeaders(JSON_ANSWER) })
}

import type { Context } from 'hono'
import { createEndpointIdReader, type EndpointIdReader } from '#shared/endpoint-id.ts'
import { BodyTooLarge, problem, requestIdOf } from '../errors.ts'
import { answerCall } from '../flows/answer-call.ts'
import { type Addressed, type Verified, verifyDelivery } from '../flows/verify-delivery.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { createJunkLimit } from '../guard/limit-junk.ts'
import { readBytes } from '../guard/read-bytes.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'
import type { Ports } from '../ports.ts'
import { membersOf, parseJsonBody } from '../rules/json-body.ts'
import { readTranscript, shortened } from '../rules/transcript.ts'
import { readVoiceQuestions, voiceReply } from '../rules/voice-question.ts'
import { type EndpointKind, MAX_EVENT_BYTES, MAX_VOICE_BYTES, type WebhookEventMessage } from '../rules/webhook.ts'

/**
 * `POST /webhooks/in/{endpointId}` and `/webhooks/voice/{endpointId}`: size, signature over the bytes, queue, 200. Neither the
 * database nor the meaning of the body is touched before the signature has held, nor the database after it: but for a voice agent's
 * question, whose caller waits for the answer.
 */
export function receiveWebhook(ports: Ports, kind: EndpointKind): Endpoint {
  const readId = createEndpointIdReader(ports.settings.checksumSecrets)
  const junk = createJunkLimit(ports)
  return async (c) => {
    const address = c.req.param('endpointId') ?? ''
    const kept = junk.check(c, address)
    if (kept !== null) return kept
    const addressed = await find(ports, readId(address), kind)
    const body = await readBytes(c.req.raw, kind === 'voice' ? MAX_VOICE_BYTES : MAX_EVENT_BYTES)
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
    if (addressed.endpoint === null) return problem(c, 'body_invalid')
    if (kind === 'voice') {
      const answered = await answerQuestions(c, ports, addressed.endpoint, verdict.value)
      if (answered !== null) return answered
    }
    const event = verdict.value.scheme.readEvent(verdict.value.delivery)
    if (event === null) return problem(c, 'body_invalid')
    const carried = body.length <= MAX_EVENT_BYTES ? body : shortenedBody(body)
    const { projectId, policy } = addressed.endpoint
    const { id: eventId, type } = event
    return enqueue(c, ports, {
      projectId,
      endpoint: policy.id,
      kind,
      eventId,
      type,
      receivedAtMs: nowMs,
      body: carried,
    })
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Null where the agent asks nothing. A refusal of ours is said to the caller, so it is an answer like another: 200. */
async function answerQuestions(
  c: Context<Guarded>,
  ports: Ports,
  { projectId, policy: { id: endpoint } }: Found,
  { delivery }: Verified,
): Promise<Response | null> {
  const parsed = parseJsonBody(delivery.body)
  const members = parsed.ok ? membersOf(parsed.value) : null
  const asked = members === null ? null : readVoiceQuestions(members, delivery.headers.get('webhook-id'))
  if (asked === null) return null
  const { gate, openProject, log, settings, policies } = ports
  const language = (await policies.current(projectId))?.project.language ?? 'en'
  const answers = await answerCall(asked, {
    ...{ gate, openProject, log, projectId, endpoint, language, sleep },
    threadSecret: settings.threadSecret,
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  })
  return new Response(JSON.stringify(voiceReply(asked, answers)), { headers: answerHeaders(JSON_ANSWER) })
}

/** Platforms send along what each turn has cost; what was said nearly always fits. */
function shortenedBody(body: Uint8Array): Uint8Array {
  const read = readTranscript(body)
  const short = 'transcript' in read ? shortened(read.transcript) : null
  if (short === null || short.length > MAX_EVENT_BYTES) throw new BodyTooLarge('more than the queue takes')
  return short
}

type Found = NonNullable<Addressed['endpoint']>

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

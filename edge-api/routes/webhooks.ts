import type { Context } from 'hono'
import { createEndpointIdReader, type EndpointIdReader } from '#shared/endpoint-id.ts'
import { BodyTooLarge, problem } from '../errors.ts'
import { answerCall } from '../flows/answer-call.ts'
import { type FoundEndpoint, type Verified, verifyDelivery } from '../flows/verify-delivery.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { createSignedEntrance, passOn } from '../guard/receive-signed.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'
import type { Ports } from '../ports.ts'
import { membersOf, parseJsonBody } from '../rules/json-body.ts'
import { readTranscript, shortened } from '../rules/transcript.ts'
import { readVoiceQuestions, voiceReply } from '../rules/voice-question.ts'
import { type EndpointKind, MAX_EVENT_BYTES, MAX_VOICE_BYTES } from '../rules/webhook.ts'

/**
 * `POST /webhooks/in/{endpointId}` and `/webhooks/voice/{endpointId}`: size, signature over the bytes, queue, 200. Neither the
 * database nor the meaning of the body is touched before the signature has held, nor the database after it: but for a voice agent's
 * question, whose caller waits for the answer.
 */
export function receiveWebhook(ports: Ports, kind: EndpointKind): Endpoint {
  const readId = createEndpointIdReader(ports.settings.checksumSecrets)
  const enter = createSignedEntrance(ports)
  const maxBytes = kind === 'voice' ? MAX_VOICE_BYTES : MAX_EVENT_BYTES
  const { sealingKeys } = ports.settings
  return async (c) => {
    const address = c.req.param('endpointId') ?? ''
    const received = await enter(c, {
      ...{ address, maxBytes },
      verify: async (delivery, nowMs) =>
        verifyDelivery(delivery, { kind, endpoint: await find(ports, readId(address)) }, { sealingKeys, nowMs }),
    })
    if ('refusal' in received) return received.refusal
    const { scheme, delivery, endpoint: found, body: whole, receivedAtMs } = received.value
    if (kind === 'voice') {
      const answered = await answerQuestions(c, ports, found, delivery)
      if (answered !== null) return answered
    }
    const event = scheme.readEvent(delivery)
    if (event === null) return problem(c, 'body_invalid')
    const body = whole.length <= MAX_EVENT_BYTES ? whole : shortenedBody(whole)
    const { id: eventId, type } = event
    const refusal = await passOn(c, ports, {
      ...{ projectId: found.projectId, endpoint: found.policy.id, kind },
      ...{ eventId, type, receivedAtMs, body },
    })
    return refusal ?? new Response('{}', { headers: answerHeaders(JSON_ANSWER) })
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Null where the agent asks nothing. A refusal of ours is said to the caller, so it is an answer like another: 200. */
async function answerQuestions(
  c: Context<Guarded>,
  ports: Ports,
  { projectId, policy: { id: endpoint } }: FoundEndpoint,
  delivery: Verified['delivery'],
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

/** A made-up id is found out by its checksum; one of a project that never published is none. */
async function find({ policies }: Ports, id: ReturnType<EndpointIdReader>): Promise<FoundEndpoint | null> {
  if (id === null) return null
  const { projectId } = id
  const policy = (await policies.current(projectId))?.webhooks.get(id.id)
  return policy === undefined ? null : { projectId, policy }
}

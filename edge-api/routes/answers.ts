import type { Context } from 'hono'
import * as z from 'zod'
import { toHex } from '#shared/bytes.ts'
import { parseId } from '#shared/ids.ts'
import { MAX_QUESTION_LENGTH } from '#shared/limits.ts'
import type { Answer, AnswerEvent, AskRequest } from '#shared/wire.ts'
import { codeOfError, problem, problemBody, requestIdOf } from '../errors.ts'
import { hashSecret, type PreparedAnswer, prepareAnswer, storeAnswer, tellAnswer } from '../flows/answer.ts'
import { identifyVisitor, visitorHash } from '../flows/identify-visitor.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import type { AnswerRefusal, Ports } from '../ports.ts'
import type { IdentityReason } from '../rules/identity.ts'
import { IDENTITY_SENTENCES } from '../rules/identity-sentences.ts'
import { isCleanText } from '../rules/json-body.ts'
import { loadLanguage } from '../rules/language.ts'

const text = (max: number) => z.string().max(max, `At most ${max} characters.`).refine(isCleanText, 'Not valid text.')

export const askBody = z.object({
  question: text(MAX_QUESTION_LENGTH).refine((question) => question.trim() !== '', 'Ask something.'),
  requestId: z.guid('A UUID.').toLowerCase().optional(),
  thread: z.object({ id: text(40), secret: text(100) }).optional(),
  page: z.object({ url: text(2000).optional(), title: text(300).optional() }).optional(),
  locale: text(35).optional(),
  // Judged as the token it is, by rules/identity.ts.
  identity: z.string().optional(),
}) satisfies z.ZodType<AskRequest, AskRequest>

type AnswerPorts = Pick<Ports, 'gate' | 'settings' | 'log' | 'nowMs'>

/** `POST /v1/answers`: a stream of events, or one JSON object where only that is accepted. */
export function askQuestion(ports: AnswerPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, askBody)
    if ('refusal' in body) return body.refusal
    const { question, requestId = null, thread, page, locale = null, identity } = body.value
    const threadId = thread ? parseId('thread', thread.id) : null
    if (thread && threadId === null) return problem(c, 'not_found')
    const { projectId, keyId, origin, network, policy } = c.get('caller')
    const { threadSecret, sealingKeys } = ports.settings
    const identifying = { projectId, policy: policy.visitors, sealingKeys, nowMs: ports.nowMs() }
    const identified = await identifyVisitor(identity, identifying)
    if (!identified.ok) return refuseIdentity(c, identified.reason)
    const visitor = identified.value
    const mark = visitor === null ? null : visitorHash(projectId, visitor.subject, threadSecret)
    const admission = await ports.gate.admitAnswer({
      ...{ projectId, keyId, origin, network, requestId, threadId },
      visitor: visitorBucket(mark, thread?.secret),
      identityKeyId: visitor?.keyId ?? null,
    })
    c.set('ratePolicy', admission.ratePolicy ?? '')
    if (!admission.ok) return refuse(c, admission)
    c.set('rateLimit', admission.rateLimit)
    const prepared = await prepareAnswer(
      {
        projectId,
        answerId: admission.answerId,
        threadId: admission.threadId,
        requestId,
        question: question.trim(),
        thread: thread && threadId ? { id: threadId, secret: thread.secret } : null,
        channel: origin === null ? 'server' : 'widget',
        origin,
        pageUrl: page?.url ? withoutQuery(page.url) : null,
        locale,
        visitorHash: mark,
      },
      c.get('db'),
      await loadLanguage(policy.project.language),
      threadSecret,
    )
    if (!prepared.ok) return problem(c, prepared.reason)
    return wantsJson(c) ? tellAtOnce(c, prepared.value) : tell(c, ports, prepared.value)
  }
}

function refuseIdentity(c: Context<Guarded>, reason: IdentityReason): Response {
  return problem(c, 'body_invalid', { errors: [{ path: 'identity', message: IDENTITY_SENTENCES[reason] }] })
}

/**
 * Whoever has a name is counted by it, over all their conversations; others by the secret that is all we know them by. Someone
 * who makes one up for each question has their network's and their page's buckets above them.
 */
function visitorBucket(mark: Uint8Array | null, threadSecret: string | undefined): string | null {
  if (mark !== null) return `named ${toHex(mark)}`
  return threadSecret === undefined ? null : `thread ${toHex(hashSecret(threadSecret))}`
}

function refuse(c: Context<Guarded>, { reason, retryAfterSeconds }: AnswerRefusal): Response {
  if (reason === 'token_missing') return refuseIdentity(c, reason)
  if (reason === 'identity_key_removed') return refuseIdentity(c, 'key_unknown')
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return problem(c, reason, { headers })
}

function wantsJson(c: Context<Guarded>): boolean {
  const accept = c.req.header('accept') ?? ''
  return accept.includes('application/json') && !accept.includes('text/event-stream')
}

async function tellAtOnce(c: Context<Guarded>, answer: PreparedAnswer): Promise<Response> {
  await storeAnswer(answer, c.get('db'))
  const { answerId, thread, outcome, markdown, citations } = answer
  return c.json({ answerId, thread, outcome, markdown, citations } satisfies Answer)
}

/** The stream is pulled, so a slow reader holds the work back and one who leaves ends it. */
function tell(c: Context<Guarded>, ports: AnswerPorts, answer: PreparedAnswer): Response {
  const left = new AbortController()
  const signal = AbortSignal.any([left.signal, c.req.raw.signal])
  const events = orProblem(tellAnswer(answer, c.get('db'), signal), requestIdOf(c), ports)
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await events.next()
      if (next.done || signal.aborted) controller.close()
      else controller.enqueue(encoder.encode(encodeEvent(next.value)))
    },
    async cancel() {
      left.abort()
      await events.return()
    },
  })
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}

/** Once the stream has begun there is no status left to change: what goes wrong is its last event. */
async function* orProblem(
  events: AsyncGenerator<AnswerEvent, void, undefined>,
  requestId: string,
  ports: AnswerPorts,
): AsyncGenerator<AnswerEvent, void, undefined> {
  try {
    yield* events
  } catch (error) {
    ports.log.error('answer_broken', { requestId, error })
    yield { event: 'answer.error', data: { problem: problemBody(codeOfError(error), requestId) } }
  }
}

function encodeEvent({ event, data }: AnswerEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Which page a visitor asked from is worth knowing; what its address carries about the visitor is not. */
function withoutQuery(url: string): string | null {
  const parsed = URL.parse(url)
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.origin + parsed.pathname : null
}

import type { Context } from 'hono'
import { fullSentence, type Holding, type PlanName } from '#shared/plans.ts'
import { PROBLEMS } from '#shared/problems.ts'
import type { Problem, ProblemCode } from '#shared/wire.ts'
import type { Guarded } from './guard/context.ts'
import { type AnswerKind, answerHeaders } from './headers.ts'

/** What a particular refusal may add to its row. */
export interface ProblemExtra {
  errors?: Problem['errors']
  reason?: string
  headers?: Record<string, string>
}

/** Everything of the JSON that is the same each time, so that a refusal costs no serialisation. */
const BODY_STARTS = Object.fromEntries(
  Object.entries(PROBLEMS).map(([code, { status, title, detail }]) => [
    code,
    `${JSON.stringify({ type: `/docs/problems#${code}`, title, status, detail, code }).slice(0, -1)},"requestId":"`,
  ]),
) as Record<ProblemCode, string>

/** The problem as an object, for where it travels inside something else (`answer.error`). */
export function problemBody(code: ProblemCode, requestId: string, extra: ProblemExtra = {}): Problem {
  const { status, title, detail } = PROBLEMS[code]
  const body: Problem = { type: `/docs/problems#${code}`, title, status, detail, code, requestId }
  if (extra.errors) body.errors = extra.errors
  if (extra.reason !== undefined) body.reason = extra.reason
  return body
}

/**
 * The answer to a refused request (RFC 9457), with all its headers. A refusal of the origin never names an origin to the
 * browser, not even where an earlier step had admitted it.
 */
export function problem(c: Context<Guarded>, code: ProblemCode, extra?: ProblemExtra): Response {
  if (code.startsWith('origin_')) c.set('allowedOrigin', null)
  const requestId = requestIdOf(c)
  const body =
    extra?.errors || extra?.reason !== undefined
      ? JSON.stringify(problemBody(code, requestId, extra))
      : `${BODY_STARTS[code]}${requestId}"}`
  const answer = new Response(body, { status: PROBLEMS[code].status, headers: headersOf(c, code, extra?.headers) })
  c.set('dressed', answer)
  return answer
}

function headersOf(c: Context<Guarded>, code: ProblemCode, more: Record<string, string> | undefined): Headers {
  const shared = answerHeaders(kindOf(code), c.get('allowedOrigin') ?? null, c.get('ratePolicy') ?? '')
  const rateLimit = c.get('rateLimit') ?? null
  if (more === undefined && rateLimit === null) return shared
  const headers = new Headers(shared)
  if (rateLimit !== null) headers.set('ratelimit', rateLimit)
  for (const [name, value] of Object.entries(more ?? {})) headers.set(name, value)
  return headers
}

const KINDS = new Map<ProblemCode, AnswerKind>()

function kindOf(code: ProblemCode): AnswerKind {
  const known = KINDS.get(code)
  if (known !== undefined) return known
  const own: [string, string][] = [['content-type', 'application/problem+json']]
  if (PROBLEMS[code].status === 401) own.push(['www-authenticate', 'Bearer realm="pernoex", error="invalid_token"'])
  if (code === 'unavailable') own.push(['retry-after', '5'])
  const kind = { name: code, own }
  KINDS.set(code, kind)
  return kind
}

let isolateName = ''
let requestCount = 0

/** Names this request in its answer and in the log: where it ran, and its number there. A UUID would cost ten times as much. */
export function requestIdOf(c: Context<Guarded>): string {
  const known = c.get('requestId')
  if (known) return known
  // Workers have no randomness before their first request.
  isolateName ||= crypto.randomUUID().replaceAll('-', '').slice(0, 20)
  requestCount += 1
  const requestId = `req_${isolateName}${requestCount.toString(36).padStart(8, '0')}`
  c.set('requestId', requestId)
  return requestId
}

/** The database did not answer; told as 503 wherever it happens. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
}

/** The project's gate did not answer, and nothing young enough is remembered. */
export class GateUnavailable extends Error {
  override name = 'GateUnavailable'
}

/** More passwords wait to be hashed than can be in time. */
export class HasherBusy extends Error {
  override name = 'HasherBusy'
}

/** Thrown into the reader of a body that turns out longer than the route accepts. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge'
}

/** The organization's plan has no room for what was to be added; nothing was. */
export class PlanFull extends Error {
  override name = 'PlanFull'
  readonly holding: Holding

  constructor(plan: PlanName, holding: Holding) {
    super(fullSentence(plan, holding))
    this.holding = holding
  }
}

/** A provider did not answer, or asked to be left alone for a while. */
class ProviderUnavailable extends Error {
  /** When asking again may help; null: with the waits of any failure. */
  readonly retryAfterSeconds: number | null

  constructor(
    message: string,
    { retryAfterSeconds = null, ...options }: ErrorOptions & { retryAfterSeconds?: number | null } = {},
  ) {
    super(message, options)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The payment provider did not answer, or not with what was asked for. */
export class PaymentUnavailable extends ProviderUnavailable {
  override name = 'PaymentUnavailable'
}

/** Slack did not answer, or not with what it answers. */
export class SlackUnavailable extends ProviderUnavailable {
  override name = 'SlackUnavailable'
}

/** Slack has said no, and would again. */
export class SlackRefused extends Error {
  override name = 'SlackRefused'
  /** As Slack names it. */
  readonly code: string

  constructor(code: string) {
    super(`Slack refused it: ${code}`)
    this.code = code
  }
}

/** What an exception means to the outside. Anything not known here is ours to mend, and says nothing. */
export function codeOfError(error: unknown): ProblemCode {
  if (error instanceof BodyTooLarge) return 'body_too_large'
  if (error instanceof PlanFull) return 'plan_full'
  return UNAVAILABLE.some((kind) => error instanceof kind) ? 'unavailable' : 'internal_error'
}

const UNAVAILABLE = [DatabaseUnavailable, GateUnavailable, HasherBusy, ProviderUnavailable]

/** What else such an exception tells whoever asked. */
export function extraOfError(error: unknown): ProblemExtra | undefined {
  if (!(error instanceof PlanFull)) return undefined
  return { reason: error.holding, errors: [{ path: error.holding, message: error.message }] }
}

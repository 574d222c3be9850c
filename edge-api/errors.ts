import type { Context } from 'hono'
import type { Problem, ProblemCode } from '#shared/wire.ts'
import type { Guarded } from './guard/context.ts'
import { responseHeaders } from './headers.ts'

interface PublicProblem {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503
  title: string
  /** The one sentence that leaves; whatever else is known goes to the log. */
  detail: string
}

/** Every reason a request can be refused for. A code without a row does not compile. */
export const PROBLEMS: Readonly<Record<ProblemCode, PublicProblem>> = {
  origin_missing: row(
    403,
    'Origin missing',
    'A public key is only accepted from a web page, which sends an Origin header.',
  ),
  origin_malformed: row(403, 'Origin malformed', 'The Origin header is not one that a page on http or https sends.'),
  origin_not_allowed: row(
    403,
    'Origin not allowed',
    'This origin is not on the list of domains allowed for the project.',
  ),
  key_missing: row(401, 'Key missing', 'Pass the public key as ?key=, or a secret key as a Bearer token.'),
  key_malformed: row(401, 'Key malformed', 'This is not a key of ours: copy it again, whole.'),
  key_unknown: row(401, 'Key unknown', 'No project knows this key.'),
  key_revoked: row(401, 'Key revoked', 'This key has been revoked; use the key that replaced it.'),
  key_expired: row(401, 'Key expired', 'This key has expired; use a new one.'),
  scope_missing: row(403, 'Scope missing', 'This key is not allowed to do that.'),
  rate_limited: row(429, 'Rate limited', 'Too many requests; try again after the time in Retry-After.'),
  quota_exceeded: row(429, 'Quota exceeded', 'The project has used up its answers for today.'),
  body_too_large: row(413, 'Body too large', 'The request body is larger than this route accepts.'),
  body_invalid: row(400, 'Body invalid', 'The request is not of the shape that this route expects.'),
  media_type_unsupported: row(415, 'Media type unsupported', 'Send JSON as application/json or text/plain.'),
  rule_invalid: row(422, 'Rule invalid', 'This is not a rule for an allowed domain.'),
  conflict: row(409, 'Conflict', 'The request contradicts an earlier one.'),
  signature_missing: row(401, 'Signature missing', 'The request is not signed.'),
  signature_malformed: row(401, 'Signature malformed', 'The signature is not of the expected form.'),
  signature_wrong: row(401, 'Signature wrong', 'The signature does not match the body.'),
  timestamp_outside_window: row(
    401,
    'Timestamp outside window',
    'The request was signed too long ago or in the future.',
  ),
  session_missing: row(401, 'Session missing', 'Sign in first.'),
  csrf_wrong: row(403, 'CSRF token wrong', 'The page is out of date: reload it and try again.'),
  role_insufficient: row(403, 'Role insufficient', 'Your role does not allow that.'),
  second_factor_required: row(401, 'Second factor required', 'Enter the code of your second factor.'),
  not_found: row(404, 'Not found', 'There is nothing here.'),
  method_not_allowed: row(
    405,
    'Method not allowed',
    'This address does not answer to that method; see the Allow header.',
  ),
  unavailable: row(503, 'Unavailable', 'The service cannot answer at the moment; try again shortly.'),
  internal_error: row(500, 'Internal error', 'Something went wrong on our side.'),
}

function row(status: PublicProblem['status'], title: string, detail: string): PublicProblem {
  return { status, title, detail }
}

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
  const allowedOrigin = c.get('allowedOrigin') ?? null
  const headers =
    allowedOrigin === null && extra === undefined ? bareHeaders(code) : headersOf(code, allowedOrigin, extra?.headers)
  const requestId = requestIdOf(c)
  const body =
    extra?.errors || extra?.reason !== undefined
      ? JSON.stringify(problemBody(code, requestId, extra))
      : `${BODY_STARTS[code]}${requestId}"}`
  return new Response(body, { status: PROBLEMS[code].status, headers })
}

function headersOf(code: ProblemCode, allowedOrigin: string | null, more: Record<string, string> = {}): Headers {
  const headers = responseHeaders(allowedOrigin, 'application/problem+json')
  if (PROBLEMS[code].status === 401) headers.set('www-authenticate', 'Bearer realm="pernoex", error="invalid_token"')
  if (code === 'unavailable') headers.set('retry-after', '5')
  for (const [name, value] of Object.entries(more)) headers.set(name, value)
  return headers
}

const BARE_HEADERS = new Map<ProblemCode, Headers>()

/** What a stranger's request is refused with is the same each time; an answer copies it, so it may be shared. */
function bareHeaders(code: ProblemCode): Headers {
  const known = BARE_HEADERS.get(code)
  if (known !== undefined) return known
  const headers = headersOf(code, null)
  BARE_HEADERS.set(code, headers)
  return headers
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

/** Thrown into the reader of a body that turns out longer than the route accepts. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge'
}

/** What an exception means to the outside. Anything not known here is ours to mend, and says nothing. */
export function codeOfError(error: unknown): ProblemCode {
  if (error instanceof BodyTooLarge) return 'body_too_large'
  if (error instanceof DatabaseUnavailable || error instanceof GateUnavailable) return 'unavailable'
  return 'internal_error'
}

import { createMemo } from '#shared/memo.ts'

/** Headers of every JSON answer of the API, set by hand: `hono/cors` and `secureHeaders` cost more than the whole guard. */
export const ALWAYS: readonly (readonly [string, string])[] = [
  // Even an answer to no origin depends on there being none, so a shared cache must keep them apart.
  ['vary', 'Origin'],
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
]

export const EXPOSED_HEADERS = 'Retry-After, RateLimit-Policy, RateLimit'

/** What one kind of answer has of its own. */
export interface AnswerKind {
  /** One name for one `own`. */
  name: string
  own: readonly (readonly [string, string])[]
}

export const JSON_ANSWER: AnswerKind = { name: 'json', own: [['content-type', 'application/json']] }

/**
 * Making headers of strings costs an answer more than the guard's checks together, and they are the same for every visitor of
 * a page: so they are made once for each kind, page and limit. Bounded, since of some rules' pages there is no end.
 */
const made = createMemo<Headers>(2000)

/** All headers of an answer. Shared by all such answers: whoever has one to add, adds it to a copy. */
export function answerHeaders(
  { name, own }: AnswerKind,
  /** The exact one that the policy admitted, or null. */
  allowedOrigin: string | null = null,
  /** Value of RateLimit-Policy, or empty. */
  ratePolicy = '',
): Headers {
  const page = allowedOrigin ?? ''
  const key = `${name} ${page} ${ratePolicy}`
  const known = made.get(key)
  if (known !== undefined) return known
  const headers = new Headers([...ALWAYS, ...own] as [string, string][])
  if (page !== '') {
    headers.set('access-control-allow-origin', page)
    headers.set('access-control-expose-headers', EXPOSED_HEADERS)
  }
  if (ratePolicy !== '') headers.set('ratelimit-policy', ratePolicy)
  made.set(key, headers)
  return headers
}

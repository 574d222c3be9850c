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

/** Copying a `Headers` is several times cheaper than making one of strings, so each kind of answer is made once. */
const templates = new Map<string, Headers>()

function template(contentType: string, toBrowser: boolean): Headers {
  const name = toBrowser ? `${contentType} to browser` : contentType
  const known = templates.get(name)
  if (known !== undefined) return known
  const headers = new Headers([...ALWAYS, ['content-type', contentType]] as [string, string][])
  if (toBrowser) headers.set('access-control-expose-headers', EXPOSED_HEADERS)
  templates.set(name, headers)
  return headers
}

/** A copy of its own, to be added to. `allowedOrigin` is the exact one that the policy admitted, or null. */
export function responseHeaders(allowedOrigin: string | null, contentType: string): Headers {
  const headers = new Headers(template(contentType, allowedOrigin !== null))
  if (allowedOrigin !== null) headers.set('access-control-allow-origin', allowedOrigin)
  return headers
}

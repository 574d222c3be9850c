/**
 * Headers of every JSON answer of the API, set by hand: `hono/cors` and `secureHeaders` cost more than the whole guard. Copying
 * a `Headers` is several times cheaper than making one of strings.
 */
const ALWAYS = new Headers({
  // Even an answer to no origin depends on there being none, so a shared cache must keep them apart.
  vary: 'Origin',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
})

export const EXPOSED_HEADERS = 'Retry-After, RateLimit-Policy, RateLimit'

/** A copy of its own, to be added to. `allowedOrigin` is the exact one that the policy admitted, or null. */
export function responseHeaders(allowedOrigin: string | null, contentType?: string): Headers {
  const headers = new Headers(ALWAYS)
  if (contentType !== undefined) headers.set('content-type', contentType)
  if (allowedOrigin !== null) {
    headers.set('access-control-allow-origin', allowedOrigin)
    headers.set('access-control-expose-headers', EXPOSED_HEADERS)
  }
  return headers
}

/** Headers of every JSON answer of the API, set by hand: `hono/cors` and `secureHeaders` cost more than the whole guard. */
const ALWAYS: Readonly<Record<string, string>> = {
  // Even an answer to no origin depends on there being none, so a shared cache must keep them apart.
  vary: 'Origin',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
}

export const EXPOSED_HEADERS = 'Retry-After, RateLimit-Policy, RateLimit'

/** A fresh object, to be added to. `allowedOrigin` is the exact one that the policy admitted, or null. */
export function responseHeaders(allowedOrigin: string | null): Record<string, string> {
  const headers: Record<string, string> = { ...ALWAYS }
  if (allowedOrigin !== null) {
    headers['access-control-allow-origin'] = allowedOrigin
    headers['access-control-expose-headers'] = EXPOSED_HEADERS
  }
  return headers
}

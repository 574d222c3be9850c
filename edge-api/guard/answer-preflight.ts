import { responseHeaders } from '../headers.ts'
import type { Endpoint } from './context.ts'

/** Chromium's cap. A page's rules are judged again on every real request, so a preflight remembered for long admits nobody. */
const MAX_AGE_SECONDS = '7200'

/** The answer to an admitted preflight. A revoked key gets one too: the real request then says so, readably. */
export function answerPreflight(methods: string): Endpoint {
  return (c) => {
    const headers = responseHeaders(c.get('allowedOrigin') ?? null)
    headers.delete('access-control-expose-headers')
    headers.set('access-control-allow-methods', methods)
    headers.set('access-control-allow-headers', 'Authorization, Content-Type')
    headers.set('access-control-max-age', MAX_AGE_SECONDS)
    return new Response(null, { status: 204, headers })
  }
}

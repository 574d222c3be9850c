import type { Endpoint } from './context.ts'

/** Chromium's cap. A page's rules are judged again on every real request, so a preflight remembered for long admits nobody. */
const MAX_AGE_SECONDS = '7200'

/** The answer to an admitted preflight. A revoked key gets one too: the real request then says so, readably. */
export function answerPreflight(methods: string): Endpoint {
  return () => {
    const headers = {
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-max-age': MAX_AGE_SECONDS,
    }
    return new Response(null, { status: 204, headers })
  }
}

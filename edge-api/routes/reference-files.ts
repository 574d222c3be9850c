import { problem } from '../errors.ts'
import type { Endpoint } from '../guard/context.ts'
import type { CommonPorts } from '../ports.ts'

/** Where the reference is read, and which built file it is. */
export const REFERENCE_FILES = {
  '/openapi.json': 'openapi.json',
  '/docs': 'docs.html',
  '/docs/style.css': 'style.css',
} as const

/** One file of the API's reference: public, the same for everyone, and readable from any page. */
export function referenceFile({ assets }: CommonPorts, name: string): Endpoint {
  return async (c) => {
    const file = await assets.fetch(`/reference/${name}`, c.req.raw)
    if (file.status !== 200 && file.status !== 304) return problem(c, 'not_found')
    const headers = new Headers(file.headers)
    headers.set('access-control-allow-origin', '*')
    headers.set('cross-origin-resource-policy', 'cross-origin')
    headers.set('cache-control', 'public, max-age=300')
    headers.set('content-security-policy', "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
    headers.set('x-content-type-options', 'nosniff')
    headers.set('referrer-policy', 'no-referrer')
    return new Response(file.body, { status: file.status, headers })
  }
}

import { problem } from '../errors.ts'
import type { Endpoint } from '../guard/context.ts'
import type { CommonPorts } from '../ports.ts'

/** `panel-3f9a1c2b.js`: the name changes with the content. */
const HASHED = /[-.][0-9A-Za-z_-]{8,}\.(?:js|css)$/

/** The widget's built files: public, for any page to load, with or without `crossorigin`. */
export function widgetFiles(ports: CommonPorts): Endpoint {
  return async (c) => {
    const file = await ports.assets.fetch(`/widget${c.req.path}`, c.req.raw)
    if (file.status !== 200 && file.status !== 304) return problem(c, 'not_found')
    const headers = new Headers(file.headers)
    headers.set('access-control-allow-origin', '*')
    headers.set('cross-origin-resource-policy', 'cross-origin')
    headers.set('x-content-type-options', 'nosniff')
    headers.set('referrer-policy', 'no-referrer')
    headers.set('cache-control', cacheControl(c.req.path))
    return new Response(file.body, { status: file.status, headers })
  }
}

/** The loader's name never changes, so an update reaches every page within five minutes. */
function cacheControl(path: string): string {
  return HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'public, max-age=300, stale-while-revalidate=86400'
}

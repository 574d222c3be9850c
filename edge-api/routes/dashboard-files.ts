import type { Context } from 'hono'
import { problem } from '../errors.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import type { CommonPorts } from '../ports.ts'

/**
 * Scripts and styles are files of ours, and nothing writes markup: so nothing that a document, a visitor or a colleague has
 * typed can run here, however it came onto the page.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** The one page that all of the dashboard's addresses show; its script reads the address. */
export function dashboardPage(ports: CommonPorts): Endpoint {
  return (c) => answerPage(c, ports, 200)
}

/** What has no page: a person is told so by the dashboard, a program by the usual problem. */
export function strayPage(ports: CommonPorts): (c: Context<Guarded>) => Response | Promise<Response> {
  return (c) => {
    const { method, headers } = c.req.raw
    const isPerson = method === 'GET' && (headers.get('accept') ?? '').includes('text/html')
    return isPerson && !c.req.path.startsWith('/api/') ? answerPage(c, ports, 404) : problem(c, 'not_found')
  }
}

/** `/assets/{name}`: each name changes with the content. */
export function dashboardFile(ports: CommonPorts): Endpoint {
  return async (c) => {
    const file = await ports.assets.fetch(`/dashboard${c.req.path}`, c.req.raw)
    if (file.status !== 200 && file.status !== 304) return problem(c, 'not_found')
    const headers = commonHeaders(file)
    headers.set('cache-control', 'public, max-age=31536000, immutable')
    return new Response(file.body, { status: file.status, headers })
  }
}

async function answerPage(
  c: Context<Guarded>,
  { assets, settings }: CommonPorts,
  status: 200 | 404,
): Promise<Response> {
  const page = await assets.fetch('/dashboard/index.html', c.req.raw)
  if (page.status !== 200 && page.status !== 304) return problem(c, 'not_found')
  const headers = commonHeaders(page)
  headers.set('cache-control', 'no-cache')
  headers.set('content-security-policy', CONTENT_SECURITY_POLICY)
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
  if (!settings.local) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
  return new Response(page.body, { status: page.status === 304 ? 304 : status, headers })
}

function commonHeaders(file: Response): Headers {
  const headers = new Headers(file.headers)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'no-referrer')
  headers.set('cross-origin-resource-policy', 'same-origin')
  return headers
}

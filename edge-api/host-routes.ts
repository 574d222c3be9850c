import { Hono } from 'hono'
import { codeOfError, extraOfError, problem, requestIdOf } from './errors.ts'
import type { Endpoint, Guarded } from './guard/context.ts'
import type { CommonPorts } from './ports.ts'
import { readHealth } from './routes/health.ts'
import { PROBLEMS_PATH, readProblems } from './routes/problems.ts'
import { securityTxt } from './routes/security-txt.ts'

export interface App {
  fetch(request: Request, env?: unknown, context?: ExecutionContext): Response | Promise<Response>
}

/** What a Worker answers: 404 wherever it is reached under another name than its own. */
export function onHost(own: string, ports: CommonPorts, app: App): App {
  const elsewhere = bareApp(ports)
  return {
    fetch: (request, env, context) =>
      (hostOf(request.url) === own ? app : elsewhere).fetch(request, env as object, context),
  }
}

/** Between `//` and the next `/`; parsing the whole address would cost more than all of the guard's own work. */
function hostOf(url: string): string {
  const start = url.indexOf('//') + 2
  const end = url.indexOf('/', start)
  return url.slice(start, end < 0 ? url.length : end)
}

/**
 * `fallback` is asked only for what `app` has no route for, and knows each path for the methods that it has not: a second
 * handler on a path of `app`, even one that is not reached, would send every request through Hono's middleware chain.
 */
export interface Routes {
  app: Hono<Guarded>
  fallback: Hono<Guarded>
}

/** What both hosts have. */
export function openRoutes(ports: CommonPorts): Routes {
  const routes = { app: bareApp(ports), fallback: bareApp(ports) }
  routes.app.notFound((c) => routes.fallback.fetch(c.req.raw))
  addPublicRoute(routes, '/healthz', readHealth)
  addPublicRoute(routes, '/.well-known/security.txt', securityTxt(ports))
  addPublicRoute(routes, PROBLEMS_PATH, readProblems)
  return routes
}

function bareApp(ports: CommonPorts): Hono<Guarded> {
  const app = new Hono<Guarded>()
  app.notFound((c) => problem(c, 'not_found'))
  app.onError((error, c) => {
    const code = codeOfError(error)
    const { method, path } = c.req
    if (code !== 'body_too_large' && code !== 'plan_full')
      ports.log.error('request_failed', { code, requestId: requestIdOf(c), method, path, error })
    return problem(c, code, extraOfError(error))
  })
  return app
}

export function addPublicRoute({ app, fallback }: Routes, path: string, endpoint: Endpoint): void {
  app.get(path, endpoint)
  fallback.all(path, (c) => problem(c, 'method_not_allowed', { headers: { allow: 'GET, HEAD' } }))
}

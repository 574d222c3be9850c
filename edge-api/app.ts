import { Hono } from 'hono'
import { DASHBOARD_PAGES } from '#shared/dashboard-paths.ts'
import { codeOfError, problem, requestIdOf } from './errors.ts'
import { answerPreflight } from './guard/answer-preflight.ts'
import type { Endpoint, Guarded } from './guard/context.ts'
import { behind, createDoors, type Watch } from './guard/doors.ts'
import { type Methods, managementRoutes } from './management-routes.ts'
import type { Ports } from './ports.ts'
import { askQuestion } from './routes/answers.ts'
import { readConfig } from './routes/config.ts'
import { dashboardFile, dashboardPage, strayPage } from './routes/dashboard-files.ts'
import { giveFeedback } from './routes/feedback.ts'
import { readHealth } from './routes/health.ts'
import { PROBLEMS_PATH, readProblems } from './routes/problems.ts'
import { REFERENCE_FILES, referenceFile } from './routes/reference-files.ts'
import { searchPassages } from './routes/search.ts'
import { securityTxt } from './routes/security-txt.ts'
import { deleteThread, readThread } from './routes/threads.ts'
import { receiveWebhook } from './routes/webhooks.ts'
import { widgetFiles } from './routes/widget-files.ts'

/** The map: which address is behind which door. */
export function dataRoutes(ports: Ports): Record<string, Methods> {
  const { policyOnly, data, answers } = createDoors(ports)
  return {
    '/v1/config': { GET: { door: policyOnly('config'), endpoint: readConfig } },
    '/v1/answers': { POST: { door: answers, endpoint: askQuestion(ports) } },
    '/v1/search': { GET: { door: data('search'), endpoint: searchPassages } },
    '/v1/feedback': { POST: { door: data('feedback'), endpoint: giveFeedback } },
    '/v1/threads/:id': {
      GET: { door: data('threads'), endpoint: readThread },
      DELETE: { door: data('threads'), endpoint: deleteThread },
    },
  }
}

/** Where others send signed events: each `POST` only. */
export function webhookRoutes(ports: Ports): Record<string, Endpoint> {
  return {
    '/webhooks/in/:endpointId': receiveWebhook(ports, 'in'),
    '/webhooks/voice/:endpointId': receiveWebhook(ports, 'voice'),
  }
}

export interface App {
  fetch(request: Request, env?: unknown, context?: ExecutionContext): Response | Promise<Response>
}

/** The two hosts. Each answers 404 for what is the other's, so that the dashboard's cookies never meet the widget's API. */
export function createApp(ports: Ports, watch?: Watch): App {
  const { edgeHost, appHost } = ports.settings
  const edge = edgeApp(ports, watch)
  const dashboard = dashboardApp(ports, watch)
  const elsewhere = bareApp(ports)
  return {
    fetch(request, env, context) {
      const host = hostOf(request.url)
      const app = host === edgeHost ? edge : host === appHost ? dashboard : elsewhere
      return app.fetch(request, env as object, context)
    },
  }
}

/** Between `//` and the next `/`; parsing the whole address would cost more than all of the guard's own work. */
function hostOf(url: string): string {
  const start = url.indexOf('//') + 2
  const end = url.indexOf('/', start)
  return url.slice(start, end < 0 ? url.length : end)
}

function edgeApp(ports: Ports, watch?: Watch): Hono<Guarded> {
  const routes = openRoutes(ports)
  for (const [path, methods] of Object.entries(dataRoutes(ports))) addDataRoute(routes, ports, path, methods, watch)
  for (const [path, endpoint] of Object.entries(webhookRoutes(ports))) {
    routes.app.post(path, endpoint)
    routes.fallback.all(path, (c) => problem(c, 'method_not_allowed', { headers: { allow: 'POST' } }))
  }
  for (const [path, name] of Object.entries(REFERENCE_FILES)) addPublicRoute(routes, path, referenceFile(ports, name))
  // In the fallback: a pattern beside fixed paths would cost every request Hono's slower router.
  const widgetFile = '/:file{[a-z0-9._-]+\\.(?:js|css|map|json)}'
  addPublicRoute({ ...routes, app: routes.fallback }, widgetFile, widgetFiles(ports))
  return routes.app
}

function dashboardApp(ports: Ports, watch?: Watch): Hono<Guarded> {
  const routes = openRoutes(ports)
  for (const [path, methods] of Object.entries(managementRoutes(ports)))
    addManagementRoute(routes, path, methods, watch)
  for (const path of DASHBOARD_PAGES) addPublicRoute(routes, path, dashboardPage(ports))
  addPublicRoute(routes, '/assets/:file{[A-Za-z0-9._-]+}', dashboardFile(ports))
  routes.fallback.notFound(strayPage(ports))
  return routes.app
}

/**
 * `fallback` is asked only for what `app` has no route for, and knows each path for the methods that it has not: a second
 * handler on a path of `app`, even one that is not reached, would send every request through Hono's middleware chain.
 */
interface Routes {
  app: Hono<Guarded>
  fallback: Hono<Guarded>
}

function openRoutes(ports: Ports): Routes {
  const routes = { app: bareApp(ports), fallback: bareApp(ports) }
  routes.app.notFound((c) => routes.fallback.fetch(c.req.raw))
  addPublicRoute(routes, '/healthz', readHealth)
  addPublicRoute(routes, '/.well-known/security.txt', securityTxt(ports))
  addPublicRoute(routes, PROBLEMS_PATH, readProblems)
  return routes
}

function bareApp(ports: Ports): Hono<Guarded> {
  const app = new Hono<Guarded>()
  app.notFound((c) => problem(c, 'not_found'))
  app.onError((error, c) => {
    const code = codeOfError(error)
    const { method, path } = c.req
    if (code !== 'body_too_large')
      ports.log.error('request_failed', { code, requestId: requestIdOf(c), method, path, error })
    return problem(c, code)
  })
  return app
}

function addDataRoute(routes: Routes, ports: Ports, path: string, methods: Methods, watch?: Watch): void {
  const names = Object.keys(methods)
  const allow = allowedMethods(names)
  for (const [method, { door, endpoint }] of Object.entries(methods))
    routes.app.on(method, [path], behind(door, endpoint, watch))
  const preflight = behind(createDoors(ports).preflight, answerPreflight(names.join(', ')), watch)
  routes.app.on('OPTIONS', [path], onlyPreflights(preflight, allow))
  routes.fallback.all(path, (c) => problem(c, 'method_not_allowed', { headers: { allow } }))
}

/** No preflights: another origin is never answered here. */
function addManagementRoute({ app, fallback }: Routes, path: string, methods: Methods, watch?: Watch): void {
  for (const [method, { door, endpoint }] of Object.entries(methods))
    app.on(method, [path], behind(door, endpoint, watch))
  const allow = Object.keys(methods)
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ')
  fallback.all(path, (c) => problem(c, 'method_not_allowed', { headers: { allow } }))
}

function addPublicRoute({ app, fallback }: Routes, path: string, endpoint: Endpoint): void {
  app.get(path, endpoint)
  fallback.all(path, (c) => problem(c, 'method_not_allowed', { headers: { allow: 'GET, HEAD' } }))
}

function allowedMethods(methods: string[]): string {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}

/** An OPTIONS that asks for no method is not a browser's preflight. */
function onlyPreflights(preflight: Endpoint, allow: string): Endpoint {
  return (c, next) =>
    c.req.raw.headers.has('access-control-request-method')
      ? preflight(c, next)
      : problem(c, 'method_not_allowed', { headers: { allow } })
}

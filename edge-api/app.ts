import { problem } from './errors.ts'
import { answerPreflight } from './guard/answer-preflight.ts'
import type { Endpoint } from './guard/context.ts'
import { behind, createDoors, type Methods, type Watch } from './guard/doors.ts'
import { type App, addPublicRoute, onHost, openRoutes, type Routes } from './host-routes.ts'
import type { Ports } from './ports.ts'
import { askQuestion } from './routes/answers.ts'
import { readConfig } from './routes/config.ts'
import { giveFeedback } from './routes/feedback.ts'
import { REFERENCE_FILES, referenceFile } from './routes/reference-files.ts'
import { searchPassages } from './routes/search.ts'
import { deleteThread, readThread } from './routes/threads.ts'
import { receiveSlack } from './routes/webhook-slack.ts'
import { receiveStripe } from './routes/webhook-stripe.ts'
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
    '/webhooks/stripe': receiveStripe(ports),
    '/webhooks/slack': receiveSlack(ports),
  }
}

/** The edge host: 404 for what is the app host's, so that the dashboard's cookies never meet the widget's API. */
export function createEdgeHost(ports: Ports, watch?: Watch): App {
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
  return onHost(ports.settings.edgeHost, ports, routes.app)
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

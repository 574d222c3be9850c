import { DASHBOARD_PAGES } from '#shared/dashboard-paths.ts'
import type { AppPorts } from './account-ports.ts'
import { problem } from './errors.ts'
import { behind, type Methods, type Watch } from './guard/doors.ts'
import { type App, addPublicRoute, onHost, openRoutes, type Routes } from './host-routes.ts'
import { managementRoutes } from './management-routes.ts'
import { dashboardFile, dashboardPage, strayPage } from './routes/dashboard-files.ts'

/** The app host: the dashboard's files and its API. */
export function createAppHost(ports: AppPorts, watch?: Watch): App {
  const routes = openRoutes(ports)
  for (const [path, methods] of Object.entries(managementRoutes(ports)))
    addManagementRoute(routes, path, methods, watch)
  for (const path of DASHBOARD_PAGES) addPublicRoute(routes, path, dashboardPage(ports))
  addPublicRoute(routes, '/assets/:file{[A-Za-z0-9._-]+}', dashboardFile(ports))
  routes.fallback.notFound(strayPage(ports))
  return onHost(ports.settings.appHost, ports, routes.app)
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

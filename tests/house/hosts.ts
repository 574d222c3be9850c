import type { AppPorts } from '#edge/account-ports.ts'
import { createEdgeHost } from '#edge/app.ts'
import { createAppHost } from '#edge/app-host.ts'
import type { Watch } from '#edge/guard/doors.ts'
import type { App } from '#edge/host-routes.ts'
import type { Ports } from '#edge/ports.ts'

export type BothPorts = Ports & AppPorts

/** Both Workers in this process: what is not for the app host goes to the edge host's, as the platform's routes have it. */
export function createHosts(ports: BothPorts, watch?: Watch): App {
  const edge = createEdgeHost(ports, watch)
  const app = createAppHost(ports, watch)
  return {
    fetch: (request, env, context) =>
      (new URL(request.url).host === ports.settings.appHost ? app : edge).fetch(request, env, context),
  }
}

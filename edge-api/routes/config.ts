import type { ConfigResponse } from '#shared/wire.ts'
import type { Endpoint } from '../guard/context.ts'
import { responseHeaders } from '../headers.ts'

/** `GET /v1/config`: what the widget needs to draw itself. All of it is in the policy, so opening a page costs no database. */
export const readConfig: Endpoint = (c) => {
  const { policy, scopes, origin } = c.get('caller')
  const body: ConfigResponse = {
    project: { name: policy.project.name },
    widget: policy.widget,
    capabilities: (['answers', 'search', 'feedback', 'threads'] as const).filter((scope) => scopes.has(scope)),
  }
  return new Response(JSON.stringify(body), { headers: responseHeaders(origin, 'application/json') })
}

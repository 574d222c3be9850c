import type { ConfigResponse } from '#shared/wire.ts'
import type { Endpoint } from '../guard/context.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'

/** `GET /v1/config`: what the widget needs to draw itself. All of it is in the policy, so opening a page costs no database. */
export const readConfig: Endpoint = (c) => {
  const { policy, scopes, origin } = c.get('caller')
  const body: ConfigResponse = {
    project: { name: policy.project.name },
    widget: policy.widget,
    capabilities: (['answers', 'search', 'feedback', 'threads'] as const).filter((scope) => scopes.has(scope)),
  }
  const headers = answerHeaders(JSON_ANSWER, origin, c.get('ratePolicy'))
  const answer = new Response(JSON.stringify(body), { headers })
  c.set('dressed', answer)
  return answer
}

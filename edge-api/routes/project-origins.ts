import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import { deny } from '#shared/verdict.ts'
import type { AppPorts } from '../account-ports.ts'
import { addRule, explain, listObserved, listRules, removeRule } from '../flows/manage-origins.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { answerChange, pageRequestOf, refuseSetting } from '../guard/settings-answer.ts'
import { ENVIRONMENTS } from '../rules/settings.ts'

export const ruleBody = z.object({
  rule: z.string().max(1000, 'At most 1000 characters.'),
  expiresAt: z.string().nullish(),
})
export const explainBody = z.object({
  origin: z.string().max(1000, 'At most 1000 characters.'),
  environment: z.enum(ENVIRONMENTS, 'live or test.').optional(),
})

/** `GET /api/projects/{id}/origins` */
export const getOrigins: Endpoint = async (c) => {
  const list = await listRules(c.get('management'), pageRequestOf(c))
  return list.ok ? c.json(list.value) : refuseSetting(c, list.reason)
}

/** `POST /api/projects/{id}/origins`: 201 with the rule as it is saved; 422 with the reason why it cannot be one. */
export function postOrigin({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, ruleBody)
    if ('refusal' in body) return body.refusal
    return answerChange(
      c,
      accounts.db,
      await addRule(c.get('management'), body.value),
      ({ id, rule }) => ({ action: 'origin.added', target: id, details: { projectId: c.get('projectId'), rule } }),
      (added) => c.json(added, 201),
    )
  }
}

/** `DELETE /api/projects/{id}/origins/{id}`: stops the very next answer. */
export function deleteOrigin({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const id = parseId('originRule', c.req.param('id') ?? '')
    const verdict = id === null ? deny('rule_unknown' as const) : await removeRule(c.get('management'), id)
    return answerChange(
      c,
      accounts.db,
      verdict,
      () => ({ action: 'origin.removed', target: id, details: { projectId: c.get('projectId') } }),
      () => c.body(null, 204),
    )
  }
}

/** `POST /api/projects/{id}/origins/explain`: which rule admits an origin, or which is nearest and why it does not. */
export const explainOrigin: Endpoint = async (c) => {
  const body = await readJson(c, explainBody)
  return 'refusal' in body ? body.refusal : c.json(await explain(c.get('management'), body.value))
}

/** `GET /api/projects/{id}/origins/observed` */
export const getObserved: Endpoint = async (c) => {
  const list = await listObserved(c.get('management'), pageRequestOf(c))
  return list.ok ? c.json(list.value) : refuseSetting(c, list.reason)
}

import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { enterOrganization } from '../flows/people.ts'
import { askingOf, keepSession } from '../guard/browser.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson, readValue } from '../guard/read-json.ts'
import { pageOf } from '../guard/settings-answer.ts'
import { isCleanText } from '../rules/json-body.ts'
import { isName, NAME_SENTENCE } from '../rules/person.ts'

export const organizationNameBody = z.object({ name: z.string().trim().refine(isName, NAME_SENTENCE) })
export const organizationBody = z.object({ organizationId: z.string() })

/** `GET /api/organizations`: those that this person belongs to, with their role in each. */
export function listOrganizations({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const current = c.get('actor').organizationId
    const organizations = await accounts.db.listOrganizations(c.get('actor').userId)
    return c.json({ items: organizations.map((one) => ({ ...one, current: one.id === current })), nextCursor: null })
  }
}

/** `PUT /api/session/organization {organizationId}`: the session goes on there, under a new cookie. */
export function putOrganization(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, organizationBody)
    if ('refusal' in body) return body.refusal
    const id = parseId('organization', body.value.organizationId)
    const verdict = id === null ? null : await enterOrganization(ports, askingOf(c), id)
    if (!verdict?.ok) return problem(c, 'not_found')
    keepSession(c, verdict.value)
    return c.body(null, 204)
  }
}

/** `PATCH /api/organization {name}`. */
export function patchOrganization({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, organizationNameBody)
    if ('refusal' in body) return body.refusal
    await accounts.db.renameOrganization(c.get('actor'), body.value.name)
    return c.body(null, 204)
  }
}

export const auditFilter = z.object({
  action: z
    .string()
    .regex(/^[a-z_]{1,40}\.[a-z_]{1,40}$/, 'Not an action.')
    .optional()
    .describe('Such as `key.revoked`.'),
  text: z
    .string()
    .max(200, 'At most 200 characters.')
    .refine(isCleanText, 'Not valid text.')
    .optional()
    .describe('Words that an entry holds: of who, what, and from where.'),
})

/** `GET /api/audit`: who did what, the latest first. */
export function listAudit({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const page = pageOf(c, 'auditEntry')
    if ('refusal' in page) return page.refusal
    const wanted = readValue(c, auditFilter, c.req.query())
    if ('refusal' in wanted) return wanted.refusal
    return c.json(await accounts.db.listAudit(c.get('actor'), page.value, wanted.value))
  }
}

import type { Endpoint } from '../guard/context.ts'
import { pageOf } from '../guard/settings-answer.ts'
import type { Ports } from '../ports.ts'

/** `GET /api/members`: who works in the organization, and in which of its projects. */
export function listMembers({ accounts }: Ports): Endpoint {
  return async (c) => c.json({ items: await accounts.db.listMembers(c.get('actor')), nextCursor: null })
}

/** `GET /api/audit`: who did what, the latest first. */
export function listAudit({ accounts }: Ports): Endpoint {
  return async (c) => {
    const page = pageOf(c, 'auditEntry')
    return 'refusal' in page ? page.refusal : c.json(await accounts.db.listAudit(c.get('actor'), page.value))
  }
}

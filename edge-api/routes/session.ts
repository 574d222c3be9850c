import { utf8 } from '#shared/bytes.ts'
import { parseId } from '#shared/ids.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import type { Endpoint } from '../guard/context.ts'
import { clearSession, preSessionToken, sessionToken, setPreSession } from '../guard/session-cookie.ts'
import { issueCsrfToken } from '../rules/csrf.ts'
import { judgeSession, newSessionToken, sessionTokenHash } from '../rules/session.ts'

/**
 * `GET /api/session`: who this browser is, and the token that everything it changes must carry. Without a session it is given
 * a cookie for the token to be bound to, so that signing in cannot be forged either.
 */
export function readSession(ports: AppPorts): Endpoint {
  const secret = utf8(ports.settings.sessionSecret)
  const tokenFor = (bound: string) => issueCsrfToken(secret, bound, ports.random)
  const edge = edgeUrl(ports.settings)
  return async (c) => {
    const token = sessionToken(c)
    const tokenHash = sessionTokenHash(token ?? '')
    const session = tokenHash === null ? null : await ports.accounts.db.readSession(tokenHash, null)
    if (token !== null && session !== null && judgeSession(session, ports.nowMs()).ok) {
      const csrf = tokenFor(token)
      if (session.pending)
        return c.json({ csrfToken: csrf, user: null, organization: null, role: null, pending: true, edge })
      const { user, organization, role } = session
      return c.json({ csrfToken: csrf, user, organization, role, pending: false, edge })
    }
    if (token !== null) clearSession(c)
    const known = preSessionToken(c)
    const bound = known ?? newSessionToken(ports.random)
    if (known === null) setPreSession(c, bound)
    return c.json({ csrfToken: tokenFor(bound), user: null, organization: null, role: null, pending: false, edge })
  }
}

/** Where widgets load from, for the snippet that the dashboard shows. */
function edgeUrl({ edgeHost, local }: AppPorts['settings']): string {
  return `${local ? 'http' : 'https'}://${edgeHost}`
}

/** `POST /api/sign-out`: the session is deleted, not only forgotten by the browser. */
export function signOut({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    await accounts.db.endSession(c.get('actor'), c.get('session').id)
    clearSession(c)
    c.header('clear-site-data', '"cache", "storage"')
    return c.body(null, 204)
  }
}

/** `GET /api/sessions`: where this person has signed in, the latest first. */
export function listSessions({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const current = c.get('session').id
    const sessions = await accounts.db.listSessions(c.get('actor').userId)
    return c.json({ items: sessions.map((item) => ({ ...item, current: item.id === current })), nextCursor: null })
  }
}

/** `DELETE /api/sessions/{id}`: ends one of them, with its next request. */
export function endSession({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const id = parseId('session', c.req.param('id') ?? '')
    if (id === null || !(await accounts.db.endSession(c.get('actor'), id))) return problem(c, 'not_found')
    if (id === c.get('session').id) clearSession(c)
    return c.body(null, 204)
  }
}

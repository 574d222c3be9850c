import { parseId } from '#shared/ids.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { networkOf } from '../rules/network.ts'
import { judgeSession, sessionTokenHash } from '../rules/session.ts'
import type { Check } from './context.ts'
import { sessionToken } from './session-cookie.ts'

type PersonPorts = Pick<AppPorts, 'nowMs' | 'log'> & { accounts: Pick<AppPorts['accounts'], 'db'> }

type Waiting = 'refused' | 'asked' | 'either'

/**
 * Whose session is this? Person, organization and role are read anew with every request, in one round trip that also tells
 * whether the project in the address is theirs: what was taken away is gone with the next request. A session that still
 * waits for its second factor opens nothing but what `waiting` says: the route that it is shown to, and signing out.
 */
export function requirePerson({ accounts, nowMs, log }: PersonPorts, waiting: Waiting = 'refused'): Check {
  return async (c) => {
    const tokenHash = sessionTokenHash(sessionToken(c) ?? '')
    if (tokenHash === null) return problem(c, 'session_missing')
    const named = c.req.param('project')
    const projectId = named === undefined ? null : parseId('project', named)
    const session = await accounts.db.readSession(tokenHash, projectId)
    if (session === null) return problem(c, 'session_missing')
    const alive = judgeSession(session, nowMs())
    if (!alive.ok) return problem(c, 'session_missing')
    if (session.pending && waiting === 'refused') return problem(c, 'second_factor_required')
    if (!session.pending && waiting === 'asked') return problem(c, 'not_found')
    const { user, organization, role, id } = session
    const network = networkOf(c.req.raw.headers.get('cf-connecting-ip'))
    c.set('session', session)
    c.set('actor', { userId: user.id, organizationId: organization.id, email: user.email, role, network })
    // Another organization's project answers as one that never was.
    c.set('projectId', session.projectKnown ? projectId : null)
    if (alive.value.touch)
      c.executionCtx.waitUntil(
        accounts.db.touchSession(user.id, id).catch((error) => log.error('session_untouched', { error })),
      )
    return null
  }
}

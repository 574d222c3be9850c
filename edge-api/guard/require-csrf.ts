import { utf8 } from '#shared/bytes.ts'
import type { AppSettings } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { csrfTokenHolds, isSafeMethod } from '../rules/csrf.ts'
import type { Check } from './context.ts'
import { preSessionToken, sessionToken } from './session-cookie.ts'

/** Does the token belong to this browser's session, or to what it has before one? Costs no I/O. */
export function requireCsrf({ sessionSecret }: Pick<AppSettings, 'sessionSecret'>): Check {
  const secret = utf8(sessionSecret)
  return (c) => {
    if (isSafeMethod(c.req.raw.method)) return null
    const bound = sessionToken(c) ?? preSessionToken(c)
    if (bound === null) return problem(c, 'session_missing')
    return csrfTokenHolds(secret, bound, c.req.raw.headers.get('x-csrf-token')) ? null : problem(c, 'csrf_wrong')
  }
}

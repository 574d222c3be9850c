import type { Context } from 'hono'
import type { Asking } from '../flows/second-factor.ts'
import type { Browser, OpenedSession } from '../flows/sign-in.ts'
import { networkOf } from '../rules/network.ts'
import { sessionTokenHash } from '../rules/session.ts'
import type { Guarded } from './context.ts'
import { deviceToken, sessionToken, setDevice, setSession } from './session-cookie.ts'

export function browserOf(c: Context<Guarded>): Browser {
  const { headers } = c.req.raw
  return {
    network: networkOf(headers.get('cf-connecting-ip')),
    userAgent: (headers.get('user-agent') ?? '').replace(/\p{Cc}/gu, '').slice(0, 200),
    deviceToken: deviceToken(c),
  }
}

/** Behind `require-person`. */
export function askingOf(c: Context<Guarded>): Asking {
  const tokenHash = sessionTokenHash(sessionToken(c) ?? '') ?? new Uint8Array()
  return { actor: c.get('actor'), session: c.get('session'), tokenHash, browser: browserOf(c) }
}

/** The new session's cookie, and what the browser is known by from now on. */
export function keepSession(c: Context<Guarded>, opened: OpenedSession): void {
  setSession(c, opened.token)
  if (opened.deviceToken !== null) setDevice(c, opened.deviceToken)
}

import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { ABSOLUTE_LIMIT_MS } from '../rules/session.ts'
import { JOURNEY_MS } from '../rules/social.ts'
import type { Guarded } from './context.ts'

/** `__Host-`: set by this host only, over a secure connection, for every path of it (RFC 6265bis, 4.1.3.2). */
const SESSION = 'pnx_session'
/** Before there is a session: what the token of the sign-in page is bound to. */
const PRE_SESSION = 'pnx_pre'

/** Which browsers somebody has signed in on (rules/device.ts); stays when they sign out. */
const DEVICE = 'pnx_device'
const DEVICE_DAYS = 365

/** While somebody is at a provider's (rules/social.ts). */
const JOURNEY = 'pnx_journey'

const HOST_COOKIE = { prefix: 'host', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const
const TOKEN = /^[\w-]{43}$/

/** 43 base64url characters, or null. */
export function sessionToken(c: Context<Guarded>): string | null {
  return tokenIn(getCookie(c, SESSION, 'host'))
}

export function preSessionToken(c: Context<Guarded>): string | null {
  return tokenIn(getCookie(c, PRE_SESSION, 'host'))
}

export function setSession(c: Context<Guarded>, token: string): void {
  setCookie(c, SESSION, token, { ...HOST_COOKIE, maxAge: ABSOLUTE_LIMIT_MS / 1000 })
  setCookie(c, PRE_SESSION, '', { ...HOST_COOKIE, maxAge: 0 })
}

export function deviceToken(c: Context<Guarded>): string | null {
  return getCookie(c, DEVICE, 'host') || null
}

export function setDevice(c: Context<Guarded>, token: string): void {
  setCookie(c, DEVICE, token, { ...HOST_COOKIE, maxAge: DEVICE_DAYS * 24 * 60 * 60 })
}

export function journeyCookie(c: Context<Guarded>): string | null {
  return getCookie(c, JOURNEY, 'host') || null
}

/** An answer by form comes from the provider's page, and `Lax` cookies stay away from a POST from another site. */
export function setJourney(c: Context<Guarded>, cookie: string, answers: 'query' | 'form_post'): void {
  const sameSite = answers === 'form_post' ? 'None' : 'Lax'
  setCookie(c, JOURNEY, cookie, { ...HOST_COOKIE, sameSite, maxAge: JOURNEY_MS / 1000 })
}

export function clearJourney(c: Context<Guarded>): void {
  setCookie(c, JOURNEY, '', { ...HOST_COOKIE, sameSite: 'None', maxAge: 0 })
}

/** Ends with the browser. */
export function setPreSession(c: Context<Guarded>, token: string): void {
  setCookie(c, PRE_SESSION, token, HOST_COOKIE)
}

export function clearSession(c: Context<Guarded>): void {
  setCookie(c, SESSION, '', { ...HOST_COOKIE, maxAge: 0 })
}

function tokenIn(value: string | false | undefined): string | null {
  return value && TOKEN.test(value) ? value : null
}

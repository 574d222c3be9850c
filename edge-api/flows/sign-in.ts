import { utf8 } from '#shared/bytes.ts'
import { hmacSha256, sha256 } from '#shared/digest.ts'
import { newId } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { Credentials, FoundCredentials, NewSession, SessionView } from '../db/account.ts'
import type { AccountPorts, Ports } from '../ports.ts'
import { newSessionToken } from '../rules/session.ts'
import { ACCOUNT_RULE, judgeAttempt, NETWORK_RULE, type ThrottleRule } from '../rules/throttle.ts'

/** What the flows of signing in and of passwords borrow. */
export interface SignInPorts {
  accounts: Pick<AccountPorts, 'db' | 'hasher' | 'mail'>
  settings: Pick<Ports['settings'], 'sessionSecret' | 'appHost' | 'local'>
  random: Ports['random']
  log: Ports['log']
  nowMs(): number
}

/** The browser that is signing in. */
export interface Browser {
  /** As rules/network.ts names it. */
  network: string
  userAgent: string
}

export interface SignIn {
  /** Normalised. */
  email: string
  password: string
}

export interface OpenedSession {
  /** For the cookie; stored nowhere. */
  token: string
  /** The second factor has still to be shown. */
  secondFactor: boolean
}

export type SignInReason = 'credentials_wrong' | 'email_unverified' | 'organization_missing'

/**
 * One answer for an unknown address, an account without a password and a wrong one, after the same work. Failures slow the
 * address and the network down, whether or not the address has an account; `retryAfterSeconds` says until when.
 */
export async function signIn(
  ports: SignInPorts,
  { email, password }: SignIn,
  browser: Browser,
): Promise<Verdict<OpenedSession, SignInReason> | { retryAfterSeconds: number }> {
  const { db, hasher } = ports.accounts
  const throttled = [throttleSubject(ports, `account ${email}`), throttleSubject(ports, `network ${browser.network}`)]
  const { account, failures } = await db.readCredentials(email, throttled)
  const retryAfterSeconds = heldFor(failures, [ACCOUNT_RULE, NETWORK_RULE], ports.nowMs())
  if (retryAfterSeconds > 0) return { retryAfterSeconds }
  const { ok, rehash } = await hasher.verify(password, account?.passwordHash ?? null)
  if (!ok || account === null) {
    await db.noteFailure(throttled)
    return deny('credentials_wrong')
  }
  if (!account.emailVerified) return deny('email_unverified')
  const passwordHash = rehash ? await hasher.hash(password) : null
  // Only the account's own failures are forgiven: a network that guesses at many keeps its count.
  return openSession(ports, { account, email, browser, throttled: throttled.slice(0, 1), passwordHash })
}

interface Opening {
  account: Credentials
  email: string
  browser: Browser
  throttled: readonly Uint8Array[]
  passwordHash: string | null
}

async function openSession(
  ports: SignInPorts,
  { account, email, browser, throttled, passwordHash }: Opening,
): Promise<Verdict<OpenedSession, 'organization_missing'>> {
  const { userId, organizationId, secondFactor: pending } = account
  if (organizationId === null) return deny('organization_missing')
  const { token, tokenHash } = newToken(ports)
  const session: NewSession = {
    ...{ id: newId('session', ports.random), userId, organizationId, tokenHash, pending, email },
    ...{ userAgent: browser.userAgent, network: browser.network, throttled, replaces: null, passwordHash },
  }
  await ports.accounts.db.openSession(session)
  return allow({ token, secondFactor: pending })
}

/** 256 random bits for a cookie or a link, and what is stored of them. */
export function newToken({ random }: Pick<SignInPorts, 'random'>): { token: string; tokenHash: Uint8Array } {
  const token = newSessionToken(random)
  return { token, tokenHash: hashToken(token) }
}

export const hashToken = (token: string): Uint8Array => sha256(utf8(token))

export function throttleSubject({ settings }: Pick<SignInPorts, 'settings'>, subject: string): Uint8Array {
  return hmacSha256(utf8(settings.sessionSecret), utf8(`throttle ${subject}`))
}

/** The password once more, before something dangerous: the session goes on under a new token, freshly proved. */
export async function proveAgain(
  ports: SignInPorts,
  session: SessionView,
  password: string,
  browser: Browser,
): Promise<Verdict<OpenedSession, 'credentials_wrong'> | { retryAfterSeconds: number }> {
  const { db, hasher } = ports.accounts
  const { id: userId, email } = session.user
  const throttled = [throttleSubject(ports, `account ${email}`)]
  const { account, failures } = await db.readCredentials(email, throttled)
  const retryAfterSeconds = heldFor(failures, [ACCOUNT_RULE], ports.nowMs())
  if (retryAfterSeconds > 0) return { retryAfterSeconds }
  if (!(await hasher.verify(password, account?.passwordHash ?? null)).ok) {
    await db.noteFailure(throttled)
    return deny('credentials_wrong')
  }
  const { token, tokenHash } = newToken(ports)
  await db.openSession({
    ...{
      id: newId('session', ports.random),
      userId,
      organizationId: session.organization.id,
      tokenHash,
      email,
      throttled,
    },
    ...{ pending: false, userAgent: browser.userAgent, network: browser.network, passwordHash: null },
    replaces: session.id,
  })
  return allow({ token, secondFactor: false })
}

/** Seconds until all of the rules, each for the failures at its place, let another attempt pass; 0: now. */
export function heldFor(failures: FoundCredentials['failures'], rules: readonly ThrottleRule[], nowMs: number): number {
  const waits = rules.map((rule, at) => {
    const attempt = judgeAttempt(rule, failures[at] ?? null, nowMs)
    return attempt.ok ? 0 : attempt.retryAfterSeconds
  })
  return Math.max(...waits)
}

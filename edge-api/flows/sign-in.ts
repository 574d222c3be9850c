import { utf8 } from '#shared/bytes.ts'
import { hmacSha256, sha256 } from '#shared/digest.ts'
import { newId, type OrganizationId } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { AccountPorts, AppSettings } from '../account-ports.ts'
import type { Actor, Credentials, NewSession, Throttled } from '../db/account.ts'
import type { CommonPorts } from '../ports.ts'
import { deviceIdOf, issueDeviceToken } from '../rules/device.ts'
import { newSessionToken } from '../rules/session.ts'
import { throttleKeys } from '../rules/throttle.ts'

/** What the flows of signing in and of passwords borrow. */
export interface SignInPorts {
  accounts: Pick<AccountPorts, 'db' | 'hasher' | 'commonPasswords' | 'mail'>
  settings: Pick<AppSettings, 'sessionSecret' | 'sealingKeys' | 'appHost' | 'local'>
  random: CommonPorts['random']
  log: CommonPorts['log']
  nowMs(): number
}

/** The browser that is signing in. */
export interface Browser {
  /** As rules/network.ts names it. */
  network: string
  userAgent: string
  /** What an earlier sign-in on it has left there (rules/device.ts). */
  deviceToken: string | null
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
  /** For the browser to keep; null while the second factor is missing. */
  deviceToken: string | null
}

export interface Held {
  retryAfterSeconds: number
}

export type SignInReason = 'credentials_wrong' | 'email_unverified'

/**
 * One answer for an unknown address, an account without a password and a wrong one, after the same work. Attempts slow the
 * address and the network down, whether or not the address has an account; `retryAfterSeconds` says until when.
 */
export async function signIn(
  ports: SignInPorts,
  { email, password }: SignIn,
  browser: Browser,
): Promise<Verdict<OpenedSession, SignInReason> | Held> {
  const { hasher } = ports.accounts
  const checked = await checkPassword(ports, email, password, browser)
  if (!('account' in checked)) return checked
  const { account, rehash, throttled } = checked
  if (!account.emailVerified) return deny('email_unverified')
  const passwordHash = rehash ? await hasher.hash(password) : null
  return allow(await openFor(ports, account, email, browser, { throttled, passwordHash }))
}

type SignedIn = Pick<Credentials, 'userId' | 'name' | 'secondFactor' | 'organizationId'>

/** However somebody has proved who they are, a second factor that is on is asked for next. */
export async function openFor(
  ports: SignInPorts,
  account: SignedIn,
  email: string,
  browser: Browser,
  more: Pick<Opening, 'throttled' | 'passwordHash'>,
): Promise<OpenedSession> {
  const { userId, secondFactor: pending } = account
  const organizationId = account.organizationId ?? (await found(ports, account, email, browser))
  const opening = newSession(ports, { userId, organizationId, email }, browser, { pending, ...more })
  await ports.accounts.db.openSession(opening.session)
  return openedSession(ports, opening, browser)
}

/** Whoever was removed from their last organization begins one of their own. */
async function found(
  { accounts, random }: SignInPorts,
  { userId, name }: SignedIn,
  email: string,
  { network }: Browser,
): Promise<OrganizationId> {
  const organizationId = newId('organization', random)
  await accounts.db.foundOrganization({ userId, organizationId, email, role: 'owner', network }, name)
  return organizationId
}

interface CheckedPassword {
  account: Credentials
  rehash: boolean
  /** Whose failures are forgiven now. */
  throttled: Uint8Array[]
}

/** The attempt is counted before the hash: guesses that run at the same time cannot slip under the limit together. */
export async function checkPassword(
  ports: SignInPorts,
  email: string,
  password: string,
  browser: Browser,
): Promise<CheckedPassword | Verdict<never, 'credentials_wrong'> | Held> {
  const { db, hasher } = ports.accounts
  const throttled = throttledBy(ports, email, browser)
  const { account, retryAfterSeconds } = await db.readCredentials(email, throttled)
  if (retryAfterSeconds > 0) return { retryAfterSeconds }
  const { ok, rehash } = await hasher.verify(password, account?.passwordHash ?? null)
  if (!ok || account === null) {
    const others = throttled.filter(({ counted }) => !counted)
    if (others.length > 0) await db.countAttempt(others.map((one) => ({ ...one, counted: true })))
    return deny('credentials_wrong')
  }
  return { account, rehash, throttled: throttled.filter(({ counted }) => counted).map(({ subject }) => subject) }
}

/** Counted at once is what a right password resets; a network, once a password was wrong: it keeps its count. */
function throttledBy(ports: SignInPorts, email: string, { network, deviceToken }: Browser): Throttled[] {
  const deviceId = deviceIdOf(utf8(ports.settings.sessionSecret), email, deviceToken)
  return throttleKeys({ account: email, network, deviceId }).map(({ key, rule, successResets }) => ({
    ...{ subject: throttleSubject(ports, key), rule, counted: successResets },
  }))
}

export function throttleSubject({ settings }: Pick<SignInPorts, 'settings'>, subject: string): Uint8Array {
  return hmacSha256(utf8(settings.sessionSecret), utf8(`throttle ${subject}`))
}

export type Opening = Partial<Pick<NewSession, 'pending' | 'throttled' | 'passwordHash' | 'replaces' | 'action'>>

/** A session to be opened, and the token that only its cookie will have. */
export function newSession(
  ports: Pick<SignInPorts, 'random'>,
  { userId, organizationId, email }: Pick<Actor, 'userId' | 'organizationId' | 'email'>,
  { network, userAgent }: Browser,
  opening: Opening,
): { token: string; session: NewSession } {
  const { token, tokenHash } = newToken(ports)
  const id = newId('session', ports.random)
  const common = { pending: false, throttled: [], passwordHash: null, replaces: null }
  return { token, session: { ...common, ...opening, id, userId, organizationId, email, tokenHash, userAgent, network } }
}

/** A browser is known once somebody has signed in on it wholly. */
export function openedSession(
  { settings, random }: Pick<SignInPorts, 'settings' | 'random'>,
  { token, session }: ReturnType<typeof newSession>,
  browser: Browser,
): OpenedSession {
  const secret = utf8(settings.sessionSecret)
  const known = deviceIdOf(secret, session.email, browser.deviceToken) !== null
  const deviceToken = known ? browser.deviceToken : issueDeviceToken(secret, session.email, random)
  return { token, secondFactor: session.pending, deviceToken: session.pending ? null : deviceToken }
}

/** 256 random bits for a cookie or a link, and what is stored of them. */
export function newToken({ random }: Pick<SignInPorts, 'random'>): { token: string; tokenHash: Uint8Array } {
  const token = newSessionToken(random)
  return { token, tokenHash: hashToken(token) }
}

export const hashToken = (token: string): Uint8Array => sha256(utf8(token))

import { newId } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { Actor } from '../db/account.ts'
import { type Letter, letterOf } from '../rules/letters.ts'
import { judgePassword, type PasswordReason } from '../rules/password.ts'
import { ACCOUNT_RULE } from '../rules/throttle.ts'
import {
  type Browser,
  hashToken,
  heldFor,
  newToken,
  type OpenedSession,
  type SignInPorts,
  throttleSubject,
} from './sign-in.ts'

const VERIFY_MS = 24 * 60 * 60 * 1000
const RESET_MS = 60 * 60 * 1000

export interface SignUp {
  /** Normalised. */
  email: string
  password: string
  name: string
}

/**
 * The same answer whether the address is new or not: what differs is the mail. `after` is what may happen when the answer
 * has been sent, so that its time tells nothing either.
 */
export async function signUp(
  ports: SignInPorts,
  { email, password, name }: SignUp,
  browser: Browser,
): Promise<Verdict<{ after: Promise<void> }, PasswordReason>> {
  const judged = judgePassword(password, { email, name })
  if (!judged.ok) return judged
  const passwordHash = await ports.accounts.hasher.hash(password)
  const { token, tokenHash } = newToken(ports)
  const outcome = await ports.accounts.db.signUp({
    ...{ userId: newId('user', ports.random), organizationId: newId('organization', ports.random) },
    ...{ email, name, organizationName: name, passwordHash, network: browser.network },
    verification: { tokenHash, expiresAtMs: ports.nowMs() + VERIFY_MS },
  })
  const letter: Letter = outcome === 'created' ? { kind: 'verify', token } : { kind: 'account_exists' }
  return allow({ after: post(ports, email, letter) })
}

/** Sends the link once more, to an account that has not used it. Tells nobody whether there is one. */
export async function resendVerification(ports: SignInPorts, email: string): Promise<void> {
  const { account } = await ports.accounts.db.readCredentials(email, [])
  if (account === null || account.emailVerified || (await isFlooded(ports, email))) return
  const { token, tokenHash } = newToken(ports)
  const expiresAtMs = ports.nowMs() + VERIFY_MS
  await ports.accounts.db.addEmailToken({ userId: account.userId, purpose: 'verify', tokenHash, expiresAtMs })
  await post(ports, email, { kind: 'verify', token })
}

/** Mails a link, to an account that exists. Tells nobody whether there is one. */
export async function requestReset(ports: SignInPorts, email: string): Promise<void> {
  const { account } = await ports.accounts.db.readCredentials(email, [])
  if (account === null || (await isFlooded(ports, email))) return
  const { token, tokenHash } = newToken(ports)
  const expiresAtMs = ports.nowMs() + RESET_MS
  await ports.accounts.db.addEmailToken({ userId: account.userId, purpose: 'reset', tokenHash, expiresAtMs })
  await post(ports, email, { kind: 'reset', token })
}

/** Nobody is to be flooded with our mail: it slows down as wrong passwords do. */
async function isFlooded(ports: SignInPorts, email: string): Promise<boolean> {
  const subjects = [throttleSubject(ports, `mail ${email}`)]
  const { failures } = await ports.accounts.db.readCredentials(email, subjects)
  if (heldFor(failures, [ACCOUNT_RULE], ports.nowMs()) > 0) return true
  await ports.accounts.db.noteFailure(subjects)
  return false
}

/** Ends every session; the second factor stays. */
export async function resetPassword(
  { accounts }: SignInPorts,
  { token, password }: { token: string; password: string },
): Promise<Verdict<null, PasswordReason | 'link_invalid'>> {
  const judged = judgePassword(password, {})
  if (!judged.ok) return judged
  const passwordHash = await accounts.hasher.hash(password)
  return (await accounts.db.resetPassword(hashToken(token), passwordHash)) ? allow(null) : deny('link_invalid')
}

export interface ChangePassword {
  current: string
  next: string
}

/** Every other session ends; the one that asked goes on under a new token. */
export async function changePassword(
  ports: SignInPorts,
  actor: Actor,
  { current, next }: ChangePassword,
  browser: Browser,
): Promise<Verdict<OpenedSession, PasswordReason | 'credentials_wrong'> | { retryAfterSeconds: number }> {
  const { db, hasher } = ports.accounts
  const throttled = [throttleSubject(ports, `account ${actor.email}`)]
  const { account, failures } = await db.readCredentials(actor.email, throttled)
  const retryAfterSeconds = heldFor(failures, [ACCOUNT_RULE], ports.nowMs())
  if (retryAfterSeconds > 0) return { retryAfterSeconds }
  const { ok } = await hasher.verify(current, account?.passwordHash ?? null)
  if (!ok) {
    await db.noteFailure(throttled)
    return deny('credentials_wrong')
  }
  const judged = judgePassword(next, { email: actor.email, name: account?.name ?? '' })
  if (!judged.ok) return judged
  const passwordHash = await hasher.hash(next)
  const { token, tokenHash } = newToken(ports)
  const { userId, organizationId, email } = actor
  const session = {
    ...{ id: newId('session', ports.random), userId, organizationId, tokenHash, pending: false, email, throttled },
    ...{ userAgent: browser.userAgent, network: browser.network, replaces: null, passwordHash },
  }
  await db.changePassword({ actor, passwordHash, session })
  await post(ports, actor.email, { kind: 'password_changed' })
  return allow({ token, secondFactor: false })
}

/** A mail that cannot be sent fails nothing: it can be asked for again. */
async function post(ports: SignInPorts, to: string, letter: Letter): Promise<void> {
  const { appHost, local } = ports.settings
  const { subject, text } = letterOf(letter, `${local ? 'http' : 'https'}://${appHost}`)
  const idempotencyKey = newToken(ports).token
  try {
    await ports.accounts.mail.send({ to, subject, text, idempotencyKey })
  } catch (error) {
    ports.log.error('mail_failed', { kind: letter.kind, error })
  }
}

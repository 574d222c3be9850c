import { newId } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { Actor } from '../db/account.ts'
import type { Letter } from '../rules/letters.ts'
import { judgePassword, type PasswordReason } from '../rules/password.ts'
import { ACCOUNT_RULE } from '../rules/throttle.ts'
import { sendLetter } from './send-letter.ts'
import {
  type Browser,
  checkPassword,
  type Held,
  hashToken,
  newSession,
  newToken,
  type OpenedSession,
  openedSession,
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
  const judged = judgePassword(password, { email, name, isCommon: await ports.accounts.commonPasswords() })
  if (!judged.ok) return judged
  const passwordHash = await ports.accounts.hasher.hash(password)
  const { token, tokenHash } = newToken(ports)
  const outcome = await ports.accounts.db.signUp({
    ...{ userId: newId('user', ports.random), organizationId: newId('organization', ports.random) },
    ...{ email, name, organizationName: name, passwordHash, network: browser.network },
    verification: { tokenHash, expiresAtMs: ports.nowMs() + VERIFY_MS },
  })
  const letter: Letter = outcome === 'created' ? { kind: 'verify', token } : { kind: 'account_exists' }
  return allow({ after: sendLetter(ports, email, letter) })
}

/** Sends the link once more, to an account that has not used it. Tells nobody whether there is one. */
export async function resendVerification(ports: SignInPorts, email: string): Promise<void> {
  const { account } = await ports.accounts.db.readCredentials(email, [])
  if (account === null || account.emailVerified || (await isFlooded(ports, email))) return
  const { token, tokenHash } = newToken(ports)
  const expiresAtMs = ports.nowMs() + VERIFY_MS
  await ports.accounts.db.addEmailToken({ userId: account.userId, purpose: 'verify', tokenHash, expiresAtMs })
  await sendLetter(ports, email, { kind: 'verify', token })
}

/** Mails a link, to an account that exists. Tells nobody whether there is one. */
export async function requestReset(ports: SignInPorts, email: string): Promise<void> {
  const { account } = await ports.accounts.db.readCredentials(email, [])
  if (account === null || (await isFlooded(ports, email))) return
  const { token, tokenHash } = newToken(ports)
  const expiresAtMs = ports.nowMs() + RESET_MS
  await ports.accounts.db.addEmailToken({ userId: account.userId, purpose: 'reset', tokenHash, expiresAtMs })
  await sendLetter(ports, email, { kind: 'reset', token })
}

/** Nobody is to be flooded with our mail: it slows down as wrong passwords do. */
async function isFlooded(ports: SignInPorts, email: string): Promise<boolean> {
  const subject = throttleSubject(ports, `mail ${email}`)
  return (await ports.accounts.db.countAttempt([{ subject, rule: ACCOUNT_RULE, counted: true }])) > 0
}

/** Ends every session; the second factor stays. */
export async function resetPassword(
  { accounts }: SignInPorts,
  { token, password }: { token: string; password: string },
): Promise<Verdict<null, PasswordReason | 'link_invalid'>> {
  const judged = judgePassword(password, { isCommon: await accounts.commonPasswords() })
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
): Promise<Verdict<OpenedSession, PasswordReason | 'credentials_wrong'> | Held> {
  const { db, hasher } = ports.accounts
  const checked = await checkPassword(ports, actor.email, current, browser)
  if (!('account' in checked)) return checked
  const isCommon = await ports.accounts.commonPasswords()
  const judged = judgePassword(next, { email: actor.email, name: checked.account.name, isCommon })
  if (!judged.ok) return judged
  const passwordHash = await hasher.hash(next)
  const opening = newSession(ports, actor, browser, { throttled: checked.throttled, passwordHash })
  await db.changePassword({ actor, passwordHash, session: opening.session })
  await sendLetter(ports, actor.email, { kind: 'password_changed' })
  return allow(openedSession(ports, opening, browser))
}

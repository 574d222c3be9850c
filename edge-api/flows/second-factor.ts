import { idToUuid, type UserId } from '#shared/ids.ts'
import { openSealed, type SealedPlace, seal } from '#shared/seal.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { StoredSecondFactor } from '../db/account/second-factor.ts'
import type { Actor, SessionView, Throttled } from '../db/account.ts'
import { backupCodeHash, newBackupCodes } from '../rules/backup-codes.ts'
import { toBase32 } from '../rules/base32.ts'
import { ACCOUNT_RULE } from '../rules/throttle.ts'
import { judgeCode, newTotpSecret, totpUri } from '../rules/totp.ts'
import { sendLetter } from './send-letter.ts'
import {
  type Browser,
  checkPassword,
  type Held,
  newSession,
  type OpenedSession,
  type Opening,
  openedSession,
  type SignInPorts,
  throttleSubject,
} from './sign-in.ts'

/** What somebody shows as their second factor. */
export type Shown = { code: string } | { backupCode: string }

/** Who is asking, with the session that they are asking in. */
export interface Asking {
  actor: Actor
  session: SessionView
  /** Of the session's token. */
  tokenHash: Uint8Array
  browser: Browser
}

type CodeVerdict<Value> = Verdict<Value, 'code_wrong'> | Held

/** A new secret, which is asked for only once a code of it has been shown. */
export async function beginSecondFactor(
  { accounts, settings, random }: SignInPorts,
  actor: Actor,
): Promise<Verdict<{ uri: string; secret: string }, 'second_factor_on'>> {
  const secret = newTotpSecret(random)
  const sealed = await seal(settings.sealingKeys, totpSecretPlace(actor.userId), secret, random)
  if (!(await accounts.db.beginSecondFactor(actor, sealed))) return deny('second_factor_on')
  return allow({ uri: totpUri(secret, actor.email), secret: toBase32(secret) })
}

export interface Enabled {
  backupCodes: string[]
  opened: OpenedSession
}

/** Switches it on. Every other session ends: nobody had shown a code in it. */
export async function confirmSecondFactor(
  ports: SignInPorts,
  { actor, session, tokenHash, browser }: Asking,
  code: string,
): Promise<Verdict<Enabled, 'code_wrong' | 'second_factor_on'> | Held> {
  const counted = await countCode(ports, actor.userId)
  if ('retryAfterSeconds' in counted) return counted
  const stored = await ports.accounts.db.readSecondFactor(tokenHash)
  if (stored?.enabled) return deny('second_factor_on')
  const judged = await judgeStored(ports, stored, code)
  if (judged === null) return deny('code_wrong')
  const backupCodes = newBackupCodes(ports.random)
  const codeHashes = backupCodes.flatMap((one) => backupCodeHash(one) ?? [])
  const opening = newSession(ports, actor, browser, {
    ...{ replaces: session.id, action: 'second_factor.enabled', throttled: counted.throttled },
  })
  const enabled = { ...judged, codeHashes, session: opening.session }
  if (!(await ports.accounts.db.enableSecondFactor(enabled))) return deny('second_factor_on')
  await sendLetter(ports, actor.email, { kind: 'second_factor_changed', enabled: true })
  return allow({ backupCodes, opened: openedSession(ports, opening, browser) })
}

/** Ends the wait of a session that has shown its password only: another one takes its place. */
export async function completeSignIn(
  ports: SignInPorts,
  asking: Asking,
  shown: Shown,
): Promise<CodeVerdict<OpenedSession>> {
  return showFactor(ports, asking, shown, {})
}

/** Password or code once more, before something dangerous: the session goes on under a new token, freshly proved. */
export async function proveAgain(
  ports: SignInPorts,
  asking: Asking,
  shown: { password: string } | { code: string },
): Promise<Verdict<OpenedSession, 'credentials_wrong' | 'code_wrong'> | Held> {
  if ('code' in shown) return showFactor(ports, asking, shown, { action: 'proof.given' })
  const { actor, session, browser } = asking
  const checked = await checkPassword(ports, actor.email, shown.password, browser)
  if (!('account' in checked)) return checked
  const opening = newSession(ports, actor, browser, {
    ...{ replaces: session.id, throttled: checked.throttled, action: 'proof.given' },
  })
  await ports.accounts.db.openSession(opening.session)
  return allow(openedSession(ports, opening, browser))
}

async function showFactor(
  ports: SignInPorts,
  { actor, session, tokenHash, browser }: Asking,
  shown: Shown,
  more: Opening,
): Promise<CodeVerdict<OpenedSession>> {
  const { db } = ports.accounts
  const counted = await countCode(ports, actor.userId)
  if ('retryAfterSeconds' in counted) return counted
  const opening = newSession(ports, actor, browser, { replaces: session.id, throttled: counted.throttled, ...more })
  if ('backupCode' in shown) {
    const hash = backupCodeHash(shown.backupCode)
    if (hash === null || !(await db.useBackupCode(hash, opening.session))) return deny('code_wrong')
    await sendLetter(ports, actor.email, { kind: 'backup_code_used', left: await db.countBackupCodes(actor.userId) })
    return allow(openedSession(ports, opening, browser))
  }
  const stored = await db.readSecondFactor(tokenHash)
  const judged = stored?.enabled ? await judgeStored(ports, stored, shown.code) : null
  if (judged === null || !(await db.useCode(judged.step, opening.session))) return deny('code_wrong')
  return allow(openedSession(ports, opening, browser))
}

/** Every other session ends with it. */
export async function removeSecondFactor(
  ports: SignInPorts,
  { actor, session, browser }: Asking,
): Promise<Verdict<OpenedSession, 'second_factor_off'>> {
  const opening = newSession(ports, actor, browser, { replaces: session.id, action: 'second_factor.disabled' })
  if (!(await ports.accounts.db.removeSecondFactor(opening.session))) return deny('second_factor_off')
  await sendLetter(ports, actor.email, { kind: 'second_factor_changed', enabled: false })
  return allow(openedSession(ports, opening, browser))
}

/** Ten new ones; those of before are worth nothing any more. */
export async function replaceBackupCodes(
  { accounts, random }: SignInPorts,
  actor: Actor,
): Promise<Verdict<string[], 'second_factor_off'>> {
  const codes = newBackupCodes(random)
  const hashes = codes.flatMap((one) => backupCodeHash(one) ?? [])
  return (await accounts.db.replaceBackupCodes(actor, hashes)) ? allow(codes) : deny('second_factor_off')
}

/** Six digits are soon guessed, so codes are counted by the person, wherever they come from. */
async function countCode(ports: SignInPorts, userId: UserId): Promise<Held | { throttled: Uint8Array[] }> {
  const subject = throttleSubject(ports, `code ${userId}`)
  const throttled: Throttled[] = [{ subject, rule: ACCOUNT_RULE, counted: true }]
  const retryAfterSeconds = await ports.accounts.db.countAttempt(throttled)
  return retryAfterSeconds > 0 ? { retryAfterSeconds } : { throttled: [subject] }
}

/** The step of a right code, with the secret that it has proved; else null. */
async function judgeStored(
  { settings, log, nowMs }: SignInPorts,
  stored: StoredSecondFactor | null,
  code: string,
): Promise<{ step: number; sealedSecret: Uint8Array } | null> {
  if (stored?.sealedSecret == null) return null
  const opened = await openSealed(settings.sealingKeys, totpSecretPlace(stored.userId), stored.sealedSecret)
  if (!opened.ok) {
    log.error('second_factor_unreadable', { reason: opened.reason })
    return null
  }
  const judged = judgeCode(opened.value, code, nowMs(), stored.lastStep)
  return judged.ok ? { step: judged.value.step, sealedSecret: stored.sealedSecret } : null
}

export function totpSecretPlace(userId: UserId): SealedPlace {
  return { tenant: userId, table: 'users', column: 'totp_secret', row: idToUuid(userId) }
}

import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { equalInConstantTime, utf8 } from '#shared/bytes.ts'
import type { Random } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { toBase32 } from './base32.ts'

// RFC 6238 with the one set of parameters that every authenticator app honours.
const STEP_SECONDS = 30
const DIGITS = 6
const SECRET_BYTES = 20
/** Steps before and after this one whose code is accepted: clocks of phones drift. */
const DRIFT_STEPS = 1

export const TOTP_ISSUER = 'Pernoex'

/** 160 random bits, as RFC 4226 recommends. */
export function newTotpSecret(random: Random): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SECRET_BYTES)
  random(bytes)
  return bytes
}

/** What the QR code says: Google's key URI format. `account` is what the app shows under the issuer, an e-mail address. */
export function totpUri(secret: Uint8Array, account: string): string {
  const label = `${TOTP_ISSUER}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${toBase32(secret)}&issuer=${TOTP_ISSUER}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`
}

/** The number of the step that a moment lies in. */
export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / 1000 / STEP_SECONDS)
}

/** HOTP (RFC 4226): the six digits for one value of the counter. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = new Uint8Array(8)
  new DataView(counter.buffer).setBigUint64(0, BigInt(step))
  const mac = new DataView(hmac(sha1, secret, counter).buffer)
  const offset = mac.getUint8(19) & 15
  const number = mac.getUint32(offset) & 0x7fff_ffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** The digits of a code as people type or paste it, or null. */
function readCode(text: string): string | null {
  const digits = text.replace(/[\s-]/g, '')
  return /^[0-9]{6}$/.test(digits) ? digits : null
}

/**
 * Accepts the code of the present step or one beside it, and no step twice: `lastStep` is the one last accepted, null for none.
 * The step admitted is to be stored with the condition that it is still greater than the stored one.
 */
export function judgeCode(
  secret: Uint8Array,
  code: string,
  nowMs: number,
  lastStep: number | null,
): Verdict<{ step: number }, 'code_malformed' | 'code_wrong' | 'code_used'> {
  const digits = readCode(code)
  if (digits === null) return deny('code_malformed')
  const given = utf8(digits)
  const present = totpStep(nowMs)
  let used = false
  let accepted: number | null = null
  for (let step = Math.max(0, present - DRIFT_STEPS); step <= present + DRIFT_STEPS; step++) {
    if (!equalInConstantTime(given, utf8(totpCode(secret, step)))) continue
    if (lastStep !== null && step <= lastStep) used = true
    else accepted ??= step
  }
  if (accepted !== null) return allow({ step: accepted })
  return deny(used ? 'code_used' : 'code_wrong')
}

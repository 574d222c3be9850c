import { fromBase64Url, toBase64Url, utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import type { Random } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Unused for this long, a session ends. */
export const IDLE_LIMIT_MS = 7 * DAY_MS
/** However busy it is, a session ends after this. */
export const ABSOLUTE_LIMIT_MS = 30 * DAY_MS
/** How long a session may wait for its second factor. */
export const PENDING_LIMIT_MS = 15 * MINUTE_MS
/** How long a password or code counts as recent, for what changes keys, members, billing or the second factor. */
export const PROOF_LIMIT_MS = 10 * MINUTE_MS
/** How old `lastSeenAtMs` may grow: a write with every request would tell no more. */
const TOUCH_AFTER_MS = 5 * MINUTE_MS

export interface SessionTimes {
  createdAtMs: number
  lastSeenAtMs: number
  /** The second factor has still to be shown. */
  pending?: boolean
}

/** `touch`: the row's `lastSeenAtMs` is to be set to now. */
export function judgeSession(
  { createdAtMs, lastSeenAtMs, pending = false }: SessionTimes,
  nowMs: number,
): Verdict<{ touch: boolean }, 'session_idle' | 'session_over'> {
  if (nowMs - createdAtMs >= (pending ? PENDING_LIMIT_MS : ABSOLUTE_LIMIT_MS)) return deny('session_over')
  if (nowMs - lastSeenAtMs >= IDLE_LIMIT_MS) return deny('session_idle')
  return allow({ touch: nowMs - lastSeenAtMs >= TOUCH_AFTER_MS })
}

/** When the session ends if it is not used again. */
export function sessionEndMs({ createdAtMs, lastSeenAtMs }: SessionTimes): number {
  return Math.min(createdAtMs + ABSOLUTE_LIMIT_MS, lastSeenAtMs + IDLE_LIMIT_MS)
}

/** `provedAtMs`: when this session last gave a right password or code; null for never. */
export function judgeProof(provedAtMs: number | null, nowMs: number): Verdict<null, 'proof_missing' | 'proof_too_old'> {
  if (provedAtMs === null) return deny('proof_missing')
  // A proof from the future is a clock that was set back, and says nothing about the last ten minutes.
  if (provedAtMs > nowMs || nowMs - provedAtMs >= PROOF_LIMIT_MS) return deny('proof_too_old')
  return allow(null)
}

const TOKEN_BYTES = 32

/** What the session cookie holds: 256 random bits. Only `sessionTokenHash` of it is stored. */
export function newSessionToken(random: Random): string {
  const bytes = new Uint8Array(TOKEN_BYTES)
  random(bytes)
  return toBase64Url(bytes)
}

/** The 32 bytes a session is found by; null when the text is no token of ours, which spares the look-up. */
export function sessionTokenHash(token: string): Uint8Array | null {
  return fromBase64Url(token)?.length === TOKEN_BYTES ? sha256(utf8(token)) : null
}

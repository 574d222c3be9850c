/** How failures of one kind slow the next attempts down. */
export interface ThrottleRule {
  /** The failure that starts the first hold. */
  freeFailures: number
  firstHoldMs: number
  longestHoldMs: number
  /** Failures count no longer than this after the last of them. */
  forgetAfterMs: number
}

const MINUTE_MS = 60_000

/** One account, from anywhere: the fifth failure holds for a minute, then 2, 4, 8 and at most 15. */
export const ACCOUNT_RULE: ThrottleRule = {
  freeFailures: 5,
  firstHoldMs: MINUTE_MS,
  longestHoldMs: 15 * MINUTE_MS,
  forgetAfterMs: 24 * 60 * MINUTE_MS,
}

/** One network (rules/network.ts), whichever accounts it tries: an office of people may mistype together. */
export const NETWORK_RULE: ThrottleRule = { ...ACCOUNT_RULE, freeFailures: 20, forgetAfterMs: 60 * MINUTE_MS }

/** What is kept of one account, device or network; nothing is kept of one that has not failed. */
export interface Throttle {
  failures: number
  lastFailedAtMs: number
}

/** How long this many failures hold the next attempt, from the last of them on. */
export function holdMs(rule: ThrottleRule, failures: number): number {
  const beyond = failures - rule.freeFailures
  if (beyond < 0) return 0
  // Past thirty doublings the cap has long been reached, and the power would leave the integers.
  return Math.min(rule.longestHoldMs, rule.firstHoldMs * 2 ** Math.min(beyond, 30))
}

export type Attempt = { ok: true } | { ok: false; reason: 'held'; retryAfterSeconds: number }

/**
 * Whether an attempt may be made now. One that is refused is not counted, or a stranger who keeps trying would hold the
 * owner out for good.
 */
export function judgeAttempt(rule: ThrottleRule, throttle: Throttle | null, nowMs: number): Attempt {
  if (throttle === null) return { ok: true }
  const hold = holdMs(rule, throttle.failures)
  // A clock that was set back must not make a hold longer.
  const elapsedMs = Math.max(0, nowMs - throttle.lastFailedAtMs)
  if (elapsedMs >= hold) return { ok: true }
  return { ok: false, reason: 'held', retryAfterSeconds: Math.ceil((hold - elapsedMs) / 1000) }
}

/**
 * The state with one failure more. Where success resets it, written before the password is looked at: then attempts that run
 * at the same time cannot slip under the limit together.
 */
export function afterFailure(rule: ThrottleRule, throttle: Throttle | null, nowMs: number): Throttle {
  const forgotten = throttle === null || nowMs - throttle.lastFailedAtMs >= rule.forgetAfterMs
  return { failures: (forgotten ? 0 : throttle.failures) + 1, lastFailedAtMs: nowMs }
}

export interface Attempter {
  /** Whatever names the account that is tried, whether or not it exists: a hash of the address. */
  account: string
  network: string
  /** A device on which this account has signed in before (a cookie of its own says so); null otherwise. */
  deviceId: string | null
}

export interface ThrottleKey {
  key: string
  rule: ThrottleRule
  /** A right password forgets the failures. Not those of a network: its own account would free whoever guesses there. */
  successResets: boolean
}

/**
 * What an attempt is counted on; it needs the consent of each. A known device is counted on its own alone, so that strangers
 * who keep an account or its network held do not keep out the person whom it belongs to.
 */
export function throttleKeys({ account, network, deviceId }: Attempter): ThrottleKey[] {
  if (deviceId !== null) return [{ key: `device:${deviceId}:${account}`, rule: ACCOUNT_RULE, successResets: true }]
  return [
    { key: `account:${account}`, rule: ACCOUNT_RULE, successResets: true },
    { key: `network:${network}`, rule: NETWORK_RULE, successResets: false },
  ]
}

/** How often something may happen. */
export interface Rate {
  /** As the RateLimit headers name it. */
  name: string
  limit: number
  seconds: number
}

/**
 * Cheap routes: counted by the platform's rate-limit bindings (wrangler.toml and app-worker.toml have the same numbers), which know no remainder.
 */
export const CHEAP_RATES = {
  network: { name: 'network', limit: 300, seconds: 60 },
  key: { name: 'key', limit: 6000, seconds: 60 },
  origin: { name: 'origin', limit: 6000, seconds: 60 },
  /** Deliveries that were refused, of one network to one address. */
  webhook: { name: 'webhook', limit: 60, seconds: 60 },
  /** The dashboard's calls, of one network; a folder of documents is one call each. */
  app: { name: 'app', limit: 1200, seconds: 60 },
} as const satisfies Record<string, Rate>

/** Answers: counted exactly, by the project's gate. The day's quota is the project's own (rules/policy.ts). */
export const ANSWER_RATES = {
  visitor: { name: 'visitor', limit: 20, seconds: 60 },
  network: { name: 'network', limit: 30, seconds: 60 },
  key: { name: 'key', limit: 600, seconds: 60 },
  origin: { name: 'origin', limit: 600, seconds: 60 },
} satisfies Record<string, Rate>

export interface Spent {
  /** The bucket's new state. */
  fullAtMs: number
  remaining: number
  /** Seconds until the bucket is full again. */
  resetSeconds: number
}

export type Spending = { ok: true; spent: Spent } | { ok: false; retryAfterSeconds: number }

/**
 * Takes one from a bucket that refills evenly (the generic cell rate algorithm). Its whole state is one number: the moment
 * at which it will be full again; null for a bucket never used.
 */
export function spend(rate: Rate, fullAtMs: number | null, nowMs: number): Spending {
  const perUnitMs = (rate.seconds * 1000) / rate.limit
  const capacityMs = rate.seconds * 1000
  // A clock that went backwards must not lock anyone out for longer than one period.
  const from = Math.min(Math.max(fullAtMs ?? nowMs, nowMs), nowMs + capacityMs)
  const next = from + perUnitMs
  const over = next - (nowMs + capacityMs)
  // A hundredth of a millisecond forgives what adding fractions up has lost.
  if (over > 0.01) return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(over / 1000)) }
  const remaining = Math.floor((nowMs + capacityMs - next + 0.01) / perUnitMs)
  return { ok: true, spent: { fullAtMs: next, remaining, resetSeconds: Math.ceil((next - nowMs) / 1000) } }
}

/** `"key";q=6000;w=60, "network";q=300;w=60`: draft-ietf-httpapi-ratelimit-headers. */
export function rateLimitPolicy(rates: readonly Rate[]): string {
  return rates.map(({ name, limit, seconds }) => `"${name}";q=${limit};w=${seconds}`).join(', ')
}

export const DAY_SECONDS = 86_400

/** Until the first of the next month, 0:00 UTC. */
export function secondsToNextMonth(nowMs: number): number {
  const now = new Date(nowMs)
  return Math.ceil((Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - nowMs) / 1000)
}

/** The first of the UTC month, in whole UTC days since the epoch. */
export function utcMonthStart(nowMs: number): number {
  const now = new Date(nowMs)
  return utcDay(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()))
}

/** Whole UTC days since the epoch: the quota's period. */
export function utcDay(nowMs: number): number {
  return Math.floor(nowMs / (DAY_SECONDS * 1000))
}

export function secondsToNextDay(nowMs: number): number {
  return Math.ceil(((utcDay(nowMs) + 1) * DAY_SECONDS * 1000 - nowMs) / 1000)
}

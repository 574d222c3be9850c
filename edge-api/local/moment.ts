/** Where milliseconds and seconds since the epoch part: the year 5138 of the one, March 1973 of the other. */
const FIRST_MILLISECONDS = 100_000_000_000

/** Seconds or milliseconds since the epoch, or ISO 8601. */
export function readMoment(input: unknown): number | null {
  if (typeof input === 'number') return Math.abs(input) < FIRST_MILLISECONDS ? input * 1000 : input
  const ms = typeof input === 'string' ? Date.parse(input) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UNITS: [number, Intl.RelativeTimeFormatUnit][] = [
  [365 * DAY, 'year'],
  [30 * DAY, 'month'],
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
]

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })

/** “3 minutes ago”, “in 2 days”; within a minute “just now”. */
export function inRelation(atMs: number, nowMs: number): string {
  const seconds = (atMs - nowMs) / 1000
  const unit = UNITS.find(([length]) => Math.abs(seconds) >= length)
  if (unit === undefined) return seconds > 0 ? 'in less than a minute' : 'just now'
  return relative.format(Math.trunc(seconds / unit[0]), unit[1])
}

/** When it was, for people; the exact time on hover, and in the reader's own zone. */
export function When({ at, now = Date.now() }: { at: string; now?: number }) {
  const atMs = Date.parse(at)
  return (
    <time dateTime={at} title={absolute.format(atMs)}>
      {inRelation(atMs, now)}
    </time>
  )
}

export function exactly(at: string): string {
  return absolute.format(Date.parse(at))
}

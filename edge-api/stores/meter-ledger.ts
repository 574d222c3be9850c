import { secondsToNextMonth, utcDay, utcMonthStart } from '../rules/rate.ts'
import type { Usage } from '../rules/usage.ts'
import type { LedgerSql } from './gate-ledger.ts'

export type Spending = { ok: true } | { ok: false; retryAfterSeconds: number }

/** How many answers one organization was given, each day. */
export interface MeterLedger {
  /** One more, where there are fewer than `limit` in this month; null: however many there are. */
  spend(limit: number | null, nowMs: number): Spending
  read(nowMs: number): Usage
}

const DAY_MS = 86_400_000
/** So that the months of a year can be compared, should somebody ask. */
const KEPT_DAYS = 400

export function openMeterLedger(sql: LedgerSql): MeterLedger {
  sql.exec('create table if not exists answers (day integer primary key, used integer not null);')
  const daysOf = (nowMs: number) =>
    sql.exec('select day, used from answers where day >= ? order by day', utcMonthStart(nowMs)).toArray()
  const sum = (days: { used?: unknown }[]) => days.reduce((total, { used }) => total + Number(used), 0)
  return {
    spend(limit, nowMs) {
      if (limit !== null && sum(daysOf(nowMs)) >= limit)
        return { ok: false, retryAfterSeconds: secondsToNextMonth(nowMs) }
      const day = utcDay(nowMs)
      sql.exec('insert into answers values (?, 1) on conflict (day) do update set used = used + 1', day)
      sql.exec('delete from answers where day < ?', day - KEPT_DAYS)
      return { ok: true }
    },
    read(nowMs) {
      const days = daysOf(nowMs)
      return {
        answers: sum(days),
        days: days.map(({ day, used }) => ({
          day: new Date(Number(day) * DAY_MS).toISOString().slice(0, 10),
          answers: Number(used),
        })),
      }
    },
  }
}

import type { KeyId } from '#shared/ids.ts'
import { later, SIGHTING_BOUNDS, type SightingBatch, type Sightings } from '../rules/sighting.ts'

/** The little of a SQLite store that this uses; a Durable Object's `storage.sql` is one. Calls are synchronous. */
export interface SightingSql {
  exec(query: string, ...bindings: (string | number | null)[]): { toArray(): Record<string, unknown>[] }
}

/** What isolates saw of one project, kept by its gate. Bounded: of more, the oldest are forgotten. */
export interface SightingLedger {
  record(batch: SightingBatch): void
  read(): Sightings
}

// A server has no origin; '' stands for it, since null would not be equal to itself in a key.
const TABLES = `
  create table if not exists seen_since (one integer primary key check (one = 1), at_ms integer not null);
  create table if not exists seen_origins (
    key_id text not null, origin text not null, admitted_ms integer, refused_ms integer, last_ms integer not null,
    primary key (key_id, origin));
  create table if not exists seen_keys (key_id text primary key, used_ms integer not null);
`

/** `max` of SQLite is null as soon as one of its arguments is. Isolates may tell late: a time never goes back. */
const KEEP_ORIGIN = `
  insert into seen_origins (key_id, origin, admitted_ms, refused_ms, last_ms) values (?, ?, ?, ?, ?)
  on conflict (key_id, origin) do update set
    admitted_ms = nullif(max(ifnull(admitted_ms, 0), ifnull(excluded.admitted_ms, 0)), 0),
    refused_ms = nullif(max(ifnull(refused_ms, 0), ifnull(excluded.refused_ms, 0)), 0),
    last_ms = max(last_ms, excluded.last_ms)`

const KEEP_KEY = `
  insert into seen_keys (key_id, used_ms) values (?, ?)
  on conflict (key_id) do update set used_ms = max(used_ms, excluded.used_ms)`

export function openSightingLedger(sql: SightingSql, nowMs: number): SightingLedger {
  sql.exec(TABLES)
  sql.exec('insert or ignore into seen_since values (1, ?)', nowMs)
  return {
    record({ origins, keys }) {
      for (const { keyId, origin, admittedAtMs, refusedAtMs } of origins)
        sql.exec(KEEP_ORIGIN, keyId, origin ?? '', admittedAtMs, refusedAtMs, later(admittedAtMs, refusedAtMs) ?? 0)
      for (const { keyId, usedAtMs } of keys) sql.exec(KEEP_KEY, keyId, usedAtMs)
      const { admitted, refused, keys: mostKeys } = SIGHTING_BOUNDS.gate
      // Apart, so that a stranger who makes up origins drives out no page that was admitted.
      forget(sql, 'seen_origins', 'admitted_ms is not null', 'last_ms', admitted)
      forget(sql, 'seen_origins', 'admitted_ms is null', 'last_ms', refused)
      forget(sql, 'seen_keys', 'true', 'used_ms', mostKeys)
    },
    read: () => ({
      sinceMs: Number(sql.exec('select at_ms from seen_since').toArray()[0]?.at_ms),
      origins: sql
        .exec('select * from seen_origins order by last_ms desc, origin')
        .toArray()
        .map((row) => ({
          keyId: row.key_id as KeyId,
          origin: row.origin === '' ? null : String(row.origin),
          admittedAtMs: numberOf(row.admitted_ms),
          refusedAtMs: numberOf(row.refused_ms),
        })),
      keys: sql
        .exec('select * from seen_keys order by used_ms desc')
        .toArray()
        .map((row) => ({ keyId: row.key_id as KeyId, usedAtMs: Number(row.used_ms) })),
    }),
  }
}

function forget(sql: SightingSql, table: string, which: string, age: string, most: number): void {
  sql.exec(
    `delete from ${table} where rowid in
       (select rowid from ${table} where ${which} order by ${age} desc limit -1 offset ?)`,
    most,
  )
}

function numberOf(value: unknown): number | null {
  return value === null ? null : Number(value)
}

import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { keyUse } from '#edge/rules/key-use.ts'
import { observedOrigins, SIGHTING_BOUNDS, type Sighting } from '#edge/rules/sighting.ts'
import { openSightingLedger, type SightingSql } from '#edge/stores/sighting-ledger.ts'
import { newId } from '#shared/ids.ts'
import { KEY, PROJECT, random } from './policy-source.ts'

/** Node's SQLite in place of the Durable Object's. */
function sqlite(): SightingSql {
  const database = new DatabaseSync(':memory:')
  return {
    exec(query, ...bindings) {
      if (query.includes(';')) {
        database.exec(query)
        return { toArray: () => [] }
      }
      const rows = database.prepare(query).all(...bindings)
      return { toArray: () => rows }
    },
  }
}

const ORIGIN = 'https://docs.example.com'
const seen = (origin: string | null, admittedAtMs: number | null, refusedAtMs: number | null = null): Sighting => ({
  keyId: KEY,
  origin,
  admittedAtMs,
  refusedAtMs,
})
const batch = (...origins: Sighting[]) => ({ projectId: PROJECT, origins, keys: [] })

test('what isolates tell is put together: the latest time counts, in whatever order they come', () => {
  const ledger = openSightingLedger(sqlite(), 1)
  ledger.record(batch(seen(ORIGIN, 500)))
  ledger.record(batch(seen(ORIGIN, 300, 200), seen(null, 900)))
  ledger.record({ ...batch(), keys: [{ keyId: KEY, usedAtMs: 900 }] })
  ledger.record({ ...batch(), keys: [{ keyId: KEY, usedAtMs: 500 }] })
  expect(ledger.read()).toEqual({
    sinceMs: 1,
    origins: [seen(null, 900), seen(ORIGIN, 500, 200)],
    keys: [{ keyId: KEY, usedAtMs: 900 }],
  })
})

test('it outlives the object, and still knows since when it watches', () => {
  const sql = sqlite()
  openSightingLedger(sql, 1).record(batch(seen(ORIGIN, 500)))
  expect(openSightingLedger(sql, 999).read()).toMatchObject({ sinceMs: 1, origins: [{ origin: ORIGIN }] })
})

test('it stays bounded; the oldest go, and made-up origins that were refused drive out none that was admitted', () => {
  const ledger = openSightingLedger(sqlite(), 1)
  const { admitted, refused } = SIGHTING_BOUNDS.gate
  ledger.record(batch(seen(ORIGIN, 1)))
  ledger.record(
    batch(...Array.from({ length: refused + 300 }, (_, n) => seen(`https://${n}.evil.example`, null, n + 10))),
  )
  const { origins } = ledger.read()
  expect(origins).toHaveLength(refused + 1)
  expect(origins[0]).toMatchObject({ origin: `https://${refused + 299}.evil.example` })
  expect(origins.at(-1)).toMatchObject({ origin: ORIGIN })
  ledger.record(batch(...Array.from({ length: admitted + 5 }, (_, n) => seen(`https://${n}.example.com`, n + 10))))
  expect(ledger.read().origins).toHaveLength(refused + admitted)
  expect(ledger.read().origins.some(({ origin }) => origin === ORIGIN)).toBe(false)
})

test('that a key was used is kept apart from where', () => {
  const ledger = openSightingLedger(sqlite(), 1)
  ledger.record({ ...batch(seen(ORIGIN, 5)), keys: [{ keyId: KEY, usedAtMs: 5 }] })
  const others = Array.from({ length: SIGHTING_BOUNDS.gate.admitted }, (_, n) =>
    seen(`https://${n}.example.com`, n + 10),
  )
  ledger.record(batch(...others))
  const key = {
    ...({ id: KEY, kind: 'public', environment: 'live', label: 'L', scopes: [] } as const),
    ...{ scopes: [], createdAt: new Date(3).toISOString(), expiresAt: null, revokedAt: null, replacedBy: null },
  }
  const use = keyUse(key, ledger.read())
  expect(use.seenFrom.some(({ origin }) => origin === ORIGIN)).toBe(false)
  expect(use).toMatchObject({ lastUsedAt: new Date(5).toISOString(), watchedSince: new Date(3).toISOString() })
})

test('one origin under several keys is observed once', () => {
  const other = newId('key', random)
  expect(observedOrigins([seen(ORIGIN, 5, null), { ...seen(ORIGIN, null, 9), keyId: other }, seen(null, 4)])).toEqual([
    { origin: ORIGIN, lastAtMs: 9, admittedAtMs: 5, refusedAtMs: 9, keyIds: [KEY, other] },
  ])
})

import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { AdmitAnswer, AnswerAdmission } from '#edge/ports.ts'
import { ANSWER_RATES } from '#edge/rules/rate.ts'
import { type LedgerSql, openGateLedger } from '#edge/stores/gate-ledger.ts'
import { newId } from '#shared/ids.ts'
import { KEY, PROJECT, policySource, random } from './policy-source.ts'

/** Node's SQLite in place of the Durable Object's. */
function sqlite(): LedgerSql {
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

const ask: AdmitAnswer = {
  projectId: PROJECT,
  keyId: KEY,
  origin: 'https://docs.example.com',
  network: '203.0.113',
  requestId: null,
  threadId: null,
}
const NOON = Date.UTC(2026, 5, 1, 12)

function open(source = policySource(), sql = sqlite()) {
  const ledger = openGateLedger(sql, random)
  ledger.publish(source)
  return { ledger, sql }
}

const reason = (admission: AnswerAdmission) => (admission.ok ? 'ok' : admission.reason)

test('before a policy was published nothing is admitted, and nothing is known', () => {
  const ledger = openGateLedger(sqlite(), random)
  expect(ledger.readPolicy(null)).toEqual({ kind: 'none' })
  expect(ledger.admitAnswer(ask, true, NOON)).toEqual({ ok: false, reason: 'unavailable' })
})

test('a policy is told whole to who does not have it, and not at all to who does', () => {
  const { ledger } = open()
  expect(ledger.readPolicy(null)).toEqual({ kind: 'policy', source: policySource() })
  expect(ledger.readPolicy(1)).toEqual({ kind: 'same' })
})

test('publishing goes forward only: an older epoch that arrives late changes nothing', () => {
  const { ledger } = open(policySource({ epoch: 3, rules: [] }))
  expect(ledger.publish(policySource({ epoch: 2 }))).toBe(false)
  expect(ledger.publish(policySource({ epoch: 3 }))).toBe(false)
  expect(reason(ledger.admitAnswer(ask, true, NOON))).toBe('origin_not_allowed')
  expect(ledger.publish(policySource({ epoch: 4 }))).toBe(true)
  expect(reason(ledger.admitAnswer(ask, true, NOON))).toBe('ok')
})

test('policy, counters and answers outlive the object', () => {
  const { ledger, sql } = open(policySource({ limits: { answersPerDay: 2 } }))
  const requestId = crypto.randomUUID()
  const first = ledger.admitAnswer({ ...ask, requestId }, true, NOON)
  const again = openGateLedger(sql, random)
  expect(again.admitAnswer({ ...ask, requestId }, true, NOON)).toMatchObject({
    ok: true,
    answerId: first.ok && first.answerId,
  })
  expect(reason(again.admitAnswer(ask, true, NOON))).toBe('ok')
  expect(reason(again.admitAnswer(ask, true, NOON))).toBe('quota_exceeded')
})

test('a revoked, expired or deleted key, and a removed domain, stop the very next answer', () => {
  const { ledger } = open()
  const key = policySource().keys[0]
  if (!key) throw new Error('no key')
  const after = (epoch: number, change: Parameters<typeof policySource>[0]) => {
    ledger.publish(policySource({ epoch, ...change }))
    return reason(ledger.admitAnswer(ask, true, NOON))
  }
  expect(after(2, {})).toBe('ok')
  expect(after(3, { keys: [{ ...key, revokedAtMs: NOON }] })).toBe('key_revoked')
  expect(after(4, { keys: [{ ...key, revokedAtMs: NOON + 1 }] })).toBe('ok')
  expect(after(5, { keys: [{ ...key, expiresAtMs: NOON }] })).toBe('key_expired')
  expect(after(6, { keys: [] })).toBe('key_revoked')
  expect(after(7, { rules: [] })).toBe('origin_not_allowed')
  expect(after(8, { rules: [{ rule: 'docs.example.com', expiresAtMs: NOON }] })).toBe('origin_not_allowed')
})

test('the same requestId within ten minutes is the same answer and costs nothing; later it is a new one', () => {
  const { ledger } = open(policySource({ limits: { answersPerDay: 2 } }))
  const request = { ...ask, requestId: crypto.randomUUID() }
  const first = ledger.admitAnswer(request, true, NOON)
  for (let repeat = 0; repeat < 5; repeat++) {
    const admission = ledger.admitAnswer(request, true, NOON + 599_000)
    expect(admission).toMatchObject({
      ok: true,
      answerId: first.ok && first.answerId,
      threadId: first.ok && first.threadId,
    })
  }
  const later = ledger.admitAnswer(request, true, NOON + 600_001)
  expect(later.ok && first.ok && later.answerId !== first.answerId).toBe(true)
  expect(reason(ledger.admitAnswer(ask, true, NOON + 600_001))).toBe('quota_exceeded')
})

test('a repeated requestId of a page that may no longer ask is refused', () => {
  const { ledger } = open()
  const request = { ...ask, requestId: crypto.randomUUID() }
  ledger.admitAnswer(request, true, NOON)
  ledger.publish(policySource({ epoch: 2, rules: [] }))
  expect(reason(ledger.admitAnswer(request, true, NOON))).toBe('origin_not_allowed')
})

test('a conversation that is continued keeps its id', () => {
  const { ledger } = open()
  const threadId = newId('thread', random)
  expect(ledger.admitAnswer({ ...ask, threadId }, true, NOON)).toMatchObject({ ok: true, threadId })
})

test('a requestId remembers only a conversation that the gate made, never one that a caller named', () => {
  const { ledger } = open()
  const request = { ...ask, requestId: crypto.randomUUID() }
  const someone = newId('thread', random)
  ledger.admitAnswer({ ...request, threadId: someone }, true, NOON)
  const again = ledger.admitAnswer(request, true, NOON)
  expect(again.ok && again.threadId !== someone).toBe(true)
  expect(ledger.admitAnswer(request, true, NOON)).toEqual(again)
  expect(ledger.admitAnswer({ ...request, threadId: someone }, true, NOON)).toMatchObject({ threadId: someone })
})

test('the day has exactly its quota, and begins anew at midnight UTC', () => {
  const { ledger } = open(policySource({ limits: { answersPerDay: 3 } }))
  const given = Array.from({ length: 5 }, (_, index) => reason(ledger.admitAnswer(ask, true, NOON + index * 60_000)))
  expect(given).toEqual(['ok', 'ok', 'ok', 'quota_exceeded', 'quota_exceeded'])
  expect(ledger.admitAnswer(ask, true, NOON)).toMatchObject({ retryAfterSeconds: 12 * 3600 })
  expect(reason(ledger.admitAnswer(ask, true, NOON + 12 * 3_600_000))).toBe('ok')
})

test('each network has exactly its bucket, and a refused request takes from no other', () => {
  const { ledger } = open()
  const { limit } = ANSWER_RATES.network
  const given = Array.from({ length: limit + 5 }, () => reason(ledger.admitAnswer(ask, true, NOON)))
  expect(given.filter((each) => each === 'ok')).toHaveLength(limit)
  expect(given.at(-1)).toBe('rate_limited')
  const other = ledger.admitAnswer({ ...ask, network: '198.51.100' }, true, NOON)
  expect(other.ok && other.rateLimit).toContain(`"key";r=${ANSWER_RATES.key.limit - limit - 1};`)
  expect(other.ok && other.rateLimit).toContain(`"day";r=${2000 - limit - 1};`)
})

test('the key has its bucket over all networks and origins together', () => {
  const { ledger } = open()
  const { limit } = ANSWER_RATES.key
  const given = Array.from({ length: limit + 1 }, (_, index) =>
    reason(ledger.admitAnswer({ ...ask, network: `network ${index}` }, true, NOON)),
  )
  expect(given.filter((each) => each === 'ok')).toHaveLength(limit)
  expect(given.at(-1)).toBe('rate_limited')
})

test('switched off, limits still judge origin and key', () => {
  const { ledger } = open(policySource({ limits: { answersPerDay: 1 } }))
  for (let repeat = 0; repeat < 5; repeat++) expect(reason(ledger.admitAnswer(ask, false, NOON))).toBe('ok')
  expect(reason(ledger.admitAnswer({ ...ask, origin: 'https://evil.example' }, false, NOON))).toBe('origin_not_allowed')
})

test('a public key without an origin is refused here too', () => {
  const { ledger } = open()
  expect(reason(ledger.admitAnswer({ ...ask, origin: null }, true, NOON))).toBe('origin_not_allowed')
})

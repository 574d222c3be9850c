import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { AdmitAnswer, AnswerAdmission } from '#edge/ports.ts'
import type { PolicyKeySource, PolicySource } from '#edge/rules/policy.ts'
import { ANSWER_RATES } from '#edge/rules/rate.ts'
import { type LedgerSql, openGateLedger } from '#edge/stores/gate-ledger.ts'
import { openMeterLedger } from '#edge/stores/meter-ledger.ts'
import type { EndpointId } from '#shared/endpoint-id.ts'
import { type KeyId, newId } from '#shared/ids.ts'
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
  visitor: null,
  identityKeyId: null,
}
const SERVER: KeyId = newId('key', random)
const serverKey = (): PolicyKeySource => ({
  ...{ keyId: SERVER, kind: 'secret', environment: 'live', identity: 'ab', scopes: ['answers'] },
  ...{ expiresAtMs: null, revokedAtMs: null },
})
const newIdentityKey = () => ({ id: newId('identityKey', random) })
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

test('each visitor has exactly their bucket, wherever they call from, and no other pays for it', () => {
  const { ledger } = open()
  const { limit } = ANSWER_RATES.visitor
  const given = Array.from({ length: limit + 2 }, (_, index) =>
    ledger.admitAnswer({ ...ask, network: `network ${index}`, visitor: 'named ab' }, true, NOON),
  )
  expect(given.map(reason)).toEqual([...Array<string>(limit).fill('ok'), 'rate_limited', 'rate_limited'])
  expect(given[0]).toMatchObject({
    rateLimit: expect.stringContaining(`"visitor";r=${limit - 1};`),
    ratePolicy: expect.stringContaining(`"visitor";q=${limit};w=60`),
  })
  expect(given.at(-1)).toMatchObject({ retryAfterSeconds: 3, ratePolicy: expect.stringContaining('"visitor"') })
  const server = { ...ask, keyId: SERVER, origin: null, visitor: 'named ab' }
  ledger.publish(policySource({ epoch: 2, keys: [...policySource().keys, serverKey()] }))
  expect(reason(ledger.admitAnswer(server, true, NOON))).toBe('rate_limited')
  expect(reason(ledger.admitAnswer({ ...server, visitor: 'named cd' }, true, NOON))).toBe('ok')
  expect(reason(ledger.admitAnswer(ask, true, NOON))).toBe('ok')
})

test('what a visitor is told of the limits is what they are counted by, as the limits are now', () => {
  const { ledger } = open(policySource({ limits: { answersPerDay: 5 } }))
  const policyNow = () => {
    const admission = ledger.admitAnswer(ask, true, NOON)
    return [admission.ratePolicy, admission.ok && admission.rateLimit]
  }
  expect(policyNow()).toEqual([
    '"day";q=5;w=86400, "network";q=30;w=60, "origin";q=600;w=60, "key";q=600;w=60',
    expect.stringMatching(/^"day";r=4;t=\d+, "network";r=29;t=2, "origin";r=599;t=1, "key";r=599;t=1$/),
  ])
  ledger.publish(policySource({ epoch: 2, limits: { answersPerDay: 1 } }))
  expect(policyNow()).toEqual([expect.stringContaining('"day";q=1;'), false])
})

test('identity that is enforced, and a signing key that is removed, stop the very next answer', () => {
  const { ledger } = open()
  const key = { ...newIdentityKey(), kid: null, algorithm: 'EdDSA' as const, publicKey: 'PEM' }
  const named = { ...ask, identityKeyId: key.id }
  const after = (epoch: number, visitors: NonNullable<PolicySource['visitors']>) => {
    ledger.publish(policySource({ epoch, visitors }))
    return [ask, named].map((each) => reason(ledger.admitAnswer(each, true, NOON)))
  }
  expect(after(2, { enforced: false, keys: [key] })).toEqual(['ok', 'ok'])
  expect(after(3, { enforced: true, keys: [key] })).toEqual(['token_missing', 'ok'])
  expect(after(4, { enforced: true, keys: [] })).toEqual(['token_missing', 'identity_key_removed'])
  expect(after(5, { enforced: false, keys: [{ ...key, ...newIdentityKey() }] })).toEqual(['ok', 'identity_key_removed'])
})

test('a key without the scope of answers gets none', () => {
  const [key] = policySource().keys
  if (!key) throw new Error('no key')
  const { ledger } = open(policySource({ keys: [{ ...key, scopes: ['config', 'search'] }] }))
  expect(reason(ledger.admitAnswer(ask, true, NOON))).toBe('scope_missing')
})

test('a signature opens for its own endpoint while the policy has it, without a key, and is counted as a key is', () => {
  const webhook = { id: `whe_${'0'.repeat(48)}` as EndpointId, kind: 'voice', provider: 'vapi', secrets: [] } as const
  const signed = { ...ask, keyId: null, origin: null, signedFor: { endpoint: webhook.id } }
  const { ledger } = open(policySource({ webhooks: [{ ...webhook, secrets: [] }] }))
  const given = Array.from({ length: ANSWER_RATES.key.limit + 1 }, () => reason(ledger.admitAnswer(signed, true, NOON)))
  expect([given[0], given.at(-2), given.at(-1)]).toEqual(['ok', 'ok', 'rate_limited'])
  expect(reason(open().ledger.admitAnswer(signed, true, NOON))).toBe('key_revoked')
  expect(reason(ledger.admitAnswer({ ...ask, keyId: null, origin: null }, true, NOON))).toBe('key_revoked')
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

test('what was spent for a month that had nothing left is given back to the day', () => {
  const { ledger } = open(policySource({ limits: { answersPerDay: 1 } }))
  const asked = { ...ask, requestId: crypto.randomUUID() }
  expect(reason(ledger.admitAnswer(asked, true, NOON))).toBe('ok')
  ledger.takeBack(asked, NOON)
  // As if it had never come: the same request is counted anew, and the day has its answer again.
  expect(ledger.admitAnswer(asked, true, NOON)).toMatchObject({ ok: true, rateLimit: expect.any(String) })
  expect(reason(ledger.admitAnswer(ask, true, NOON))).toBe('quota_exceeded')
})

test('a month has exactly its answers, begins anew on the first, UTC, and is read day by day', () => {
  const meter = openMeterLedger(sqlite())
  const lastDay = Date.UTC(2026, 1, 28, 23, 59, 30)
  expect(meter.spend(3, NOON - 200 * 86_400_000)).toEqual({ ok: true })
  const given = [Date.UTC(2026, 1, 1), lastDay - 86_400_000, lastDay, lastDay].map((at) => meter.spend(3, at))
  expect(given).toEqual([{ ok: true }, { ok: true }, { ok: true }, { ok: false, retryAfterSeconds: 30 }])
  expect(meter.read(lastDay)).toEqual({
    answers: 3,
    days: [
      { day: '2026-02-01', answers: 1 },
      { day: '2026-02-27', answers: 1 },
      { day: '2026-02-28', answers: 1 },
    ],
  })
  // Another plan counts at once; without a limit there is no end.
  expect(meter.spend(4, lastDay)).toEqual({ ok: true })
  expect(meter.spend(null, lastDay)).toEqual({ ok: true })
  expect(meter.spend(3, lastDay + 60_000)).toEqual({ ok: true })
  expect(meter.read(lastDay + 60_000).answers).toBe(1)
})

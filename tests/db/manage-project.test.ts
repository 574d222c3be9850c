import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createKey, listKeys, revokeKey, rotateKey } from '#edge/flows/manage-keys.ts'
import { readLimits, setLimits } from '#edge/flows/manage-limits.ts'
import { addRule, explain, listObserved, listRules, removeRule } from '#edge/flows/manage-origins.ts'
import { publishPendingPolicies } from '#edge/flows/publish-policy.ts'
import { findKey, keyState } from '#edge/rules/caller.ts'
import { newId } from '#shared/ids.ts'
import { createKeyVerifier } from '#shared/public-key.ts'
import { enter, openTestDatabase, random, type TestDatabase } from './database.ts'
import { type ManagedWorld, managed, NOW_MS, SECRETS } from './manage.ts'

let database: TestDatabase
let world: ManagedWorld
let uuid: string
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  const project = await database.newProject()
  uuid = project.uuid
  world = managed(database, project.projectId)
})

const at = (ms: number) => new Date(NOW_MS + ms).toISOString()
const value = <Value>(verdict: { ok: true; value: Value } | { ok: false; reason: string }): Value => {
  if (!verdict.ok) throw new Error(verdict.reason)
  return verdict.value
}
const rows = async (sql: string) => {
  const { asApp } = database
  return (await asApp.transaction([enter(asApp, uuid), asApp.query(sql)]))[1] ?? []
}
const epoch = async () => Number((await rows('select policy_epoch as epoch from projects'))[0]?.epoch)
const outbox = async () => (await rows('select epoch from policy_outbox order by 1')).map(({ epoch }) => Number(epoch))
/** What the guard would say of the key's text by the policy that was published. */
function judged(text: string, nowMs = NOW_MS): string {
  const parsed = createKeyVerifier(SECRETS)(text)
  if (!parsed.ok) return parsed.reason
  const found = findKey(world.policy(), parsed.value, text)
  return found === null ? 'key_unknown' : (keyState(found, nowMs) ?? 'in force')
}
const live = { label: 'Docs', environment: 'live', scopes: ['config', 'answers'] }

describe('rules', () => {
  test('one is saved in its normal form, listed and published', async () => {
    const added = value(await addRule(world.management, { rule: ' Bücher.example/ ', expiresAt: at(60_000) }))
    expect(added).toMatchObject({ rule: 'xn--bcher-kva.example', expiresAt: at(60_000), published: true })
    const { items } = value(await listRules(world.management))
    expect(items).toEqual([
      { id: added.id, rule: 'xn--bcher-kva.example', expiresAt: at(60_000), createdAt: expect.stringMatching(/Z$/) },
    ])
    expect(world.gate.published?.rules).toEqual([{ rule: 'xn--bcher-kva.example', expiresAtMs: NOW_MS + 60_000 }])
    expect(await outbox()).toEqual([])
  })

  test.each([
    ['*', undefined, 'rule_is_any'],
    ['https://example.com/path', undefined, 'path_not_allowed'],
    ['example.com', '2030-01-15T12:00:00Z', 'expiry_past'],
    ['example.com', '2031-01-01', 'expiry_invalid'],
    ['example.com', '2031-01-01T00:00:00', 'expiry_invalid'],
    ['example.com', '2031-13-01T00:00:00Z', 'expiry_invalid'],
  ])('%s until %s is refused as %s, and changes nothing', async (rule, expiresAt, reason) => {
    const before = await epoch()
    expect(await addRule(world.management, { rule, expiresAt })).toEqual({ ok: false, reason })
    expect([await epoch(), await outbox(), world.gate.published]).toEqual([before, [], null])
  })

  test('a duplicate is a conflict in either spelling, also for two at once, and raises no epoch', async () => {
    value(await addRule(world.management, { rule: 'example.com' }))
    const before = await epoch()
    for (const rule of ['EXAMPLE.com', 'https://example.com', 'https://example.com:443/'])
      expect(await addRule(world.management, { rule })).toEqual({ ok: false, reason: 'rule_duplicate' })
    expect(await epoch()).toBe(before)
    value(await addRule(world.management, { rule: 'https://app.example.com:8443' }))
    value(await addRule(world.management, { rule: 'https://app.example.com' }))
    const both = ['a.example.com', 'https://a.example.com'].map((rule) => addRule(world.management, { rule }))
    expect((await Promise.all(both)).filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('an expired rule admits nobody, and does not stand in the way of a new one', async () => {
    value(await addRule(world.management, { rule: 'preview.example.com', expiresAt: at(1000) }))
    const origin = 'https://preview.example.com'
    expect(await explain(world.management, { origin })).toMatchObject({ allowed: true })
    world.setNow(NOW_MS + 1000)
    expect(await explain(world.management, { origin })).toMatchObject({ allowed: false, reason: 'rule_expired' })
    value(await addRule(world.management, { rule: 'preview.example.com' }))
    expect(await explain(world.management, { origin })).toMatchObject({ allowed: true })
    expect(value(await listRules(world.management)).items).toHaveLength(1)
  })

  test('removing one is published; removing what is not there is told and raises no epoch', async () => {
    const { id } = value(await addRule(world.management, { rule: 'example.com' }))
    value(await removeRule(world.management, id))
    expect(world.gate.published?.rules).toEqual([])
    const before = await epoch()
    expect(await removeRule(world.management, id)).toEqual({ ok: false, reason: 'rule_unknown' })
    expect(await epoch()).toBe(before)
  })

  test('no more than ten thousand', async () => {
    await rows(`insert into origin_rules (project_id, id, rule)
      select '${uuid}', gen_random_uuid(), 'r' || n || '.example.com' from generate_series(1, 9999) n`)
    value(await addRule(world.management, { rule: 'last.example.com' }))
    expect(await addRule(world.management, { rule: 'one-more.example.com' })).toEqual({
      ok: false,
      reason: 'rules_full',
    })
  })

  test('observed origins come with what would allow them', async () => {
    value(await addRule(world.management, { rule: 'docs.example.com' }))
    const keyId = newId('key', random)
    world.gate.sightings.origins = [
      { keyId, origin: 'https://docs.example.com', admittedAtMs: NOW_MS - 1, refusedAtMs: null },
      { keyId, origin: 'https://new.example.com', admittedAtMs: null, refusedAtMs: NOW_MS },
      { keyId, origin: 'http://new.example.com', admittedAtMs: null, refusedAtMs: NOW_MS - 9 },
    ]
    const { items } = value(await listObserved(world.management))
    expect(items.map(({ origin, allowed, allowRule }) => [origin, allowed, allowRule])).toEqual([
      ['https://new.example.com', false, 'https://new.example.com'],
      ['https://docs.example.com', true, null],
      ['http://new.example.com', false, null],
    ])
    value(await addRule(world.management, { rule: items[0]?.allowRule ?? '' }))
    expect(value(await listObserved(world.management)).items[0]).toMatchObject({ allowed: true, allowRule: null })
  })
})

describe('keys', () => {
  test.each(['public', 'secret'])(
    'a new %s key is in force, stored nowhere, and given once unless it is public',
    async (kind) => {
      const { id, key, published } = value(await createKey(world.management, { ...live, kind, expiresAt: at(5000) }))
      expect([published, judged(key), judged(key, NOW_MS + 5000)]).toEqual([true, 'in force', 'key_expired'])
      const { items } = value(await listKeys(world.management))
      expect(items).toMatchObject([
        { id, kind, label: 'Docs', environment: 'live', scopes: ['config', 'answers'], state: 'active' },
      ])
      expect(items[0]?.key).toBe(kind === 'public' ? key : null)
      const listed = kind === 'public' ? null : items
      const stored = JSON.stringify([listed, await rows('select k::text from keys k'), world.gate.published])
      expect(stored).not.toContain(key)
      expect(stored).not.toContain(key.slice(-11))
    },
  )

  test.each([
    [{ label: ' ' }, 'label_invalid'],
    [{ label: 'a\ud800b' }, 'label_invalid'],
    [{ label: 'a\u0000b' }, 'label_invalid'],
    [{ label: 'x'.repeat(101) }, 'label_invalid'],
    [{ environment: 'prod' }, 'environment_invalid'],
    [{ scopes: [] }, 'scopes_invalid'],
    [{ scopes: ['answers', 'admin'] }, 'scopes_invalid'],
    [{ expiresAt: at(0) }, 'expiry_past'],
    [{ kind: 'root' }, 'kind_invalid'],
  ])('%j is refused as %s', async (change, reason) => {
    expect(await createKey(world.management, { ...live, ...change })).toEqual({ ok: false, reason })
    expect(await rows('select id from keys')).toEqual([])
  })

  test('rotation: the new key works beside the old, which ends with its grace', async () => {
    const old = value(await createKey(world.management, { ...live, expiresAt: at(90_000) }))
    const next = value(await rotateKey(world.management, old.id, { graceSeconds: 60 }))
    expect([judged(old.key), judged(next.key)]).toEqual(['in force', 'in force'])
    expect(judged(old.key, NOW_MS + 59_999)).toBe('in force')
    expect([judged(old.key, NOW_MS + 60_000), judged(next.key, NOW_MS + 60_000)]).toEqual(['key_revoked', 'in force'])
    const { items } = value(await listKeys(world.management))
    expect(items).toMatchObject([
      { id: old.id, state: 'grace', replacedBy: next.id, revokedAt: at(60_000) },
      { id: next.id, state: 'active', label: 'Docs', scopes: ['config', 'answers'], expiresAt: at(90_000) },
    ])
    expect(await outbox()).toEqual([])
  })

  test('rotation without grace revokes at once; the new key may be given an expiry of its own', async () => {
    const old = value(await createKey(world.management, { ...live, kind: 'secret', expiresAt: at(5000) }))
    const next = value(await rotateKey(world.management, old.id, { graceSeconds: 0, expiresAt: null }))
    expect([judged(old.key), judged(next.key), judged(next.key, NOW_MS + 5000)]).toEqual([
      'key_revoked',
      'in force',
      'in force',
    ])
  })

  test('only a key in force is rotated, and of two rotations at once one is', async () => {
    const { management } = world
    expect(await rotateKey(management, newId('key', random), { graceSeconds: 0 })).toMatchObject({
      reason: 'key_unknown',
    })
    for (const graceSeconds of [-1, 0.5, Number.NaN, 1e12])
      expect(await rotateKey(management, newId('key', random), { graceSeconds })).toMatchObject({
        reason: 'grace_invalid',
      })
    const { id } = value(await createKey(management, live))
    const rotations = await Promise.all([1, 2, 3].map(() => rotateKey(management, id, { graceSeconds: 60 })))
    expect(rotations.filter(({ ok }) => ok)).toHaveLength(1)
    expect(rotations.filter((each) => !each.ok && each.reason === 'key_not_active')).toHaveLength(2)
    expect(await rows('select id from keys')).toHaveLength(2)
    const short = value(await createKey(management, { ...live, expiresAt: at(1000) }))
    world.setNow(NOW_MS + 1000)
    expect(await rotateKey(management, short.id, { graceSeconds: 60 })).toMatchObject({ reason: 'key_not_active' })
  })

  test('revoking ends a key at once, also in its grace; again it is no error, and an unknown key is told', async () => {
    const { management } = world
    const old = value(await createKey(management, live))
    value(await rotateKey(management, old.id, { graceSeconds: 3600 }))
    value(await revokeKey(management, old.id))
    expect(judged(old.key)).toBe('key_revoked')
    const before = await epoch()
    expect(await revokeKey(management, old.id)).toMatchObject({ ok: true })
    expect(await epoch()).toBe(before)
    expect(await revokeKey(management, newId('key', random))).toEqual({ ok: false, reason: 'key_unknown' })
  })

  test('each key is listed with where it was seen, and the evidence for revoking it', async () => {
    const { id } = value(await createKey(world.management, live))
    const quiet = value(await createKey(world.management, live))
    const origin = 'https://docs.example.com'
    world.gate.sightings = {
      sinceMs: Date.UTC(2020),
      origins: [{ keyId: id, origin, admittedAtMs: NOW_MS - 7000, refusedAtMs: NOW_MS - 5000 }],
      keys: [{ keyId: id, usedAtMs: NOW_MS - 7000 }],
    }
    const { items } = value(await listKeys(world.management))
    expect(items[0]).toMatchObject({
      lastUsedAt: at(-7000),
      seenFrom: [{ origin, lastSeenAt: at(-5000), admitted: false }],
    })
    expect(items[1]).toMatchObject({ id: quiet.id, lastUsedAt: null, seenFrom: [], watchedSince: items[1]?.createdAt })
  })

  test('no more than a thousand', async () => {
    await rows(`insert into keys (project_id, id, kind, environment, body, scopes, label)
      select '${uuid}', gen_random_uuid(), 'public', 'live', 'b' || n, '{config}', 'L' from generate_series(1, 999) n`)
    const { id } = value(await createKey(world.management, live))
    expect(await createKey(world.management, live)).toEqual({ ok: false, reason: 'keys_full' })
    expect(await rotateKey(world.management, id, { graceSeconds: 0 })).toEqual({ ok: false, reason: 'keys_full' })
    const [count] = await rows('select count(*) as keys from keys where revoked_at is null')
    expect(Number(count?.keys)).toBe(1000)
  })
})

test('limits are read with their defaults, set, published, and given back; the same again raises no epoch', async () => {
  const { management } = world
  expect(await readLimits(management)).toEqual({ answersPerDay: 2000, defaults: { answersPerDay: 2000 } })
  value(await setLimits(management, { answersPerDay: 0 }))
  expect([(await readLimits(management)).answersPerDay, world.policy().limits.answersPerDay]).toEqual([0, 0])
  const before = await epoch()
  value(await setLimits(management, { answersPerDay: 0 }))
  expect(await epoch()).toBe(before)
  value(await setLimits(management, { answersPerDay: null }))
  expect([await epoch(), world.policy().limits.answersPerDay]).toEqual([before + 1, 2000])
  for (const answersPerDay of [-1, 1.5, Number.NaN, 1_000_001])
    expect(await setLimits(management, { answersPerDay })).toMatchObject({ ok: false })
})

describe('a crash between Postgres and the gate', () => {
  test('leaves the change saved and noted; the cron tells the gate', async () => {
    world.gate.down = true
    const added = value(await addRule(world.management, { rule: 'example.com' }))
    const key = value(await createKey(world.management, live))
    expect([added.published, key.published, world.gate.published]).toEqual([false, false, null])
    expect(await outbox()).toEqual([(await epoch()) - 1, await epoch()])
    world.gate.down = false
    await publishPendingPolicies(world.management.publishing)
    expect(world.gate.published?.rules).toMatchObject([{ rule: 'example.com' }])
    expect(judged(key.key)).toBe('in force')
    expect(await outbox()).toEqual([])
  })

  test('is repaired by the next change as well', async () => {
    world.gate.down = true
    const old = value(await createKey(world.management, live))
    value(await revokeKey(world.management, old.id))
    world.gate.down = false
    expect(value(await setLimits(world.management, { answersPerDay: 7 })).published).toBe(true)
    expect(judged(old.key)).toBe('key_revoked')
    expect(await outbox()).toEqual([])
  })

  test('changes at once each get an epoch of their own, and the gate ends with the last', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `r${n}.example.com`)
    const before = await epoch()
    await Promise.all(names.map((rule) => addRule(world.management, { rule })))
    expect(await epoch()).toBe(before + 8)
    expect(world.gate.published).toMatchObject({ epoch: before + 8 })
    expect(world.gate.published?.rules).toHaveLength(8)
  })
})

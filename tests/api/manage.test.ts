import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createKey, listKeys, revokeKey, rotateKey } from '#edge/flows/manage-keys.ts'
import { addRule, listObserved, listRules, removeRule } from '#edge/flows/manage-origins.ts'
import type { Management } from '#edge/flows/manage-project.ts'
import { type Harness, startHarness, type TestProject } from './harness.ts'

const DOCS = 'https://docs.example'
const NEW = 'https://new.example'
/** After so long the Worker's memory of a policy is not fresh any more. */
const STALE_MS = 5100

let harness: Harness
let project: TestProject
let management: Management

beforeAll(async () => {
  harness = await startHarness()
})
beforeEach(async () => {
  project = await harness.createProject({ rules: [DOCS] })
  management = project.management
})
afterAll(() => harness.close())

const value = <Value>(verdict: { ok: true; value: Value } | { ok: false; reason: string }): Value => {
  if (!verdict.ok) throw new Error(verdict.reason)
  return verdict.value
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
async function ask(path: string, key: string, origin: string): Promise<string> {
  const body = JSON.stringify({ question: 'How do I start?' })
  const init = path === '/v1/answers' ? { method: 'POST', body } : {}
  const answer = await fetch(`${harness.edge}${path}?key=${key}`, { ...init, headers: { Origin: origin } })
  const text = await answer.text()
  return answer.ok ? 'ok' : JSON.parse(text).code
}
const config = (origin: string, key = project.publicKey) => ask('/v1/config', key, origin)
const answer = (origin: string, key = project.publicKey) => ask('/v1/answers', key, origin)

async function eventually<Value>(read: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  for (let tries = 0; tries < 130; tries++) {
    const found = await read()
    if (holds(found)) return found
    await pause(100)
  }
  throw new Error(`not in 13 s: ${JSON.stringify(await read())}`)
}

test('who called is known within seconds, at the cost of no SQL, and a refused page is let in by one call', async () => {
  harness.database.reset()
  expect([await config(DOCS), await config(NEW)]).toEqual(['ok', 'origin_not_allowed'])
  expect(await config('https://forged.example', `${project.publicKey.slice(0, -3)}AAA`)).toBe('key_malformed')
  const { items } = await eventually(
    async () => value(await listObserved(management)),
    (observed) => observed.items.length === 2,
  )
  expect(harness.database.statements()).toBe(0)
  expect(items).toMatchObject([
    { origin: NEW, allowed: false, lastAdmittedAt: null, allowRule: NEW },
    { origin: DOCS, allowed: true, lastRefusedAt: null },
  ])
  const keys = value(await listKeys(management)).items
  expect(keys.find(({ label }) => label === 'Demo page')).toMatchObject({
    lastUsedAt: expect.any(String),
    seenFrom: [{ origin: NEW }, { origin: DOCS }],
  })
  expect(keys.find(({ label }) => label === 'Development')).toMatchObject({ lastUsedAt: null, seenFrom: [] })
  value(await addRule(management, { rule: items[0]?.allowRule ?? '' }))
  await pause(STALE_MS)
  expect(await config(NEW)).toBe('ok')
}, 60_000)

test('a new key answers at once; rotated without grace, the old one is refused on the very next answer', async () => {
  const made = value(await createKey(management, { label: 'New', environment: 'live', scopes: ['answers'] }))
  // The Worker never saw this project: nothing remembered stands between.
  expect(await answer(DOCS, made.key)).toBe('ok')
  const next = value(await rotateKey(management, made.id, { graceSeconds: 0 }))
  expect(await answer(DOCS, made.key)).toBe('key_revoked')
  await pause(STALE_MS)
  expect(await answer(DOCS, next.key)).toBe('ok')
  value(await revokeKey(management, next.id))
  expect(await answer(DOCS, next.key)).toBe('key_revoked')
}, 60_000)

test('a removed domain is refused, and one that is allowed again answered, on the very next question', async () => {
  expect(await answer(DOCS)).toBe('ok')
  const [rule] = value(await listRules(management)).items
  if (!rule) throw new Error('no rule')
  value(await removeRule(management, rule.id))
  expect(await answer(DOCS)).toBe('origin_not_allowed')
  value(await addRule(management, { rule: DOCS }))
  expect(await answer(DOCS)).toBe('ok')
}, 60_000)

import { expect, test } from 'vitest'
import { FLUSH_MS, SIGHTING_BOUNDS, type SightingBatch } from '#edge/rules/sighting.ts'
import { createSighter } from '#edge/stores/sighter.ts'
import { newId } from '#shared/ids.ts'
import { KEY, PROJECT, random } from './policy-source.ts'

const ORIGIN = 'https://docs.example.com'
const BOUNDS = SIGHTING_BOUNDS.isolate

/** An isolate whose clock stands until the test moves it, before a gate that can fail. */
function isolate() {
  const state = {
    now: 1_000_000,
    down: false,
    told: [] as SightingBatch[],
    sleeps: [] as { until: number; wake(): void }[],
  }
  const sighter = createSighter({
    record: async (batch) => {
      if (state.down) throw new Error('the gate is down')
      state.told.push(batch)
    },
    nowMs: () => state.now,
    sleep: (ms) => new Promise((wake) => state.sleeps.push({ until: state.now + ms, wake })),
    log: { info: () => {}, error: () => {} },
  })
  let last: Promise<void> = Promise.resolve()
  const note = (origin: string | null, admitted = true, projectId = PROJECT, keyId = KEY) => {
    const telling = sighter.note(projectId, keyId, origin, admitted, state.now)
    if (telling !== null) last = telling
    return telling
  }
  const pass = async (ms: number) => {
    state.now += ms
    const due = state.sleeps.filter(({ until }) => until <= state.now)
    state.sleeps = state.sleeps.filter(({ until }) => until > state.now)
    for (const { wake } of due) wake()
    if (due.length > 0) await last
  }
  return { state, note, pass, settled: () => last }
}

test('the first caller is told at once, those after it together ten seconds later', async () => {
  const { state, note, pass, settled } = isolate()
  note(ORIGIN)
  await settled()
  expect(state.told).toEqual([
    {
      projectId: PROJECT,
      origins: [{ keyId: KEY, origin: ORIGIN, admittedAtMs: 1_000_000, refusedAtMs: null }],
      keys: [{ keyId: KEY, usedAtMs: 1_000_000 }],
    },
  ])
  state.now += 1000
  expect(note('https://evil.example', false)).not.toBeNull()
  for (let n = 0; n < 1000; n++) expect(note(ORIGIN)).toBeNull()
  await pass(FLUSH_MS - 1001)
  expect(state.told).toHaveLength(1)
  await pass(1)
  expect(state.told).toHaveLength(2)
  expect(state.told[1]?.origins).toEqual([
    { keyId: KEY, origin: 'https://evil.example', admittedAtMs: null, refusedAtMs: 1_001_000 },
    { keyId: KEY, origin: ORIGIN, admittedAtMs: 1_001_000, refusedAtMs: null },
  ])
})

test('a million made-up origins take the room of a few, tell the gate no oftener, and drive out no page and no key', async () => {
  const { state, note, pass, settled } = isolate()
  note(null)
  await settled()
  let tellings = 0
  for (let n = 0; n < 1_000_000; n++) if (note(`https://${n}.evil.example`, false) !== null) tellings += 1
  note(ORIGIN)
  await pass(FLUSH_MS)
  expect(tellings).toBe(1)
  const [, batch] = state.told
  expect(batch?.origins).toHaveLength(BOUNDS.refused + 1)
  expect(batch?.origins.at(-1)).toMatchObject({ origin: ORIGIN })
  expect(batch?.keys).toEqual([{ keyId: KEY, usedAtMs: 1_000_000 }])
})

test('an origin that the list admits is no way round: those have their bound too, and so have all projects together', async () => {
  const { state, note, pass } = isolate()
  note(ORIGIN)
  for (let n = 0; n < 500; n++) note(`https://${n}.example.com`)
  for (let p = 0; p < BOUNDS.projects + 100; p++) {
    const projectId = newId('project', random)
    for (let n = 0; n < 20; n++) note(`https://${n}.example.com`, true, projectId)
  }
  await pass(FLUSH_MS)
  expect(state.told[1]?.origins).toHaveLength(BOUNDS.admitted)
  expect(state.told.slice(1)).toHaveLength(BOUNDS.projects)
  expect(state.told.slice(1).flatMap(({ origins }) => origins)).toHaveLength(BOUNDS.origins)
  expect(state.told.slice(1).every(({ keys }) => keys.length === 1)).toBe(true)
})

test('a gate that cannot be reached fails no request, and is told the next time', async () => {
  const { state, note, pass, settled } = isolate()
  state.down = true
  note(ORIGIN)
  await expect(settled()).resolves.toBeUndefined()
  state.down = false
  state.now += 5000
  note('https://evil.example', false)
  await pass(FLUSH_MS)
  expect(state.told.flatMap(({ origins }) => origins.map(({ origin }) => origin))).toEqual([
    ORIGIN,
    'https://evil.example',
  ])
  expect(state.told[0]?.keys).toEqual([{ keyId: KEY, usedAtMs: 1_000_000 }])
})

test('a telling that died with its request is begun anew by a later one', async () => {
  const { state, note, settled } = isolate()
  note(ORIGIN)
  await settled()
  state.now += 1000
  expect(note(ORIGIN)).not.toBeNull()
  state.sleeps = []
  state.now += FLUSH_MS
  expect(note(ORIGIN)).toBeNull()
  state.now += 5000
  expect(note(ORIGIN)).not.toBeNull()
  await settled()
  expect(state.told).toHaveLength(2)
})

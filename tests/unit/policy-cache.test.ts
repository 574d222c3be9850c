import { expect, test } from 'vitest'
import type { PolicySource } from '#edge/rules/policy.ts'
import type { PolicyReading } from '#edge/stores/gate-ledger.ts'
import { createPolicyCache } from '#edge/stores/policy-cache.ts'
import { idFromBytes } from '#shared/ids.ts'
import { PROJECT, policySource } from './policy-source.ts'

/** A gate whose answers, clock and health the test decides. */
function world(source: PolicySource | null = policySource(), capacity = 100) {
  const state = { nowMs: 1_000_000, source, reachable: true, asked: 0, slow: null as Promise<void> | null }
  const policies = createPolicyCache({
    nowMs: () => state.nowMs,
    outageMs: 300_000,
    capacity,
    async readPolicy(_, knownEpoch): Promise<PolicyReading> {
      state.asked += 1
      const { source: current, reachable } = state
      if (state.slow) await state.slow
      if (!reachable) throw new Error('no gate')
      if (current === null) return { kind: 'none' }
      return current.epoch === knownEpoch ? { kind: 'same' } : { kind: 'policy', source: current }
    },
  })
  return { state, current: async () => policies.current(PROJECT), policies }
}

test('within five seconds memory answers alone, and the gate is asked once', async () => {
  const { state, current } = world()
  expect((await current())?.epoch).toBe(1)
  state.nowMs += 4999
  expect((await current())?.epoch).toBe(1)
  expect(state.asked).toBe(1)
})

test('after five seconds a change is seen by the next request', async () => {
  const { state, current } = world()
  await current()
  state.source = policySource({ epoch: 2, rules: [] })
  state.nowMs += 5000
  expect((await current())?.epoch).toBe(2)
})

test('an unchanged policy is not compiled again', async () => {
  const { state, current } = world()
  const first = await current()
  state.nowMs += 5000
  expect(await current()).toBe(first)
  expect(state.asked).toBe(2)
})

test('while one request refreshes, others are answered from memory, but not beyond thirty seconds', async () => {
  const { state, current } = world()
  await current()
  let release = () => {}
  state.slow = new Promise((resolve) => (release = resolve))
  state.nowMs += 5000
  const refreshing = current()
  expect((await current())?.epoch).toBe(1)
  expect(state.asked).toBe(2)
  // The next one asks again after a second: the first may have died with its request.
  state.nowMs += 1000
  const second = current()
  expect(state.asked).toBe(3)
  state.nowMs += 24_000
  const third = current()
  expect(state.asked).toBe(4)
  release()
  expect(await Promise.all([refreshing, second, third])).toHaveLength(3)
})

test('an unreachable gate is bridged with the last policy for the configured time, then refused', async () => {
  const { state, current } = world()
  await current()
  state.reachable = false
  state.nowMs += 299_999
  expect((await current())?.epoch).toBe(1)
  state.nowMs += 1000
  await expect(current()).rejects.toMatchObject({ name: 'GateUnavailable' })
  state.reachable = true
  expect((await current())?.epoch).toBe(1)
})

test('during an outage the gate is tried once a second, not by every request', async () => {
  const { state, current } = world()
  await current()
  state.reachable = false
  state.nowMs += 60_000
  for (let request = 0; request < 50; request++) await current()
  expect(state.asked).toBe(2)
  state.nowMs += 1000
  await current()
  expect(state.asked).toBe(3)
})

test('without a policy nobody is admitted: an unreachable gate is an error, an unpublished project is null', async () => {
  const unreachable = world()
  unreachable.state.reachable = false
  await expect(unreachable.current()).rejects.toMatchObject({ name: 'GateUnavailable' })
  const unpublished = world(null)
  expect(await unpublished.current()).toBeNull()
})

test('an unknown project is remembered for two seconds only', async () => {
  const { state, current } = world(null)
  await current()
  state.nowMs += 1999
  expect(await current()).toBeNull()
  expect(state.asked).toBe(1)
  state.source = policySource()
  state.nowMs += 1
  expect((await current())?.epoch).toBe(1)
})

test('a project that was deleted stops being known, even though memory still had it', async () => {
  const { state, current } = world()
  await current()
  state.source = null
  state.nowMs += 5000
  expect(await current()).toBeNull()
})

test('memory is bounded: the least recently used policies go', async () => {
  const { state, policies } = world(policySource(), 10)
  const ids = Array.from({ length: 50 }, (_, index) => idFromBytes('project', new Uint8Array(16).fill(index)))
  for (const id of ids) await policies.current(id)
  expect(state.asked).toBe(50)
  await policies.current(ids[49] ?? PROJECT)
  expect(state.asked).toBe(50)
  await policies.current(ids[0] ?? PROJECT)
  expect(state.asked).toBe(51)
})

test('two isolates with different epochs meet at the newer one', async () => {
  const first = world()
  const second = world()
  await first.current()
  second.state.source = policySource({ epoch: 2 })
  expect((await second.current())?.epoch).toBe(2)
  expect((await first.current())?.epoch).toBe(1)
  first.state.source = policySource({ epoch: 2 })
  first.state.nowMs += 5000
  expect((await first.current())?.epoch).toBe(2)
})

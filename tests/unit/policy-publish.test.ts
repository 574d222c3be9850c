import { expect, test } from 'vitest'
import { publishPendingPolicies, publishPolicy } from '#edge/flows/publish-policy.ts'
import type { PolicySource } from '#edge/rules/policy.ts'
import { idFromBytes, type ProjectId } from '#shared/ids.ts'
import { PROJECT, policySource } from './policy-source.ts'

const OTHER = idFromBytes('project', new Uint8Array(16).fill(9))

/** Postgres with its outbox and the gates, each of which can fail at a call of the test's choice. */
function world() {
  const state = {
    sources: new Map<ProjectId, PolicySource>([[PROJECT, policySource({ epoch: 2 })]]),
    outbox: [
      { projectId: PROJECT, epoch: 1 },
      { projectId: PROJECT, epoch: 2 },
    ],
    gates: new Map<ProjectId, number>(),
    crashAt: '',
  }
  const step = (name: string) => {
    if (state.crashAt === name) throw new Error(`crashed at ${name}`)
  }
  const publishing = {
    records: {
      async loadPolicySource(projectId: ProjectId) {
        step('load')
        return state.sources.get(projectId) ?? null
      },
      async pendingPolicies() {
        return [...new Set(state.outbox.map(({ projectId }) => projectId))]
      },
      async policyPublished(projectId: ProjectId, epoch: number) {
        step('forget')
        state.outbox = state.outbox.filter((row) => row.projectId !== projectId || row.epoch > epoch)
      },
    },
    async publish(source: PolicySource) {
      step('gate')
      if (source.projectId === OTHER) throw new Error('this gate is down')
      state.gates.set(source.projectId, source.epoch)
    },
  }
  return { state, publishing }
}

test('publishing tells the gate what Postgres says, and then forgets every epoch up to it', async () => {
  const { state, publishing } = world()
  await publishPolicy(publishing, PROJECT)
  expect(state.gates.get(PROJECT)).toBe(2)
  expect(state.outbox).toEqual([])
})

test.each(['load', 'gate', 'forget'])(
  'a crash at "%s" leaves the work to the cron, which finishes it',
  async (crashAt) => {
    const { state, publishing } = world()
    state.crashAt = crashAt
    await expect(publishPolicy(publishing, PROJECT)).rejects.toThrow(crashAt)
    expect(state.outbox).toHaveLength(2)
    state.crashAt = ''
    expect(await publishPendingPolicies(publishing)).toEqual({ done: 1, failed: 0 })
    expect(state.gates.get(PROJECT)).toBe(2)
    expect(state.outbox).toEqual([])
  },
)

test('a change made while an older one is published stays in the outbox', async () => {
  const { state, publishing } = world()
  const publish = publishing.publish
  publishing.publish = async (source) => {
    await publish(source)
    state.outbox.push({ projectId: PROJECT, epoch: 3 })
  }
  await publishPolicy(publishing, PROJECT)
  expect(state.outbox).toEqual([{ projectId: PROJECT, epoch: 3 }])
})

test('one gate that is down does not hold up the others', async () => {
  const { state, publishing } = world()
  state.outbox.unshift({ projectId: OTHER, epoch: 1 })
  state.sources.set(OTHER, policySource({ projectId: OTHER }))
  expect(await publishPendingPolicies(publishing)).toEqual({ done: 1, failed: 1 })
  expect(state.gates.get(PROJECT)).toBe(2)
  expect(state.outbox).toEqual([{ projectId: OTHER, epoch: 1 }])
})

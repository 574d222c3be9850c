import { createProjectSettings } from '#edge/db/settings.ts'
import { createSystemDb } from '#edge/db/system.ts'
import type { Management } from '#edge/flows/manage-project.ts'
import { compilePolicy, type Policy, type PolicySource } from '#edge/rules/policy.ts'
import type { Sightings } from '#edge/rules/sighting.ts'
import type { ProjectId } from '#shared/ids.ts'
import { random, type TestDatabase } from './database.ts'

export const NOW_MS = Date.UTC(2030, 0, 15, 12)
export const SECRETS = new Map([['a', new Uint8Array(32).fill(3)]])

/** Managing a project of the test's database, before a gate that can fail, with a clock that stands. */
export interface ManagedWorld {
  management: Management
  /** What the gate was told last. */
  gate: { published: PolicySource | null; down: boolean; sightings: Sightings }
  policy(): Policy
  setNow(nowMs: number): void
}

export function managed(database: TestDatabase, projectId: ProjectId): ManagedWorld {
  const gate: ManagedWorld['gate'] = {
    published: null,
    down: false,
    sightings: { sinceMs: 0, origins: [], keys: [] },
  }
  let now = NOW_MS
  const management: Management = {
    projectId,
    settings: createProjectSettings(database.app, projectId),
    publishing: {
      records: createSystemDb(database.app),
      publish: async (source) => {
        if (gate.down) throw new Error('the gate is down')
        if (source.epoch > (gate.published?.epoch ?? 0)) gate.published = source
      },
    },
    readSightings: async () => gate.sightings,
    checksumSecrets: SECRETS,
    log: { info: () => {}, error: () => {} },
    random,
    nowMs: () => now,
  }
  return {
    management,
    gate,
    setNow: (nowMs) => {
      now = nowMs
    },
    policy: () => {
      if (gate.published === null) throw new Error('nothing was published')
      return compilePolicy(gate.published)
    },
  }
}

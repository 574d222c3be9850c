import type { KeyId, ProjectId } from '#shared/ids.ts'
import type { Log } from '../log.ts'
import type { Sighter } from '../ports.ts'
import { FLUSH_MS, later, SIGHTING_BOUNDS, type Sighting, type SightingBatch } from '../rules/sighting.ts'

export interface SighterOptions {
  /** Tells the project's gate; rejects when it cannot be reached. */
  record(batch: SightingBatch): Promise<void>
  nowMs(): number
  sleep(ms: number): Promise<void>
  log: Log
}

interface Tally {
  /** By key and origin. */
  origins: Map<string, Sighting>
  admitted: number
  refused: number
  keys: Map<KeyId, number>
}

/** A telling this late was lost with the request that was to do it. */
const LOST_MS = 5000

const BOUNDS = SIGHTING_BOUNDS.isolate

/**
 * What this isolate saw since it last told the gates. Bounded whatever strangers make up: origins that do not fit are
 * not kept, and take no room from what tells that a key is in use. The first sighting is told at once, so that a rare caller is not lost with its
 * isolate; those after it together, ten seconds later.
 */
export function createSighter({ record, nowMs, sleep, log }: SighterOptions): Sighter {
  const memory = createTallies()
  let toldAtMs = Number.NEGATIVE_INFINITY
  let dueAtMs: number | null = null

  const tell = async (waitMs: number) => {
    if (waitMs > 0) await sleep(waitMs)
    toldAtMs = nowMs()
    dueAtMs = null
    const batches = memory.take()
    const told = await Promise.allSettled(batches.map((batch) => record(batch)))
    const lost = batches.filter((_, index) => told[index]?.status === 'rejected')
    for (const batch of lost) memory.putBack(batch)
    if (lost.length > 0) log.error('sightings_untold', { projects: lost.length })
  }

  return {
    note(projectId, keyId, origin, admitted, now) {
      memory.add(projectId, keyId, origin, admitted ? now : null, admitted ? null : now)
      if (dueAtMs !== null && now < dueAtMs + LOST_MS) return null
      const waitMs = Math.max(0, toldAtMs + FLUSH_MS - now)
      dueAtMs = now + waitMs
      return tell(waitMs)
    },
  }
}

function createTallies() {
  const tallies = new Map<ProjectId, Tally>()
  let origins = 0

  const add = (
    projectId: ProjectId,
    keyId: KeyId,
    origin: string | null,
    admittedAtMs: number | null,
    refusedAtMs: number | null,
  ) => {
    const tally = tallies.get(projectId) ?? open(projectId)
    if (tally === null) return
    if (admittedAtMs !== null) use(tally, keyId, admittedAtMs)
    const id = `${keyId} ${origin ?? ''}`
    const known = tally.origins.get(id)
    if (known !== undefined) {
      known.admittedAtMs = later(known.admittedAtMs, admittedAtMs)
      known.refusedAtMs = later(known.refusedAtMs, refusedAtMs)
      return
    }
    const kind = admittedAtMs === null ? 'refused' : 'admitted'
    if (origins >= BOUNDS.origins || tally[kind] >= BOUNDS[kind]) return
    origins += 1
    tally[kind] += 1
    tally.origins.set(id, { keyId, origin, admittedAtMs, refusedAtMs })
  }

  const open = (projectId: ProjectId): Tally | null => {
    if (tallies.size >= BOUNDS.projects) return null
    const tally: Tally = { origins: new Map(), admitted: 0, refused: 0, keys: new Map() }
    tallies.set(projectId, tally)
    return tally
  }

  return {
    add,
    take(): SightingBatch[] {
      const batches = [...tallies].map(([projectId, tally]) => ({
        projectId,
        origins: [...tally.origins.values()],
        keys: [...tally.keys].map(([keyId, usedAtMs]) => ({ keyId, usedAtMs })),
      }))
      tallies.clear()
      origins = 0
      return batches
    },
    putBack(batch: SightingBatch): void {
      for (const { keyId, origin, admittedAtMs, refusedAtMs } of batch.origins)
        add(batch.projectId, keyId, origin, admittedAtMs, refusedAtMs)
      const tally = tallies.get(batch.projectId)
      if (tally) for (const { keyId, usedAtMs } of batch.keys) use(tally, keyId, usedAtMs)
    },
  }
}

function use(tally: Tally, keyId: KeyId, usedAtMs: number): void {
  const known = tally.keys.get(keyId)
  if (known === undefined && tally.keys.size >= BOUNDS.keys) return
  if (known === undefined || known < usedAtMs) tally.keys.set(keyId, usedAtMs)
}

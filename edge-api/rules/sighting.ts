import type { KeyId, ProjectId } from '#shared/ids.ts'
import type { Placed, Position } from './page.ts'

/** Who called, as the guard saw it. Times are milliseconds since the epoch. */
export interface Sighting {
  keyId: KeyId
  /** As the browser sent it; null for a secret key's server. */
  origin: string | null
  /** When the list last admitted, and when it last refused, this origin with this key. */
  admittedAtMs: number | null
  refusedAtMs: number | null
}

/** What one isolate has seen of one project since it last told the gate. */
export interface SightingBatch {
  projectId: ProjectId
  origins: Sighting[]
  /** Every key that was used from an admitted origin or a server, whatever became of the request. */
  keys: { keyId: KeyId; usedAtMs: number }[]
}

/** What the gate has kept. */
export interface Sightings {
  /** Since when the gate writes down: silence is evidence from then on. */
  sinceMs: number
  /** The latest first; of the oldest, those beyond the gate's bound are forgotten. */
  origins: Sighting[]
  keys: { keyId: KeyId; usedAtMs: number }[]
}

/** How much an isolate keeps until it tells the gate, and the gate for good. */
export const SIGHTING_BOUNDS = {
  /** Per project, but for the first two. A stranger can make up origins, so those that were refused have a bound of their own. */
  isolate: { projects: 1000, origins: 5000, admitted: 100, refused: 40, keys: 100 },
  gate: { admitted: 1000, refused: 500, keys: 2000 },
} as const

/** An isolate tells the gates at most this often. */
export const FLUSH_MS = 10_000

/** Sightings of one origin under several keys, as one. */
export interface ObservedOrigin {
  origin: string
  lastAtMs: number
  admittedAtMs: number | null
  refusedAtMs: number | null
  keyIds: KeyId[]
}

/** The latest first, after a page's beginning. One that is seen again meanwhile moves to the front. */
export function observedAfter(sightings: readonly Sighting[], after: Position | null): Placed<ObservedOrigin>[] {
  return observedOrigins(sightings)
    .filter(
      ({ lastAtMs, origin }) => after === null || lastAtMs < after.at || (lastAtMs === after.at && origin > after.id),
    )
    .map((item) => ({ item, position: { at: item.lastAtMs, id: item.origin } }))
}

export function observedOrigins(sightings: readonly Sighting[]): ObservedOrigin[] {
  const found = new Map<string, ObservedOrigin>()
  for (const { origin, keyId, admittedAtMs, refusedAtMs } of sightings) {
    if (origin === null) continue
    const known = found.get(origin)
    const admitted = later(known?.admittedAtMs ?? null, admittedAtMs)
    const refused = later(known?.refusedAtMs ?? null, refusedAtMs)
    found.set(origin, {
      origin,
      lastAtMs: later(admitted, refused) ?? 0,
      admittedAtMs: admitted,
      refusedAtMs: refused,
      keyIds: [...(known?.keyIds ?? []), keyId],
    })
  }
  return [...found.values()].sort(
    (left, right) => right.lastAtMs - left.lastAtMs || (left.origin < right.origin ? -1 : 1),
  )
}

export function later(left: number | null, right: number | null): number | null {
  return left === null ? right : right === null ? left : Math.max(left, right)
}

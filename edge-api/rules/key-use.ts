import type { ProjectKey } from './settings.ts'
import type { Sightings } from './sighting.ts'

/** What was seen of a key. Sightings reach the gate within seconds, and those of an isolate that dies are lost. */
export interface KeyUse {
  /** From where it was used or tried, the latest first; the origin is null for servers. */
  seenFrom: { origin: string | null; lastSeenAt: string; admitted: boolean }[]
  /** When a page that the list admits, or a server, last used it; null: not since `watchedSince`. */
  lastUsedAt: string | null
  /** From when on a use would have been seen: no traffic is evidence only from here on. */
  watchedSince: string
}

/**
 * The evidence for revoking a key: no use since `lastUsedAt`, or none since `watchedSince`. A page that is refused does not
 * count as use: revoking takes nothing away from it.
 */
export function keyUse(key: ProjectKey, { sinceMs, origins, keys }: Sightings): KeyUse {
  const usedAtMs = keys.find(({ keyId }) => keyId === key.id)?.usedAtMs ?? null
  const seenFrom = origins
    .filter(({ keyId }) => keyId === key.id)
    .map(({ origin, admittedAtMs, refusedAtMs }) => ({
      origin,
      lastSeenAt: iso(Math.max(admittedAtMs ?? 0, refusedAtMs ?? 0)),
      // A change of the list lies between the two when there are both: the later one says how it is now.
      admitted: (admittedAtMs ?? 0) >= (refusedAtMs ?? 0),
    }))
  return {
    seenFrom,
    lastUsedAt: usedAtMs === null ? null : iso(usedAtMs),
    watchedSince: iso(Math.max(sinceMs, Date.parse(key.createdAt))),
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}

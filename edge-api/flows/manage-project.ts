import type { ProjectId, Random } from '#shared/ids.ts'
import type { ChecksumSecrets } from '#shared/public-key.ts'
import type { ProjectSettings } from '../db/settings.ts'
import type { Log } from '../log.ts'
import type { Sightings } from '../rules/sighting.ts'
import { type PolicyPublishing, publishChange } from './publish-policy.ts'

/** What managing one project needs. Whoever opens it has asked already whether this person may. */
export interface Management {
  projectId: ProjectId
  settings: ProjectSettings
  publishing: PolicyPublishing
  /** Rejects with `GateUnavailable`. */
  readSightings(projectId: ProjectId): Promise<Sightings>
  checksumSecrets: ChecksumSecrets
  log: Log
  random: Random
  nowMs(): number
}

/** `published: false`: the change is saved, but the gate could not be told yet; the cron will. */
export interface Change {
  published: boolean
}

export async function tellGate({ publishing, projectId, log }: Management): Promise<Change> {
  return { published: await publishChange(publishing, projectId, log) }
}

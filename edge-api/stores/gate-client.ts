import type { ProjectId } from '#shared/ids.ts'
import { GateUnavailable } from '../errors.ts'
import type { AnswerGate } from '../ports.ts'
import type { PolicySource } from '../rules/policy.ts'
import type { SightingBatch, Sightings } from '../rules/sighting.ts'
import type { PolicyReading } from './gate-ledger.ts'
import type { ProjectGate } from './project-gate.ts'

/** The gates of all projects, as the Worker reaches them. */
export interface GateClient extends AnswerGate {
  readPolicy(projectId: ProjectId, knownEpoch: number | null): Promise<PolicyReading>
  publish(source: PolicySource): Promise<boolean>
  recordSightings(batch: SightingBatch): Promise<void>
  readSightings(projectId: ProjectId): Promise<Sightings>
}

/** `counted: false` is for a developer's machine with limits switched off. */
export function createGateClient(namespace: DurableObjectNamespace<ProjectGate>, counted: boolean): GateClient {
  const gate = (projectId: ProjectId) => namespace.getByName(projectId)
  return {
    readPolicy: (projectId, knownEpoch) => reached(() => gate(projectId).readPolicy(knownEpoch)),
    publish: (source) => reached(() => gate(source.projectId).publish(source)),
    recordSightings: (batch) => reached(() => gate(batch.projectId).recordSightings(batch)),
    readSightings: (projectId) => reached(() => gate(projectId).readSightings()),
    async admitAnswer(input) {
      try {
        return await gate(input.projectId).admitAnswer(input, counted)
      } catch {
        return { ok: false, reason: 'unavailable', retryAfterSeconds: 5 }
      }
    },
  }
}

async function reached<Value>(call: () => Promise<unknown>): Promise<Value> {
  try {
    // RPC wraps what it returns in types of its own; what arrives is the plain JSON that was sent.
    return (await call()) as Value
  } catch (error) {
    throw new GateUnavailable('the gate cannot be reached', { cause: error })
  }
}

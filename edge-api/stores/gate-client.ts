import type { OrganizationId, ProjectId } from '#shared/ids.ts'
import type { UnpaidPlan } from '#shared/plans.ts'
import type { CommonEnv } from '../env.ts'
import { GateUnavailable } from '../errors.ts'
import type { AnswerGate } from '../ports.ts'
import type { PolicySource } from '../rules/policy.ts'
import type { SightingBatch, Sightings } from '../rules/sighting.ts'
import type { Usage } from '../rules/usage.ts'
import type { PolicyReading } from './gate-ledger.ts'

/** The gates of all projects, as the Worker reaches them. */
export interface GateClient extends AnswerGate {
  readPolicy(projectId: ProjectId, knownEpoch: number | null): Promise<PolicyReading>
  publish(source: PolicySource): Promise<boolean>
  recordSightings(batch: SightingBatch): Promise<void>
  readSightings(projectId: ProjectId): Promise<Sightings>
  /** Answers of this UTC month, of all projects of the organization. */
  readUsage(organizationId: OrganizationId): Promise<Usage>
}

export interface GateOptions {
  /** False is for a developer's machine with limits switched off. */
  counted: boolean
  /** What holds for an organization that never had a subscription. */
  unpaidPlan: UnpaidPlan
}

export function createGateClient(env: Pick<CommonEnv, 'GATE' | 'METER'>, options: GateOptions): GateClient {
  const gate = (projectId: ProjectId) => env.GATE.getByName(projectId)
  return {
    readPolicy: (projectId, knownEpoch) => reached(() => gate(projectId).readPolicy(knownEpoch)),
    publish: (source) => reached(() => gate(source.projectId).publish(source)),
    recordSightings: (batch) => reached(() => gate(batch.projectId).recordSightings(batch)),
    readSightings: (projectId) => reached(() => gate(projectId).readSightings()),
    readUsage: (organizationId) => reached(() => env.METER.getByName(organizationId).read()),
    async admitAnswer(input) {
      try {
        return await gate(input.projectId).admitAnswer(input, options)
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

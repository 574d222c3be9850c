import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import type { AdmitAnswer, AnswerAdmission } from '../ports.ts'
import type { PolicySource } from '../rules/policy.ts'
import type { SightingBatch, Sightings } from '../rules/sighting.ts'
import { type GateLedger, openGateLedger, type PolicyReading } from './gate-ledger.ts'
import { openSightingLedger, type SightingLedger } from './sighting-ledger.ts'

/**
 * One per project, named by its id: the one place in the world where the project's policy is current and its answers are
 * counted. Single-threaded with synchronous SQLite, so a count cannot be raced.
 */
export class ProjectGate extends DurableObject {
  readonly #ledger: GateLedger
  readonly #sightings: SightingLedger

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#ledger = openGateLedger(state.storage.sql, (bytes) => crypto.getRandomValues(bytes))
    this.#sightings = openSightingLedger(state.storage.sql, Date.now())
  }

  publish(source: PolicySource): boolean {
    return this.#ledger.publish(source)
  }

  readPolicy(knownEpoch: number | null): PolicyReading {
    return this.#ledger.readPolicy(knownEpoch)
  }

  /** `counted` is false only on a developer's machine that switched limits off. */
  admitAnswer(input: AdmitAnswer, counted: boolean): AnswerAdmission {
    return this.#ledger.admitAnswer(input, counted, Date.now())
  }

  recordSightings(batch: SightingBatch): void {
    this.#sightings.record(batch)
  }

  readSightings(): Sightings {
    return this.#sightings.read()
  }
}

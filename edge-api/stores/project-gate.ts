import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import type { AdmitAnswer, AnswerAdmission } from '../ports.ts'
import type { PolicySource } from '../rules/policy.ts'
import { type GateLedger, openGateLedger, type PolicyReading } from './gate-ledger.ts'

/**
 * One per project, named by its id: the one place in the world where the project's policy is current and its answers are
 * counted. Single-threaded with synchronous SQLite, so a count cannot be raced.
 */
export class ProjectGate extends DurableObject {
  readonly #ledger: GateLedger

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#ledger = openGateLedger(state.storage.sql, (bytes) => crypto.getRandomValues(bytes))
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
}

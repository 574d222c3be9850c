import { DurableObject } from 'cloudflare:workers'
import { PLANS } from '#shared/plans.ts'
import type { Env } from '../env.ts'
import type { AdmitAnswer, AnswerAdmission } from '../ports.ts'
import type { PolicySource } from '../rules/policy.ts'
import type { SightingBatch, Sightings } from '../rules/sighting.ts'
import { planInForce } from '../rules/standing.ts'
import type { GateOptions } from './gate-client.ts'
import { type GateLedger, openGateLedger, type PolicyReading } from './gate-ledger.ts'
import type { Spending } from './meter-ledger.ts'
import { openSightingLedger, type SightingLedger } from './sighting-ledger.ts'

/**
 * One per project, named by its id: the one place in the world where the project's policy is current and its answers are
 * counted. Single-threaded with synchronous SQLite, so a count cannot be raced. The month's answers are the organization's: its
 * meter counts them.
 */
export class ProjectGate extends DurableObject<Env> {
  readonly #ledger: GateLedger
  readonly #sightings: SightingLedger
  /** Admissions that wait for the meter, by their `requestId`: the same one again waits for what becomes of the first. */
  readonly #waiting = new Map<string, Promise<unknown>>()

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

  async admitAnswer(input: AdmitAnswer, { counted, unpaidPlan }: GateOptions): Promise<AnswerAdmission> {
    while (input.requestId !== null && this.#waiting.has(input.requestId)) await this.#waiting.get(input.requestId)
    const nowMs = Date.now()
    const admission = this.#ledger.admitAnswer(input, counted, nowMs)
    const billing = this.#ledger.billing()
    // What spends nothing of the day spends nothing of the month: a refusal, or a request that comes again.
    if (!admission.ok || admission.rateLimit === null || billing === null) return admission
    const limit = PLANS[planInForce(billing.entitlement, unpaidPlan, nowMs)].limits.answersPerMonth
    const spending = this.env.METER.getByName(billing.organizationId).spend(limit)
    if (limit === null) {
      // Counted for the owner's eyes only: nobody waits for it, and nobody is refused where it fails.
      this.ctx.waitUntil(spending.catch(() => {}))
      return admission
    }
    return this.#judge(input, admission, spending, nowMs)
  }

  async #judge(
    input: AdmitAnswer,
    admission: AnswerAdmission,
    spending: Promise<Spending>,
    nowMs: number,
  ): Promise<AnswerAdmission> {
    const { requestId } = input
    const settled = spending.catch((): null => null)
    if (requestId !== null) this.#waiting.set(requestId, settled)
    const spent = await settled
    if (requestId !== null) this.#waiting.delete(requestId)
    if (spent?.ok) return admission
    this.#ledger.takeBack(input, nowMs)
    const { ratePolicy = '' } = admission
    if (spent === null) return { ok: false, reason: 'unavailable', retryAfterSeconds: 5, ratePolicy }
    return { ok: false, reason: 'quota_exceeded', retryAfterSeconds: spent.retryAfterSeconds, ratePolicy }
  }

  recordSightings(batch: SightingBatch): void {
    this.#sightings.record(batch)
  }

  readSightings(): Sightings {
    return this.#sightings.read()
  }
}

import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import type { Usage } from '../rules/usage.ts'
import { type MeterLedger, openMeterLedger, type Spending } from './meter-ledger.ts'

/**
 * One per organization, named by its id: counts the answers of all its projects, so that the month of a plan has exactly as many
 * as it says. Reached by the projects' gates only, and read by the billing page.
 */
export class OrganizationMeter extends DurableObject<Env> {
  readonly #ledger: MeterLedger

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#ledger = openMeterLedger(state.storage.sql)
  }

  spend(limit: number | null): Spending {
    return this.#ledger.spend(limit, Date.now())
  }

  read(): Usage {
    return this.#ledger.read(Date.now())
  }
}

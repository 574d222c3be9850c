import {
  HOLDINGS,
  type Holding,
  hasRoom,
  overLimit,
  PLANS,
  type PlanLimits,
  type PlanName,
  type UnpaidPlan,
} from '#shared/plans.ts'
import { planInForce, type Standing } from './standing.ts'
import type { Usage } from './usage.ts'

/** What an owner is shown. Times are ISO 8601 in UTC. */
export interface BillingView {
  /** That holds now. */
  plan: PlanName
  limits: PlanLimits
  /** What was paid for, and how that stands; null: there was never a subscription. */
  subscription: {
    plan: Standing['plan']
    /** `lapsed`: the days of grace are over. */
    state: Standing['state'] | 'lapsed'
    /** From then on, or since then, the free plan holds; null: until told otherwise. */
    until: string | null
    periodEnd: string
    cancelAt: string | null
  } | null
  /** Of this UTC month. */
  usage: Usage & { resetsAt: string }
  /** Of documents, in the project that has most. */
  held: Record<Holding, number>
  /** What there is more of than the plan holds: it stays, and nothing is added to it. */
  overLimit: Holding[]
  /** What nothing can be added to. */
  full: Holding[]
  /** Whether plans are sold here at all. */
  payment: boolean
  /** Whether there is a portal with invoices. */
  isCustomer: boolean
}

export interface BillingState {
  standing: Standing | null
  unpaidPlan: UnpaidPlan
  usage: Usage
  held: Record<Holding, number>
  payment: boolean
  isCustomer: boolean
}

export function billingView(state: BillingState, nowMs: number): BillingView {
  const { standing, usage, held, payment, isCustomer } = state
  const plan = planInForce(standing, state.unpaidPlan, nowMs)
  const now = new Date(nowMs)
  const resetsAt = isoOf(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1))
  return {
    plan,
    limits: PLANS[plan].limits,
    subscription: standing === null ? null : subscriptionView(standing, nowMs),
    usage: { ...usage, resetsAt },
    held,
    overLimit: overLimit(plan, held).map(({ holding }) => holding),
    full: HOLDINGS.filter((holding) => !hasRoom(plan, holding, held[holding])),
    payment,
    isCustomer,
  }
}

function subscriptionView(
  { plan, state, untilMs, periodEndMs, cancelAtMs }: Standing,
  nowMs: number,
): BillingView['subscription'] {
  return {
    plan,
    state: state === 'grace' && untilMs !== null && nowMs >= untilMs ? 'lapsed' : state,
    until: untilMs === null ? null : isoOf(untilMs),
    periodEnd: isoOf(periodEndMs),
    cancelAt: cancelAtMs === null ? null : isoOf(cancelAtMs),
  }
}

const isoOf = (atMs: number) => new Date(atMs).toISOString()

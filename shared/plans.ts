/**
 * What each plan holds, as data. A limit that is null is none; nothing is counted beyond a plan and charged for: what a plan does
 * not hold is refused.
 */
export const PAID_PLANS = ['pro', 'business'] as const
export type PaidPlan = (typeof PAID_PLANS)[number]

/** `local`: where no payment is configured, everything there is. `free`: where it is, what needs no subscription. */
export const PLAN_NAMES = ['local', 'free', ...PAID_PLANS] as const
export type PlanName = (typeof PLAN_NAMES)[number]
/** What holds without a subscription. */
export type UnpaidPlan = Exclude<PlanName, PaidPlan>

export interface PlanLimits {
  /** In one UTC calendar month, of all projects of the organization together. */
  answersPerMonth: number | null
  projects: number | null
  /** Members, and invitations that wait. */
  seats: number | null
  /** In one project. */
  documents: number | null
}

export interface Plan {
  title: string
  /** What it costs in US cents a month, for display: the price that is charged is the payment provider's. */
  centsPerMonth: number
  limits: PlanLimits
}

export const PLANS: Readonly<Record<PlanName, Plan>> = {
  local: {
    title: 'Local',
    centsPerMonth: 0,
    limits: { answersPerMonth: null, projects: null, seats: null, documents: null },
  },
  free: {
    title: 'Free',
    centsPerMonth: 0,
    limits: { answersPerMonth: 200, projects: 1, seats: 2, documents: 100 },
  },
  pro: {
    title: 'Pro',
    centsPerMonth: 4900,
    limits: { answersPerMonth: 5000, projects: 5, seats: 10, documents: 2000 },
  },
  business: {
    title: 'Business',
    centsPerMonth: 24_900,
    limits: { answersPerMonth: 50_000, projects: 25, seats: 50, documents: 20_000 },
  },
}

/** A payment that failed is tried again by the provider; for so long the plan goes on meanwhile. */
export const GRACE_DAYS = 7

/** What is held, as opposed to used up. */
export type Holding = Exclude<keyof PlanLimits, 'answersPerMonth'>
export const HOLDINGS = ['projects', 'seats', 'documents'] as const satisfies Holding[]

/** May `more` be added to the `held`? What is there already stays, however much it is. */
export function hasRoom(plan: PlanName, holding: Holding, held: number, more = 1): boolean {
  const limit = PLANS[plan].limits[holding]
  return limit === null || held + more <= limit
}

/** What of the `held` a plan would not hold: it stays and can be read, and nothing is added to it. */
export function overLimit(plan: PlanName, held: Record<Holding, number>): { holding: Holding; limit: number }[] {
  return HOLDINGS.flatMap((holding) => {
    const limit = PLANS[plan].limits[holding]
    return limit !== null && held[holding] > limit ? [{ holding, limit }] : []
  })
}

const NOUNS: Record<Holding, [one: string, many: string, where: string]> = {
  projects: ['project', 'projects', ''],
  seats: ['seat', 'seats', ', invitations that wait included'],
  documents: ['document', 'documents', ' in each project'],
}

/** For whoever is refused: what the plan holds, and what to do. */
export function fullSentence(plan: PlanName, holding: Holding): string {
  const { title, limits } = PLANS[plan]
  const [one, many, where] = NOUNS[holding]
  const limit = limits[holding] ?? 0
  const count = `${limit.toLocaleString('en-US')} ${limit === 1 ? one : many}`
  return `The ${title} plan holds ${count}${where}. Choose a larger plan, or take one away first.`
}

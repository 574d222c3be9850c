import { type PaidPlan, PLANS, type PlanName } from '#shared/plans.ts'
import type { AnswerOf } from './calls.ts'

export type Billing = AnswerOf<'GET /api/billing'>

/** What an owner has to know of how the subscription stands; null where there is nothing to say. */
export interface Standing {
  kind: 'info' | 'warning' | 'good'
  title: string
  words: string
}

const date = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' })
export const dayOf = (at: string) => date.format(Date.parse(at))

export function standingInWords({ plan, payment, subscription }: Billing): Standing | null {
  if (plan === 'local') return localInWords(payment)
  if (subscription === null) return null
  const { title } = PLANS[subscription.plan]
  const until = subscription.until === null ? '' : dayOf(subscription.until)
  const kept =
    'Nothing was deleted: what is there can be read and goes on, and the Free plan’s limits hold for what is new.'
  switch (subscription.state) {
    case 'grace':
      return {
        ...{ kind: 'warning', title: 'A payment has failed' },
        words: `The ${title} plan goes on until ${until}. Pay what is open, or change the card, under “Invoices and payment”.`,
      }
    case 'lapsed':
      return { kind: 'warning', title: 'A payment is missing', words: `The ${title} plan ended on ${until}. ${kept}` }
    case 'ended':
      return { kind: 'info', title: `The ${title} plan has ended`, words: kept }
    case 'refunded':
      return { kind: 'info', title: 'The last payment was paid back', words: kept }
    case 'paused':
      return { kind: 'info', title: `The ${title} plan is paused`, words: kept }
    case 'active':
      if (subscription.cancelAt === null) return null
      return {
        ...{ kind: 'info', title: `The ${title} plan ends on ${dayOf(subscription.cancelAt)}` },
        words: 'From then on the Free plan’s limits hold. You can take that back under “Invoices and payment”.',
      }
  }
}

function localInWords(payment: boolean): Standing {
  const words = payment
    ? 'Nobody is charged on this machine: a stand-in takes Stripe’s place. Choose a plan to see what it does.'
    : 'No payment is set up here, so nothing is sold and nothing is limited.'
  return { kind: 'info', title: 'This runs on the local plan, without limits', words }
}

/** What can be done about a plan: bought here, or changed in the portal by whoever has a subscription. */
export function offerOf(
  { plan: current, payment, subscription }: Billing,
  plan: PlanName,
): 'current' | 'buy' | 'portal' | null {
  const isRunning = subscription !== null && subscription.state !== 'ended'
  if (isRunning ? plan === subscription.plan : plan === current) return 'current'
  if (!payment || plan === 'local') return null
  if (isRunning) return 'portal'
  return plan === 'free' ? null : 'buy'
}

/** “$49”; US dollars, as Stripe charges. */
export const price = (plan: PlanName) => `$${(PLANS[plan].centsPerMonth / 100).toLocaleString('en')}`

export const isPaid = (plan: PlanName): plan is PaidPlan => plan === 'pro' || plan === 'business'

/** Every day of the month so far, those without answers too. */
export function daysOfMonth({ days, resetsAt }: Billing['usage'], nowMs: number): { day: string; answers: number }[] {
  const answers = new Map(days.map((one) => [one.day, one.answers]))
  const end = new Date(Date.parse(resetsAt))
  const [year, month] = [end.getUTCFullYear(), end.getUTCMonth() - 1]
  const last = Math.round((Date.UTC(year, month + 1) - Date.UTC(year, month)) / 86_400_000)
  const today = new Date(nowMs).toISOString().slice(0, 10)
  return Array.from({ length: last }, (_, index) =>
    new Date(Date.UTC(year, month, index + 1)).toISOString().slice(0, 10),
  )
    .filter((day) => day <= today)
    .map((day) => ({ day, answers: answers.get(day) ?? 0 }))
}

import * as z from 'zod'
import { HOLDINGS, PAID_PLANS, PLAN_NAMES } from '#shared/plans.ts'
import { checkoutBody } from '../routes/billing.ts'
import { answer, type Operations, time } from './operation.ts'

const count = z.int().nonnegative()
const limit = count.nullable().describe('Null: no limit.')
const holding = z.enum(HOLDINGS)
const url = answer({ url: z.url().describe('Where the browser is to go on.') })

const subscription = answer({
  ...{ plan: z.enum(PAID_PLANS), state: z.enum(['active', 'grace', 'lapsed', 'ended', 'refunded', 'paused']) },
  until: time.nullable().describe('From then on the free plan holds; null: until told otherwise.'),
  ...{ periodEnd: time, cancelAt: time.nullable() },
})

export const BILLING: Operations = {
  'GET /api/billing': {
    tag: 'Billing',
    summary: 'Plan, limits, and what of them is used; owners only',
    answers: {
      200: answer({
        plan: z.enum(PLAN_NAMES).describe('That holds now.'),
        limits: answer({ answersPerMonth: limit, projects: limit, seats: limit, documents: limit }),
        subscription: subscription.nullable().describe('Null: there was never one.'),
        usage: answer({
          answers: count.describe('Of this UTC month, of all projects.'),
          days: z.array(answer({ day: z.iso.date(), answers: count })),
          resetsAt: time,
        }),
        held: answer({ projects: count, seats: count, documents: count.describe('In the project that has most.') }),
        overLimit: z.array(holding).describe('Of these there is more than the plan holds; it stays.'),
        full: z.array(holding).describe('To these nothing can be added.'),
        payment: z.boolean().describe('Whether plans are sold here.'),
        isCustomer: z.boolean().describe('Whether there is a portal.'),
      }),
    },
  },
  'POST /api/billing/checkout': {
    tag: 'Billing',
    summary: 'The address of a page where a plan is paid for',
    about:
      'Whoever has a subscription changes it in the portal: here the answer is `conflict`, with `reason` `subscribed`.',
    body: checkoutBody,
    answers: { 200: url },
    refusals: ['body_invalid', 'conflict', 'proof_required', 'unavailable'],
  },
  'POST /api/billing/portal': {
    tag: 'Billing',
    summary: 'The address of a page with invoices, card and subscription',
    answers: { 200: url },
    refusals: ['conflict', 'proof_required', 'unavailable'],
  },
}

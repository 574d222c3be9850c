import { expect, test } from 'vitest'
import { type Billing, daysOfMonth, offerOf, standingInWords } from '#dashboard/billing-words.ts'
import { billingView } from '#edge/rules/billing-view.ts'
import type { Standing } from '#edge/rules/standing.ts'
import type { UnpaidPlan } from '#shared/plans.ts'

const NOW = Date.UTC(2026, 1, 3, 12)
const DAY_MS = 86_400_000
const usage = { answers: 5, days: [{ day: '2026-02-02', answers: 5 }] }

function view(standing: Partial<Standing> | null, unpaidPlan: UnpaidPlan = 'free', payment = true): Billing {
  const full: Standing | null = standing && {
    ...{ plan: 'pro', state: 'active', untilMs: null, periodEndMs: NOW + 20 * DAY_MS, cancelAtMs: null },
    ...standing,
  }
  const held = { projects: 3, seats: 2, documents: 99 }
  return billingView({ standing: full, unpaidPlan, usage, held, payment, isCustomer: full !== null }, NOW)
}

test.each<[string, Billing, RegExp | null]>([
  ['no subscription', view(null), null],
  ['a plan in good order', view({}), null],
  ['nothing sold', view(null, 'local', false), /local plan.*No payment is set up/],
  ['a rehearsal', view(null, 'local'), /local plan.*stand-in/],
  ['notice given', view({ cancelAtMs: NOW + DAY_MS }), /Pro plan ends on February 4, 2026/],
  ['grace', view({ state: 'grace', untilMs: NOW + DAY_MS }), /payment has failed.*until February 4, 2026/],
  [
    'grace that is over',
    view({ state: 'grace', untilMs: NOW }),
    /payment is missing.*ended on February 3.*Nothing was deleted/,
  ],
  ['an end', view({ state: 'ended', untilMs: NOW }), /Pro plan has ended.*Nothing was deleted/],
  ['money back', view({ state: 'refunded', untilMs: NOW }), /paid back/],
  ['a pause', view({ state: 'paused', untilMs: NOW }), /paused/],
])('%s is told to owners', (_, billing, expected) => {
  const standing = standingInWords(billing)
  if (expected === null) expect(standing).toBeNull()
  else expect(`${standing?.title} ${standing?.words}`).toMatch(expected)
})

test('what the plan does not hold is named', () => {
  expect(view(null)).toMatchObject({ plan: 'free', overLimit: ['projects'], full: ['projects', 'seats'] })
  expect(view({})).toMatchObject({ plan: 'pro', overLimit: [], full: [] })
  expect(view({ state: 'grace', untilMs: NOW })).toMatchObject({ plan: 'free', subscription: { state: 'lapsed' } })
})

test.each<[string, Billing, (string | null)[]]>([
  ['on the free plan', view(null), ['current', 'buy', 'buy']],
  ['on a paid plan', view({}), ['portal', 'current', 'portal']],
  ['whose payment is missing', view({ state: 'grace', untilMs: NOW }), ['portal', 'current', 'portal']],
  ['after an end', view({ state: 'ended', untilMs: NOW }), ['current', 'buy', 'buy']],
  ['where nothing is sold', view(null, 'local', false), [null, null, null]],
])('whoever is %s is offered what they can do', (_, billing, offers) => {
  expect((['free', 'pro', 'business'] as const).map((plan) => offerOf(billing, plan))).toEqual(offers)
})

test('the chart has each day of the month so far', () => {
  const { usage: shown } = view(null)
  expect(daysOfMonth(shown, NOW)).toEqual([
    ...[
      { day: '2026-02-01', answers: 0 },
      { day: '2026-02-02', answers: 5 },
      { day: '2026-02-03', answers: 0 },
    ],
  ])
  expect(daysOfMonth(shown, NOW + 26 * DAY_MS)).toHaveLength(28)
})

import { expect, test } from 'vitest'
import { fullSentence, HOLDINGS, hasRoom, overLimit, PAID_PLANS, PLAN_NAMES, PLANS } from '#shared/plans.ts'

test('each plan holds more than the one before it, and costs more', () => {
  const [free, ...paid] = ['free' as const, ...PAID_PLANS].map((name) => PLANS[name])
  let before = free
  for (const plan of paid) {
    expect(plan.centsPerMonth).toBeGreaterThan(before?.centsPerMonth ?? 0)
    for (const name of ['answersPerMonth', ...HOLDINGS] as const)
      expect(plan.limits[name]).toBeGreaterThan(before?.limits[name] ?? 0)
    before = plan
  }
})

test('the local plan knows no limit', () => {
  expect(Object.values(PLANS.local.limits).every((limit) => limit === null)).toBe(true)
  expect(hasRoom('local', 'documents', 1e9)).toBe(true)
  expect(overLimit('local', { projects: 1e6, seats: 1e6, documents: 1e6 })).toEqual([])
})

test('there is room up to the limit, and for nothing beyond it', () => {
  expect([hasRoom('free', 'documents', 99), hasRoom('free', 'documents', 100)]).toEqual([true, false])
  expect([hasRoom('free', 'documents', 90, 10), hasRoom('free', 'documents', 90, 11)]).toEqual([true, false])
  // After a downgrade there is more than the plan holds.
  expect(hasRoom('free', 'projects', 7, 0)).toBe(false)
})

test('what a downgrade leaves over the limit is named, and nothing else', () => {
  expect(overLimit('free', { projects: 3, seats: 2, documents: 101 })).toEqual([
    { holding: 'projects', limit: 1 },
    { holding: 'documents', limit: 100 },
  ])
})

test('whoever is refused is told what the plan holds', () => {
  expect(fullSentence('free', 'projects')).toBe(
    'The Free plan holds 1 project. Choose a larger plan, or take one away first.',
  )
  expect(fullSentence('pro', 'documents')).toBe(
    'The Pro plan holds 2,000 documents in each project. Choose a larger plan, or take one away first.',
  )
  for (const plan of PLAN_NAMES) for (const holding of HOLDINGS) expect(fullSentence(plan, holding)).toMatch(/\.$/)
})

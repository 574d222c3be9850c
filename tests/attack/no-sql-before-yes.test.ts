import { expect, test } from 'vitest'
import { runCases } from './no-sql-before-yes-run.ts'

/** Another one each month would find more; one that stays makes a failure mean a change of ours. */
const SEED = 20_260_601

test('of 5,000 generated requests each gets the answer that the contract promises, and a refused one touches no database', async () => {
  const { outcomes, withSql } = await runCases(SEED, 5000)
  console.log(
    `seed ${SEED}: ${withSql} of 5000 reached the database; ${[...outcomes].map(([name, count]) => `${name} ${count}`).join(', ')}`,
  )
  // Every check was reached, or this proof would prove nothing about it.
  expect([...outcomes.keys()].sort()).toEqual(
    [
      '200',
      '204',
      'body_invalid',
      'body_too_large',
      'key_expired',
      'key_malformed',
      'key_missing',
      'key_revoked',
      'key_unknown',
      'media_type_unsupported',
      'method_not_allowed',
      'not_found',
      'origin_malformed',
      'origin_missing',
      'origin_not_allowed',
      'quota_exceeded',
      'rate_limited',
      'scope_missing',
      'unavailable',
    ].sort(),
  )
  expect(withSql).toBeGreaterThan(500)
}, 60_000)

test.each([
  ['knows one rule too many', { extraRules: ['*.acme.example'] }, 'expected 403 origin_not_allowed'],
  ['looks something up before it knows the caller', { looksUpEarly: true }, 'calls of the database, expected never'],
  ['does not believe its counters', { ignoresCounters: true }, 'expected 429 rate_limited'],
])(
  'the proof notices a guard that %s',
  async (_, sabotage, complaint) => {
    const failed = await runCases(SEED, 5000, sabotage).catch((error: Error) => error)
    expect(failed).toMatchObject({ cause: { message: expect.stringContaining(complaint) } })
  },
  60_000,
)

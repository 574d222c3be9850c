import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAccountDb, type Throttled } from '#edge/db/account.ts'
import { ACCOUNT_RULE, NETWORK_RULE } from '#edge/rules/throttle.ts'
import { openTestDatabase, sha256, type TestDatabase } from './database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.asOwner.query('delete from throttles'))

const of = (name: string, change: Partial<Throttled> = {}): Throttled => ({
  ...{ subject: sha256(name), rule: ACCOUNT_RULE, counted: true },
  ...change,
})
const attempt = (...throttled: Throttled[]) => createAccountDb(database.app).countAttempt(throttled)
const pass = (seconds: number) =>
  database.asOwner.query(`update throttles set last_failed_at = last_failed_at - make_interval(secs => $1)`, [seconds])
const stored = async (name: string) => {
  const [row] = await database.asOwner.query('select failures from throttles where subject = $1', [
    `\\x${Buffer.from(sha256(name)).toString('hex')}`,
  ])
  return row?.failures ?? null
}

describe('attempts', () => {
  test('are free five times; then they wait, longer each time, for at most a quarter of an hour', async () => {
    const waits: number[] = []
    for (let count = 0; count < 12; count++) {
      while ((await attempt(of('a'))) > 0) throw new Error('held')
      const wait = await attempt(of('a', { counted: false }))
      waits.push(Math.round(wait / 60))
      await pass(wait)
    }
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15])
  })

  test('that are held count for nothing, or whoever keeps trying would hold the owner out for good', async () => {
    for (let count = 0; count < 5; count++) await attempt(of('a'))
    const wait = await attempt(of('a'))
    expect(wait).toBeGreaterThan(55)
    for (let count = 0; count < 10; count++) await attempt(of('a'), of('b'))
    expect(await attempt(of('a'))).toBeLessThanOrEqual(wait)
    expect([await stored('a'), await stored('b')]).toEqual([5, 0])
  })

  test('at the same time are judged one after the other', async () => {
    const waits = await Promise.all(Array.from({ length: 40 }, () => attempt(of('a'))))
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5)
  })

  test('on something that is only asked wait for it and do not count on it', async () => {
    const network = of('n', { rule: NETWORK_RULE })
    for (let count = 0; count < 19; count++) await attempt(network)
    const asked = { ...network, counted: false }
    expect(await attempt(of('a'), asked)).toBe(0)
    expect(await stored('n')).toBe(19)
    await attempt(network)
    expect(await attempt(of('a'), asked)).toBeGreaterThan(55)
    expect(await stored('a')).toBe(1)
  })

  test('are forgotten a day after the last of them, of a network an hour after', async () => {
    for (let count = 0; count < 5; count++)
      await Promise.all([attempt(of('a')), attempt(of('n', { rule: NETWORK_RULE }))])
    await pass(60 * 60 + 1)
    await Promise.all([attempt(of('a')), attempt(of('n', { rule: NETWORK_RULE }))])
    expect([await stored('a'), await stored('n')]).toEqual([6, 1])
    await pass(24 * 60 * 60 + 1)
    await attempt(of('a'))
    expect(await stored('a')).toBe(1)
  })

  test('wait no longer than a quarter of an hour, also when the clock was set back', async () => {
    for (let count = 0; count < 5; count++) await attempt(of('a'))
    await pass(-24 * 60 * 60)
    expect(await attempt(of('a'))).toBe(900)
  })

  test('let a patient guesser try fewer than a hundred and ten a day', async () => {
    let guesses = 0
    for (let second = 0; second < 24 * 60 * 60; guesses++) {
      const wait = await attempt(of('a'))
      if (wait > 0) guesses--
      second += wait
      await pass(wait)
    }
    expect(guesses).toBeLessThan(110)
    expect(guesses).toBeGreaterThan(90)
  })
})

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { networkOf } from '#edge/rules/network.ts'
import { ANSWER_RATES, CHEAP_RATES, rateLimitPolicy, secondsToNextDay, spend, utcDay } from '#edge/rules/rate.ts'

const RATE = { name: 'key', limit: 3, seconds: 60 }

function spendAll(rate: typeof RATE, timesMs: number[]): boolean[] {
  let fullAtMs: number | null = null
  return timesMs.map((nowMs) => {
    const spending = spend(rate, fullAtMs, nowMs)
    if (spending.ok) fullAtMs = spending.spent.fullAtMs
    return spending.ok
  })
}

test('a full bucket gives its whole limit at once, and then one for each share of the period', () => {
  expect(spendAll(RATE, [0, 0, 0, 0])).toEqual([true, true, true, false])
  expect(spendAll(RATE, [0, 0, 0, 19_999])).toEqual([true, true, true, false])
  expect(spendAll(RATE, [0, 0, 0, 20_000, 20_000])).toEqual([true, true, true, true, false])
  expect(spendAll(RATE, [0, 0, 0, 60_000, 60_000, 60_000, 60_000])).toEqual([true, true, true, true, true, true, false])
})

test('what remains and when to come back are told', () => {
  expect(spend(RATE, null, 1000)).toEqual({ ok: true, spent: { fullAtMs: 21_000, remaining: 2, resetSeconds: 20 } })
  expect(spend(RATE, 61_000, 1000)).toEqual({ ok: false, retryAfterSeconds: 20 })
})

test('waiting for as long as was said is enough', () => {
  for (const rate of Object.values(ANSWER_RATES)) {
    let fullAtMs: number | null = null
    for (let used = 0; used < rate.limit; used++) {
      const spending = spend(rate, fullAtMs, 5000)
      fullAtMs = spending.ok ? spending.spent.fullAtMs : null
    }
    const refused = spend(rate, fullAtMs, 5000)
    expect(refused.ok).toBe(false)
    if (!refused.ok) expect(spend(rate, fullAtMs, 5000 + refused.retryAfterSeconds * 1000).ok).toBe(true)
  }
})

test('a clock that went back an hour locks nobody out for longer than one period', () => {
  const spending = spend(RATE, 3_600_000, 0)
  expect(spending.ok ? 0 : spending.retryAfterSeconds).toBeLessThanOrEqual(60)
})

test('in any window of one period no more than twice the limit is given, and in the long run no more than the rate', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30_000), { maxLength: 200 }), (gaps) => {
      let nowMs = 0
      const times = gaps.map((gap) => (nowMs += gap))
      const given = spendAll(RATE, times).filter(Boolean).length
      expect(given).toBeLessThanOrEqual(RATE.limit + Math.ceil((nowMs / 60_000) * RATE.limit))
    }),
    { seed: 3 },
  )
})

test('days are counted in UTC', () => {
  const noon = Date.UTC(2026, 5, 1, 12)
  expect(utcDay(noon)).toBe(utcDay(noon + 11 * 3_600_000))
  expect(utcDay(noon + 12 * 3_600_000)).toBe(utcDay(noon) + 1)
  expect(secondsToNextDay(noon)).toBe(12 * 3600)
})

test('the RateLimit-Policy header names each rate', () => {
  expect(rateLimitPolicy([RATE, CHEAP_RATES.network])).toBe('"key";q=3;w=60, "network";q=300;w=60')
})

test('the Workers count by the numbers that callers are told', () => {
  const toml = ['wrangler.toml', 'edge-api/app-worker.toml']
    .map((path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))
    .join('\n')
  for (const { name, limit, seconds } of Object.values(CHEAP_RATES)) {
    const bindings = [...toml.matchAll(new RegExp(`name = "RATE_${name.toUpperCase()}"\\n.*\\nsimple = (.*)`, 'g'))]
    expect(bindings.map(([, simple]) => simple)).toEqual(Array(2).fill(`{ limit = ${limit}, period = ${seconds} }`))
  }
})

test.each([
  ['203.0.113.7', '203.0.113'],
  ['203.0.113.250', '203.0.113'],
  ['::ffff:203.0.113.7', '203.0.113'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:0001:2::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  [null, 'unknown'],
  ['', 'unknown'],
])('%s is counted as the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

import { describe, expect, test } from 'vitest'
import {
  ACCOUNT_RULE,
  afterFailure,
  holdMs,
  judgeAttempt,
  NETWORK_RULE,
  type Throttle,
  throttleKeys,
} from '#edge/rules/throttle.ts'

const MINUTE = 60_000
const NOW = Date.UTC(2026, 0, 1)

function failing(times: number, rule = ACCOUNT_RULE): Throttle | null {
  let throttle: Throttle | null = null
  for (let count = 0; count < times; count++) throttle = afterFailure(rule, throttle, NOW)
  return throttle
}

describe('wrong passwords', () => {
  test('hold the next attempt from the fifth on, longer each time, for at most a quarter of an hour', () => {
    const minutes = [0, 1, 4, 5, 6, 7, 8, 9, 10, 100, 5000].map((failures) => holdMs(ACCOUNT_RULE, failures) / MINUTE)
    expect(minutes).toEqual([0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15])
  })

  test('four are free, the fifth holds for a minute to the millisecond', () => {
    expect(judgeAttempt(ACCOUNT_RULE, null, NOW)).toEqual({ ok: true })
    expect(judgeAttempt(ACCOUNT_RULE, failing(4), NOW)).toEqual({ ok: true })
    expect(judgeAttempt(ACCOUNT_RULE, failing(5), NOW)).toEqual({ ok: false, reason: 'held', retryAfterSeconds: 60 })
    expect(judgeAttempt(ACCOUNT_RULE, failing(5), NOW + MINUTE - 1)).toEqual({
      ok: false,
      reason: 'held',
      retryAfterSeconds: 1,
    })
    expect(judgeAttempt(ACCOUNT_RULE, failing(5), NOW + MINUTE)).toEqual({ ok: true })
  })

  test('never hold anybody for longer than a quarter of an hour, also when the clock is set back', () => {
    for (const failures of [5, 9, 50, 1_000_000]) {
      const throttle = { failures, lastFailedAtMs: NOW }
      expect(judgeAttempt(ACCOUNT_RULE, throttle, NOW + 15 * MINUTE)).toEqual({ ok: true })
      const early = judgeAttempt(ACCOUNT_RULE, throttle, NOW - 24 * 60 * MINUTE)
      expect(early.ok ? 0 : early.retryAfterSeconds).toBeLessThanOrEqual(15 * 60)
    }
  })

  test('are forgotten a day after the last of them', () => {
    const throttle = failing(50)
    expect(afterFailure(ACCOUNT_RULE, throttle, NOW + 24 * 60 * MINUTE - 1).failures).toBe(51)
    expect(afterFailure(ACCOUNT_RULE, throttle, NOW + 24 * 60 * MINUTE).failures).toBe(1)
  })

  test('let a patient guesser try fewer than a hundred and ten a day', () => {
    let throttle: Throttle | null = null
    let guesses = 0
    for (let atMs = NOW; atMs < NOW + 24 * 60 * MINUTE; atMs += 1000) {
      if (!judgeAttempt(ACCOUNT_RULE, throttle, atMs).ok) continue
      throttle = afterFailure(ACCOUNT_RULE, throttle, atMs)
      guesses += 1
    }
    expect(guesses).toBeLessThan(110)
    expect(guesses).toBeGreaterThan(90)
  })
})

describe('what an attempt is counted on', () => {
  test('is the account, from anywhere, and the network, whichever account', () => {
    expect(throttleKeys({ account: 'h1', network: '203.0.113', deviceId: null })).toEqual([
      { key: 'account:h1', rule: ACCOUNT_RULE, successResets: true },
      { key: 'network:203.0.113', rule: NETWORK_RULE, successResets: false },
    ])
    expect(judgeAttempt(NETWORK_RULE, failing(19, NETWORK_RULE), NOW).ok).toBe(true)
    expect(judgeAttempt(NETWORK_RULE, failing(20, NETWORK_RULE), NOW).ok).toBe(false)
  })

  test('is a known device alone, so that strangers cannot keep its owner out', () => {
    const strangers = throttleKeys({ account: 'h1', network: '203.0.113', deviceId: null }).map(({ key }) => key)
    const own = throttleKeys({ account: 'h1', network: '203.0.113', deviceId: 'd1' })
    expect(own).toEqual([{ key: 'device:d1:h1', rule: ACCOUNT_RULE, successResets: true }])
    expect(strangers).not.toContain(own[0]?.key)
  })
})

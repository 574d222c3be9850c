import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  ABSOLUTE_LIMIT_MS,
  IDLE_LIMIT_MS,
  judgeProof,
  judgeSession,
  newSessionToken,
  sessionEndMs,
  sessionTokenHash,
} from '#edge/rules/session.ts'
import { toHex } from '#shared/bytes.ts'
import { random } from './policy-source.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const BEGUN = Date.UTC(2026, 0, 1)
const seen = (lastSeenAtMs: number) => ({ createdAtMs: BEGUN, lastSeenAtMs })

describe('a session', () => {
  test('lives for seven days without use', () => {
    expect(judgeSession(seen(BEGUN), BEGUN + 7 * DAY - 1)).toMatchObject({ ok: true })
    expect(judgeSession(seen(BEGUN), BEGUN + 7 * DAY)).toEqual({ ok: false, reason: 'session_idle' })
  })

  test('is over after thirty days, used or not', () => {
    const busy = seen(BEGUN + 30 * DAY - MINUTE)
    expect(judgeSession(busy, BEGUN + 30 * DAY - 1)).toMatchObject({ ok: true })
    expect(judgeSession(busy, BEGUN + 30 * DAY)).toEqual({ ok: false, reason: 'session_over' })
  })

  test('is touched at most every five minutes', () => {
    expect(judgeSession(seen(BEGUN), BEGUN + 5 * MINUTE - 1)).toEqual({ ok: true, value: { touch: false } })
    expect(judgeSession(seen(BEGUN), BEGUN + 5 * MINUTE)).toEqual({ ok: true, value: { touch: true } })
    // A clock that was set back.
    expect(judgeSession(seen(BEGUN), BEGUN - DAY)).toEqual({ ok: true, value: { touch: false } })
  })

  test('ends by the earlier of the two limits, to the millisecond', () => {
    for (const lastSeenAtMs of [BEGUN, BEGUN + DAY, BEGUN + 22.5 * DAY, BEGUN + 29 * DAY]) {
      const end = sessionEndMs(seen(lastSeenAtMs))
      expect(judgeSession(seen(lastSeenAtMs), end - 1).ok).toBe(true)
      expect(judgeSession(seen(lastSeenAtMs), end).ok).toBe(false)
    }
    expect(sessionEndMs(seen(BEGUN))).toBe(BEGUN + IDLE_LIMIT_MS)
    expect(sessionEndMs(seen(BEGUN + 29 * DAY))).toBe(BEGUN + ABSOLUTE_LIMIT_MS)
  })

  test('a proof of who is there counts for ten minutes, and never from the future', () => {
    expect(judgeProof(BEGUN, BEGUN)).toEqual({ ok: true, value: null })
    expect(judgeProof(BEGUN, BEGUN + 10 * MINUTE - 1).ok).toBe(true)
    expect(judgeProof(BEGUN, BEGUN + 10 * MINUTE)).toEqual({ ok: false, reason: 'proof_too_old' })
    expect(judgeProof(BEGUN + 1, BEGUN)).toEqual({ ok: false, reason: 'proof_too_old' })
    expect(judgeProof(null, BEGUN)).toEqual({ ok: false, reason: 'proof_missing' })
  })
})

describe('a session token', () => {
  test('has 256 random bits and is found by its SHA-256', () => {
    const token = newSessionToken(random)
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(newSessionToken(random)).not.toBe(token)
    expect(toHex(sessionTokenHash(token) ?? new Uint8Array())).toBe(createHash('sha256').update(token).digest('hex'))
  })

  test('spares the look-up for what is none', () => {
    const token = newSessionToken(random)
    for (const text of [
      '',
      'x',
      token.slice(1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      '💥'.repeat(20),
      'A'.repeat(10_000),
    ])
      expect(sessionTokenHash(text)).toBeNull()
  })
})

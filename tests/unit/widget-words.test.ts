import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ProblemCode } from '#shared/wire.ts'
import { english as answerEnglish } from '#widget/answer-words.ts'
import { borrow } from '#widget/borrowed.ts'
import { Failure } from '#widget/failure.ts'
import { sayFailure } from '#widget/failure-words.ts'
import type { Kit } from '#widget/kit.ts'
import { english, fill } from '#widget/words.ts'

borrow({ fill } as Kit)
beforeEach(() => void vi.stubGlobal('location', { origin: 'https://shop.example' }))
afterEach(() => void vi.unstubAllGlobals())

const say = (failure: Failure) => sayFailure({ ...english, ...answerEnglish }, failure)
const problem = (code: ProblemCode, retryAtMs = 0) => say(new Failure('problem', code, retryAtMs))

/** Every code that the data plane can answer, and whether asking again can help. */
const CODES: [ProblemCode, boolean][] = [
  ['origin_missing', false],
  ['origin_malformed', false],
  ['origin_not_allowed', false],
  ['key_missing', false],
  ['key_malformed', false],
  ['key_unknown', false],
  ['key_revoked', false],
  ['key_expired', false],
  ['scope_missing', false],
  ['rate_limited', true],
  ['quota_exceeded', false],
  ['body_too_large', false],
  ['body_invalid', false],
  ['media_type_unsupported', true],
  ['not_found', true],
  ['method_not_allowed', true],
  ['unavailable', true],
  ['internal_error', true],
]

test.each(CODES)('%s is said in words, with what to do', (code, retry) => {
  const said = problem(code)
  expect(said.retry).toBe(retry)
  expect(said.text).toMatch(/[a-z]{3,}.*\.$/)
  expect(said.text).not.toMatch(/[{}]|undefined/)
})

test('an origin that is not allowed is named, so that the owner can add it', () => {
  expect(say(new Failure('refused')).text).toContain('add https://shop.example to the allowed domains')
  expect(problem('origin_not_allowed').text).toBe(say(new Failure('refused')).text)
})

test('a wait is told in the unit a person would use', () => {
  const now = Date.now()
  vi.setSystemTime(now)
  expect(problem('rate_limited', now + 40_000).text).toContain('in 40 seconds')
  expect(problem('rate_limited', now + 10 * 60_000).text).toContain('in 10 minutes')
  expect(problem('quota_exceeded', now + 5 * 3_600_000).text).toContain('in 5 hours')
  expect(problem('quota_exceeded', now + 140 * 3_600_000).text).toContain('in 6 days')
  expect(problem('rate_limited').text).toContain('in a moment')
  vi.useRealTimers()
})

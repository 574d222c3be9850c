import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// `example.com.` is the same machine to DNS and another origin to browsers; lists that strip the dot admit what was never listed.
const RULES = ['example.com', '*.example.com']

test.each(['https://example.com.', 'https://a.example.com.', 'https://example.com..', 'https://.example.com'])(
  'a name with a final dot is not the one without: %s',
  async (origin) => {
    expect(await statusFor(RULES, origin)).toBe(403)
  },
)

test('the page that is meant is admitted', async () => {
  expect(await statusFor(RULES, 'https://example.com')).toBe(200)
})

import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// Only hosts compared (webauthn-framework GHSA-f7pm-6hr8-7ggm; several widget vendors): whoever sits on the network serves http.
const RULES = ['example.com', '*.example.com', 'https://app.example.com:8443']

test.each(['http://example.com', 'http://a.example.com', 'http://app.example.com:8443'])(
  'plain http is not https: %s',
  async (origin) => {
    expect(await statusFor(RULES, origin)).toBe(403)
  },
)

test('the page that is meant is admitted', async () => {
  expect(await statusFor(RULES, 'https://example.com')).toBe(200)
})

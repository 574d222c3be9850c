import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// Trailing wildcards: `startsWith("https://example.com")` (gin-contrib/cors GHSA-869c-j7wc-8jqv).
const RULES = ['https://example.com', 'http://localhost:3000']

test.each([
  'https://example.com.evil.example',
  'https://example.community',
  'https://example.com-evil.example',
  'http://localhost:30000',
  'http://localhost:3000.evil.example',
])('a name that only begins like a listed one is refused: %s', async (origin) => {
  expect(await statusFor(RULES, origin)).toBe(403)
})

test('the page that is meant is admitted', async () => {
  expect(await statusFor(RULES, 'http://localhost:3000')).toBe(200)
})

import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// Look-alike suffixes: `endsWith("example.com")` without the dot (fcors GHSA-v84h-653v-4pq9 and GHSA-vhxv-fg4m-p2w8; CVE-2026-34157).
const RULES = ['example.com', '*.example.com']

test.each([
  'https://evilexample.com',
  'https://evil-example.com',
  'https://a.evilexample.com',
  'https://xn--example.com',
])('a name that only ends like a listed one is refused: %s', async (origin) => {
  expect(await statusFor(RULES, origin)).toBe(403)
})

test('the page that is meant is admitted', async () => {
  expect(await statusFor(RULES, 'https://a.example.com')).toBe(200)
})

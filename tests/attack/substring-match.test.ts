import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// The origin searched in the list as text, or the other way round (elysia-cors CVE-2025-50864).
const RULES = ['https://app.example.com:8443', 'docs.example.com']

test.each([
  'https://example.com',
  'https://app.example.com',
  'https://app.example.com:844',
  'https://docs.example.co',
  'https://x.evil.example.app.example.com',
  'http://docs.example.com',
])('a piece of a listed origin, or one that holds it, is refused: %s', async (origin) => {
  expect(await statusFor(RULES, origin)).toBe(403)
})

test('the page that is meant is admitted', async () => {
  expect(await statusFor(RULES, 'https://app.example.com:8443')).toBe(200)
})

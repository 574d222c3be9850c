import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// Only host names compared: another user of the same machine serves another port.
const RULES = ['example.com', '*.example.com', 'http://localhost:3000']

test.each([
  'https://example.com:8443',
  'https://a.example.com:444',
  'http://localhost:3001',
  'http://localhost',
  'https://localhost:3000',
])('another port is another origin: %s', async (origin) => {
  expect(await statusFor(RULES, origin)).toBe(403)
})

test('the page that is meant is admitted', async () => {
  expect(await statusFor(RULES, 'http://localhost:3000')).toBe(200)
})

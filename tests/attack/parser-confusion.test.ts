import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// The header is parsed and the parsed host compared, so that what the parser mends or hides gets in.
const RULES = ['example.com', '*.example.com']

test.each([
  'https://example.com@evil.example',
  'https://evil.example\\\\.example.com',
  'https://evil.example#.example.com',
  'https://evil.example?.example.com',
  'https://evil.example/.example.com',
  'https://evil.example%2f.example.com',
  'https://EXAMPLE.com',
  'https://example.com:443',
  'https://example.com/',
  'https:example.com',
  'https:///example.com',
  ' https://example.com x',
  'https://0x7f.1',
  'https://a..example.com',
])('what no browser sends is refused: %s', async (origin) => {
  expect(await statusFor(RULES, origin)).toBe(403)
})

test('the page that is meant is admitted', async () => {
  expect(await statusFor(RULES, 'https://example.com')).toBe(200)
})

import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// Rules read as regular expressions: an unescaped dot, a missing anchor (jupyter-server CVE-2026-40110; expressjs/cors issue 408; a vendor documents `^https://\\w+.example.com$`).
const RULES = ['docs.example.com', '*.example.org']

test.each([
  'https://docsxexample.com',
  'https://docs.examplescom',
  'https://docsxexample.com.evil.example',
  'https://aexample.org',
  'https://a.exampleXorg.evil.example',
])('no character of a rule stands for another one: %s', async (origin) => {
  expect(await statusFor(RULES, origin)).toBe(403)
})

test('the page that is meant is admitted', async () => {
  expect(await statusFor(RULES, 'https://a.example.org')).toBe(200)
})

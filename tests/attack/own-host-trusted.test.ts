import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// A forged `Origin: <the vendor's own dashboard>` that skipped both the domain check and the plan's limits.
test.each([
  'https://app.example.test',
  'https://edge.example.test',
  'http://app.example.test',
  'http://localhost',
  'http://127.0.0.1',
])('our own %s is a stranger to a project that does not list it', async (origin) => {
  expect(await statusFor(['docs.example.com'], origin)).toBe(403)
})

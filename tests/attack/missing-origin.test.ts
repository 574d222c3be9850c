import { expect, test } from 'vitest'
import { attempt } from './attempt.ts'

// `if (origin && !allowed(origin)) refuse()`: scripts and curl send none, and walk in (seen in three of nine widgets).
test('no Origin is refused for a public key', async () => {
  expect((await attempt(['example.com'], {})).status).toBe(403)
})

test.each([
  ['Referer', 'https://example.com/page'],
  ['X-Forwarded-Host', 'example.com'],
  ['X-Origin', 'https://example.com'],
  ['Sec-Fetch-Site', 'same-origin'],
  ['Host', 'example.com'],
])('%s does not stand in for it', async (name, value) => {
  expect((await attempt(['example.com'], { [name]: value })).status).toBe(403)
})

import { expect, test } from 'vitest'
import { attempt } from './attempt.ts'

// Any origin reflected together with credentials (http4s GHSA-52cf-226f-rhr6, rs/cors, fiber; Hono CVE-2026-54290).
test('no answer allows credentials or every origin', async () => {
  for (const Origin of ['https://example.com', 'https://evil.example', '*']) {
    const { headers, allowOrigin } = await attempt(['example.com'], { Origin, Cookie: 'session=1' })
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(allowOrigin).toBe(Origin === 'https://example.com' ? Origin : null)
  }
})

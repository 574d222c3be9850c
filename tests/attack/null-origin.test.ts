import { expect, test } from 'vitest'
import { normaliseRule } from '#shared/origin-rule.ts'
import { attempt, statusFor } from './attempt.ts'

// `Origin: null` is what every sandboxed frame, file and cross-origin redirect sends: admitting it admits everyone.
test('Origin: null is refused, and cannot be listed', async () => {
  expect(await statusFor(['example.com'], 'null')).toBe(403)
  expect(normaliseRule('null')).toEqual({ ok: false, reason: 'rule_is_null' })
})

test('even a list that somehow held it would admit nobody by it', async () => {
  expect(await statusFor(['null', 'https://null'], 'null')).toBe(403)
})

test('a refused null is not echoed to the browser', async () => {
  expect((await attempt(['example.com'], { Origin: 'null' })).allowOrigin).toBeNull()
})

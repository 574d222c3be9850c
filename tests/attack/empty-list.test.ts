import { expect, test } from 'vitest'
import { statusFor } from './attempt.ts'

// "No domains yet" read as "all domains", or one blank first entry that switches the check off (three of nine widgets).
test.each([[[]], [['']], [['', 'example.com']]])('the list %j admits nobody who is not on it', async (rules) => {
  expect(await statusFor(rules, 'https://evil.example')).toBe(403)
  expect(await statusFor(rules, 'https://localhost')).toBe(403)
})

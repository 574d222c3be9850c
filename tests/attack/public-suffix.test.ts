import { expect, test } from 'vitest'
import { normaliseRule } from '#shared/origin-rule.ts'

// `*.vercel.app` lists everyone who can deploy there (accepted by the best of the peers; a preview regex in the wild did it too).
test.each([
  '*.com',
  '*.co.uk',
  '*.vercel.app',
  '*.github.io',
  '*.netlify.app',
  '*.pages.dev',
  '*.workers.dev',
  '*.herokuapp.com',
])('%s cannot be saved', (rule) => {
  expect(normaliseRule(rule)).toEqual({ ok: false, reason: 'public_suffix' })
})

test('one project under such a suffix can', () => {
  expect(normaliseRule('*.acme.vercel.app').ok).toBe(true)
  expect(normaliseRule('acme.github.io').ok).toBe(true)
})

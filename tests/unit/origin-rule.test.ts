import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRules, matchOrigin, parseOrigin } from '#shared/origin.ts'
import { normaliseRule, RULE_REASONS, type RuleReason } from '#shared/origin-rule.ts'

const SAVED: [string, string][] = [
  ['example.com', 'example.com'],
  [' Example.COM/ ', 'example.com'],
  ['*.Example.com', '*.example.com'],
  ['https://example.com:443', 'https://example.com'],
  ['example.com:443', 'example.com'],
  ['HTTPS://App.Example.com:8443/', 'https://app.example.com:8443'],
  ['https://*.example.com:8443', 'https://*.example.com:8443'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['http://localhost:80', 'http://localhost'],
  ['http://127.0.0.1:5173', 'http://127.0.0.1:5173'],
  ['http://[::1]:5173', 'http://[::1]:5173'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['*.bücher.example', '*.xn--bcher-kva.example'],
  ['faß.example', 'xn--fa-hia.example'],
  ['my_app.example.com', 'my_app.example.com'],
  ['me.github.io', 'me.github.io'],
  ['*.me.vercel.app', '*.me.vercel.app'],
]

test.each(SAVED)('%s is saved as %s', (typed, saved) => {
  expect(normaliseRule(typed)).toEqual({ ok: true, value: saved })
})

const REFUSED: Record<RuleReason, string[]> = {
  rule_empty: ['', '  '],
  rule_too_long: ['a'.repeat(1001), `${'a.'.repeat(130)}com`],
  rule_is_any: ['*', 'https://*', '*.', '*://*'],
  rule_is_null: ['null', 'NULL'],
  rule_is_list: ['a.com,b.com', 'a.com b.com', 'a.com; b.com'],
  rule_has_blank: ['a.com\tb', 'a\u0000.com', 'a\u200bb.com', '\u00adexample.com'],
  scheme_not_allowed: [
    'ftp://example.com',
    'mailto:a',
    'javascript:alert(1)',
    'chrome-extension://abc',
    'file:///x',
    'data:text/html,x',
  ],
  userinfo_not_allowed: ['user@example.com', 'https://user:pw@example.com', 'https://example.com@evil.com'],
  path_not_allowed: ['example.com/docs', 'https://example.com//', 'example.com\\.evil.com', 'https:/example.com'],
  query_not_allowed: ['example.com?x', 'https://example.com/?x=1'],
  fragment_not_allowed: ['example.com#x'],
  port_invalid: [
    'https://example.com:99999',
    'https://example.com:',
    'https://example.com:1e3',
    'https://example.com:80a',
  ],
  port_without_scheme: ['example.com:8443', '*.example.com:8443'],
  http_not_loopback: ['http://example.com', 'http://app.localhost:3000', 'http://localhost.example.com'],
  localhost_bare: ['localhost', 'localhost:3000', '127.0.0.1'],
  ip_not_loopback: ['1.2.3.4', 'https://10.0.0.1', 'https://[::2]', 'https://[::ffff:127.0.0.1]', '2001:db8::1'],
  ip_not_canonical: ['http://0x7f.1', 'http://127.1', 'http://2130706433', 'http://127.0.0.01', '::1'],
  dot_leading: ['.example.com'],
  dot_trailing: ['example.com.', '*.example.com.'],
  label_empty: ['a..example.com'],
  wildcard_misplaced: ['a.*.com', '*a.com', 'a*.com', '**.example.com', '*.*.example.com', '*.127.0.0.1', '*.[::1]'],
  wildcard_not_https: ['http://*.example.com'],
  public_suffix: [
    'com',
    '*.com',
    '*.co.uk',
    'github.io',
    '*.github.io',
    '*.vercel.app',
    '*.localhost',
    '*.s3.amazonaws.com',
  ],
  host_invalid: ['-a.example.com', 'a%2eexample.com', 'exa<mple.com', 'https://', 'a-.example.com'],
}

test.each(Object.entries(REFUSED).flatMap(([reason, typed]) => typed.map((text) => [text, reason] as const)))(
  '%j is refused as %s',
  (typed, reason) => {
    expect(normaliseRule(typed)).toEqual({ ok: false, reason })
  },
)

test('every reason has a sentence for the person who typed the rule', () => {
  expect(Object.keys(RULE_REASONS).sort()).toEqual(Object.keys(REFUSED).sort())
})

test('saving what was saved changes nothing, and a saved rule without * admits the origin that it spells', () => {
  for (const [, saved] of SAVED) {
    expect(normaliseRule(saved)).toEqual({ ok: true, value: saved })
    if (saved.includes('*')) continue
    const origin = parseOrigin(saved.includes('://') ? saved : `https://${saved}`)
    expect(origin.ok && matchOrigin(compileRules([{ rule: saved }]), origin.value, 0)).toBe(saved)
  }
})

test('whatever is typed, what is saved is in normal form and admits no bare public suffix', () => {
  const label = fc.stringMatching(/^[a-zA-Z0-9ü*_-]{0,5}$/)
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc
      .tuple(
        fc.constantFrom('', 'https://', 'http://', '*.'),
        fc.array(label, { maxLength: 4 }),
        fc.constantFrom('', ':1', '/'),
      )
      .map(([start, labels, end]) => start + labels.join('.') + end),
  )
  fc.assert(
    fc.property(typed, (text) => {
      const rule = normaliseRule(text)
      if (!rule.ok) return
      expect(normaliseRule(rule.value)).toEqual(rule)
      expect(rule.value).toMatch(/^(https?:\/\/)?(\*\.)?(localhost|\[::1\]|[a-z0-9_-]+(\.[a-z0-9_-]+)+)(:\d+)?$/)
    }),
    { seed: 2, numRuns: 3000 },
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRules, matchOrigin, parseOrigin } from '#shared/origin.ts'
import { normaliseRule, RULE_REASONS } from '#shared/origin-rule.ts'
import { RULES_REFUSED, RULES_SAVED } from '#tests/vectors/origin-rules.ts'
import { ORIGIN_CORPUS } from '#tests/vectors/origins.ts'

const SEED = 20_260_601
const saved = (typed: string): string | null => {
  const rule = normaliseRule(typed)
  return rule.ok ? rule.value : null
}

test('the corpus holds at least 120 rules as people type them', () => {
  expect(Object.keys(RULES_SAVED).length + Object.keys(RULES_REFUSED).length).toBeGreaterThanOrEqual(120)
})

test('a good rule is saved in its one form', () => {
  expect(Object.fromEntries(Object.keys(RULES_SAVED).map((typed) => [typed, normaliseRule(typed)]))).toEqual(
    Object.fromEntries(Object.entries(RULES_SAVED).map(([typed, value]) => [typed, { ok: true, value }])),
  )
})

test('a bad rule is refused with the reason that helps whoever typed it', () => {
  expect(Object.fromEntries(Object.keys(RULES_REFUSED).map((typed) => [typed, normaliseRule(typed)]))).toEqual(
    Object.fromEntries(Object.entries(RULES_REFUSED).map(([typed, reason]) => [typed, { ok: false, reason }])),
  )
})

test('the corpus knows every reason that there is', () => {
  expect([...new Set(Object.values(RULES_REFUSED))].sort()).toEqual(Object.keys(RULE_REASONS).sort())
})

test('a saved rule saves to itself', () => {
  for (const rule of Object.values(RULES_SAVED)) expect(saved(rule)).toBe(rule)
})

test('of the hostile origins, none can be saved as a rule that then admits what a browser would not send', () => {
  for (const origin of Object.values(ORIGIN_CORPUS).flatMap((origins) => Object.keys(origins))) {
    const rule = saved(origin)
    const parsed = parseOrigin(origin)
    if (rule !== null && parsed.ok) expect(matchOrigin(compileRules([{ rule }]), parsed.value, 0)).toBe(rule)
  }
})

const ordinary = fc.constantFrom('a', 'docs', 'example', 'com')
const odd = fc.constantFrom(
  'a',
  'B',
  'docs',
  'example',
  'com',
  'co',
  'uk',
  'github',
  'io',
  'localhost',
  '127',
  '0',
  '1',
  '\u00fc',
  'xn--bcher-kva',
  '*',
  '',
  '-',
  '_',
  '%2e',
  '\u3002',
  '@',
  '\\',
  '[::1]',
)
const label = fc.oneof({ weight: 2, arbitrary: ordinary }, { weight: 1, arbitrary: odd })
const typed = fc
  .tuple(
    fc.constantFrom('', '', '', 'https://', 'http://', 'HTTPS://', 'https://*.', '*.', '*', 'ftp://', ' '),
    fc.array(label, { maxLength: 4 }).map((labels) => labels.join('.')),
    fc.constantFrom('', '', '', ':443', ':8443', ':80', ':0', ':x', ':'),
    fc.constantFrom('', '', '', '/', '//', '?', '#', ' ', '.'),
  )
  .map((parts) => parts.join(''))
const anything = fc.oneof({ weight: 8, arbitrary: typed }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) })

test('normalising twice is normalising once, and what is saved is plain ASCII in lower case', () => {
  let count = 0
  fc.assert(
    fc.property(anything, (text) => {
      const rule = saved(text)
      if (rule === null) return
      count += 1
      expect(saved(rule)).toBe(rule)
      expect(rule).toMatch(/^[\x21-\x7e]+$/)
      expect(rule).toBe(rule.toLowerCase())
    }),
    { seed: SEED, numRuns: 30_000 },
  )
  expect(count).toBeGreaterThan(1000)
})

test('a saved rule admits the origin it names, as the runtime serialises it', () => {
  let count = 0
  fc.assert(
    fc.property(anything, (text) => {
      const rule = saved(text)
      if (rule === null) return
      count += 1
      const origin = new URL((rule.includes('://') ? rule : `https://${rule}`).replace('*.', 'any.')).origin
      const parsed = parseOrigin(origin)
      expect([origin, parsed.ok && matchOrigin(compileRules([{ rule }]), parsed.value, 0)]).toEqual([origin, rule])
    }),
    { seed: SEED, numRuns: 30_000 },
  )
  expect(count).toBeGreaterThan(1000)
})

test('a saved wildcard never admits a host outside its suffix, its own name, plain http or another port', () => {
  const suffixes = ['example.com', 'docs.example.com', 'b\u00fccher.example', 'acme.github.io', 'a.b.c.example.co.uk']
  const wildcard = fc.record({
    suffix: fc.constantFrom(...suffixes),
    port: fc.constantFrom('', '', '', ':8443', ':444'),
  })
  const origin = fc.record({
    scheme: fc.constantFrom('https', 'https', 'https', 'http'),
    before: fc.constantFrom('', 'a.', 'a.b.', 'evil', 'evil-', 'x.evil', 'www.', '-.', 'xn--bcher-kva.'),
    suffix: fc.constantFrom(...suffixes, 'com', 'example.org'),
    after: fc.constantFrom('', '', '', '.', '.evil.test', 'x', '-x'),
    port: fc.constantFrom('', '', '', ':8443', ':444', ':443'),
  })
  let admitted = 0
  fc.assert(
    fc.property(wildcard, origin, (rule, from) => {
      const stored = saved(`https://*.${rule.suffix}${rule.port}`)
      const url = URL.parse(`${from.scheme}://${from.before}${from.suffix}${from.after}${from.port}`)
      if (stored === null || url === null) throw new Error(`cannot be: ${rule.suffix}`)
      const parsed = parseOrigin(url.origin)
      const rulePort = rule.port.slice(1)
      const suffix = new URL(`https://${rule.suffix}`).hostname
      const isInside = url.protocol === 'https:' && url.port === rulePort && url.hostname.endsWith(`.${suffix}`)
      const admits = parsed.ok && matchOrigin(compileRules([{ rule: stored }]), parsed.value, 0) !== null
      if (admits) admitted += 1
      expect(admits).toBe(isInside)
    }),
    { seed: SEED, numRuns: 30_000 },
  )
  expect(admitted).toBeGreaterThan(300)
})

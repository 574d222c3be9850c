import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explainOrigin } from '#shared/explain-origin.ts'
import { compileRules, matchOrigin, parseOrigin } from '#shared/origin.ts'
import { ORIGIN_CORPUS, RULE_KINDS, type RuleKind } from '#tests/vectors/origins.ts'

const SEED = 20_260_601
const KINDS = Object.keys(RULE_KINDS) as RuleKind[]
const ROWS = Object.entries(ORIGIN_CORPUS).flatMap(([bug, origins]) =>
  Object.entries(origins).map(([origin, admittedBy]) => ({ bug, origin, admittedBy })),
)

/** What the request is answered with: the rule, or the problem's code. */
function verdict(rule: string, origin: string): string {
  const parsed = parseOrigin(origin)
  if (!parsed.ok) return parsed.reason
  return matchOrigin(compileRules([{ rule }]), parsed.value, 0) ?? 'origin_not_allowed'
}

function expected(admittedBy: string, kind: RuleKind): string {
  if (admittedBy === 'malformed') return 'origin_malformed'
  return admittedBy !== 'opaque' && admittedBy.includes(kind) ? RULE_KINDS[kind] : 'origin_not_allowed'
}

/** The origin as the runtime would serialise it, or null for what it cannot read or what is no web page. */
function serialised(origin: string): string | null {
  const url = URL.parse(origin)
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : null
}

/**
 * Where this parser is stricter than the URL standard on purpose. The standard leaves names to DNS: it keeps `!` or `*`, empty
 * labels and any length, and none of them is a name that anyone can own. Nowhere is the parser more lenient.
 */
function isStricterOnPurpose(origin: string): boolean {
  const host = origin.replace(/^https?:\/\//, '').replace(/:\d+$/, '')
  if (host.startsWith('[')) return false
  return (
    /[^a-z0-9._-]/.test(host) || /^\.|\.\.|^$/.test(host) || origin.length > 'https://'.length + 254 + ':65535'.length
  )
}

test('the corpus holds at least 250 hostile origins of at least 25 classes', () => {
  expect(ROWS.filter(({ bug }) => bug !== 'what the rules mean').length).toBeGreaterThanOrEqual(250)
  expect(Object.keys(ORIGIN_CORPUS).length).toBeGreaterThanOrEqual(25)
})

describe.each(Object.entries(ORIGIN_CORPUS))('%s', (_, origins) => {
  test.each(KINDS)('against a rule of kind %s', (kind) => {
    const found = Object.keys(origins).map((origin) => [origin, verdict(RULE_KINDS[kind], origin)])
    const wanted = Object.entries(origins).map(([origin, admittedBy]) => [origin, expected(admittedBy, kind)])
    expect(found).toEqual(wanted)
  })
})

test('all rules together admit what one of them admits, and nothing more', () => {
  const rules = compileRules(Object.values(RULE_KINDS).map((rule) => ({ rule })))
  for (const { origin, admittedBy } of ROWS) {
    const parsed = parseOrigin(origin)
    const rule = parsed.ok ? matchOrigin(rules, parsed.value, 0) : null
    expect([origin, rule !== null]).toEqual([origin, /^[AWPQL]+$/.test(admittedBy)])
  }
})

test('no list, or an empty one, admits nobody', () => {
  for (const { origin } of ROWS) {
    const parsed = parseOrigin(origin)
    expect(parsed.ok && matchOrigin(compileRules([]), parsed.value, 0)).toBeFalsy()
  }
})

test('explaining an origin says what matching it does, and names the same rule', () => {
  for (const { origin } of ROWS) {
    for (const rule of Object.values(RULE_KINDS)) {
      const told = explainOrigin([{ rule }], origin, 'live', 0)
      const admits = verdict(rule, origin) === rule
      expect([origin, rule, told.allowed]).toEqual([origin, rule, admits])
      if (admits) expect(told).toEqual({ allowed: true, rule, reason: 'admitted_by_rule' })
      else if (verdict(rule, origin) === 'origin_malformed') expect(told.reason).toBe('origin_malformed')
    }
  }
})

test('a missing header is missing, whatever the rules are', () => {
  expect(parseOrigin(null)).toEqual({ ok: false, reason: 'origin_missing' })
})

test('what the corpus calls well-formed is what the runtime serialises, and nothing else', () => {
  for (const { origin, admittedBy } of ROWS) {
    if (admittedBy === 'opaque') continue
    const isBrowsers = serialised(origin) === origin
    if (admittedBy === 'malformed')
      expect([origin, isBrowsers && !isStricterOnPurpose(origin)]).toEqual([origin, false])
    else expect([origin, isBrowsers]).toEqual([origin, true])
  }
})

describe('against the URL standard, as the runtime has it', () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        'a',
        'example',
        'com',
        'www',
        'xn--bcher-kva',
        'xn--p1ai',
        '0',
        '1',
        '127',
        '255',
        '256',
        '0x7f',
        '0x',
        '00',
        '-',
        '_',
        '1e2',
        'localhost',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '.',
        '..',
        '[',
        ']',
        '[::1]',
        '::',
        '%2e',
        'B',
        '\u00fc',
        '!',
        '*',
        '@',
        '\\',
        '\t',
        ' ',
        '\u3002',
        '\u00ad',
        '/',
        '?',
        '#',
        '\0',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
  )
  const host = fc.oneof(
    fc.array(piece, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.')),
    fc.array(piece, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('')),
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.domain(),
    fc.webAuthority({ withIPv4: true, withIPv6: true, withUserInfo: true, withPort: true }),
  )
  const port = fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: fc.integer({ min: -1, max: 70_000 }).map((number) => `:${number}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(':', ':80', ':443', ':0', ':00', ':080', ':+1', ':1 ', '::1', ':65535', ':65536'),
    },
  )
  const scheme = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('https://', 'http://') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('HTTPS://', 'ftp://', 'https:', 'https:/', 'https:///', '//', '', 'ws://', 'file://'),
    },
  )
  const tail = fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom('/', '.', ' ', '?', '#', '/x', ', null') },
  )
  const anything = fc.tuple(scheme, host, port, tail).map((parts) => parts.join(''))

  test('a header is accepted exactly when the runtime serialises an origin to it, but for names that nobody can own', () => {
    let accepted = 0
    fc.assert(
      fc.property(
        fc.oneof({ weight: 9, arbitrary: anything }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }),
        (header) => {
          fc.pre(header !== 'null')
          const { ok } = parseOrigin(header)
          if (ok) accepted += 1
          expect(ok).toBe(serialised(header) === header && !isStricterOnPurpose(header))
        },
      ),
      { seed: SEED, numRuns: 30_000 },
    )
    expect(accepted).toBeGreaterThan(1000)
  })

  test('what the runtime makes of any address is accepted as it stands', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const origin = serialised(text)
        fc.pre(origin !== null && !isStricterOnPurpose(origin))
        expect(parseOrigin(origin)).toMatchObject({ ok: true, value: { text: origin } })
      }),
      { seed: SEED, numRuns: 10_000 },
    )
  })
})

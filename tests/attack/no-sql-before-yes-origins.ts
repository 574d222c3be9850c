/** Origin headers made from parts, so that what they are is known without reading them. */
import fc from 'fast-check'
import { RULES } from './no-sql-before-yes-world.ts'
import type { OriginFacts, OriginParts } from './oracle.ts'

export interface OriginCase {
  facts: OriginFacts
  /** Null: no header. */
  header: string | null
}

const NEAR_MISSES = [
  ['acme', 'example'],
  ['example'],
  ['docs', 'acme', 'example', 'evil', 'test'],
  ['docs-acme', 'example'],
  ['evildocs', 'acme', 'example'],
  ['evilapps', 'acme', 'example'],
  ['apps', 'acme', 'example', 'test'],
  ['apps', 'acme', 'exampl'],
  ['other', 'example'],
  ['xn--docs-gra', 'acme', 'example'],
  ['docs', 'acme', 'example', ''],
  ['x', 'apps', 'acme', 'example', ''],
  ['127', '0', '0', '1'],
  ['localhost'],
  ['localhost', 'evil', 'test'],
  ['10', '0', '0', '1'],
  ['[::1]'],
  ['[::ffff:7f00:1]'],
]
const PREFIXES = [[], [], [], ['a'], ['www'], ['a', 'b', 'c'], ['x_y'], ['-']]
const PORTS = [null, null, null, 8443, 8443, 3000, 4000, 0, 1, 80, 443, 844, 84_430 - 65_536, 65_535]

const isDefault = (scheme: string, port: number): boolean => port === (scheme === 'https' ? 443 : 80)
const isAddress = (labels: readonly string[]): boolean => /^\d+$|^\[/.test(labels.at(-1) ?? '')

const parts: fc.Arbitrary<OriginParts> = fc
  .record({
    scheme: fc.constantFrom('https', 'https', 'https', 'http' as const),
    prefix: fc.constantFrom(...PREFIXES),
    base: fc.constantFrom(...RULES.map((rule) => rule.parts.labels), ...NEAR_MISSES),
    port: fc.constantFrom(...PORTS),
  })
  .map(({ scheme, prefix, base, port }) => ({
    scheme: scheme as 'http' | 'https',
    labels: isAddress(base) ? base : [...prefix, ...base],
    port: port === null || port < 0 || isDefault(scheme, port) ? null : port,
  }))

/** Exactly what some rule admits, most of the time; expired ones among them. */
const admissible: fc.Arbitrary<OriginParts> = fc
  .record({
    rule: fc.constantFrom(...RULES),
    prefix: fc.constantFrom(['a'], ['a', 'b'], ['www', 'x-1', 'y'], ['xn--bcher-kva']),
  })
  .map(({ rule: { parts: rule }, prefix }) => ({
    scheme: rule.scheme,
    labels: rule.wildcard ? [...prefix, ...rule.labels] : rule.labels,
    port: rule.port,
  }))

const loopback: fc.Arbitrary<OriginParts> = fc
  .record({
    labels: fc.constantFrom(['localhost'], ['127', '0', '0', '1']),
    port: fc.constantFrom(null, 1, 3000, 5173, 65_535),
  })
  .map((where) => ({ scheme: 'http', ...where }))

const host = ({ labels }: OriginParts): string => labels.join('.')
const port = (origin: OriginParts): string => (origin.port === null ? '' : `:${origin.port}`)
const text = (origin: OriginParts): string => `${origin.scheme}://${host(origin)}${port(origin)}`

/** Each takes an origin that a browser could send and makes something that none does. */
const SPOILERS: Record<string, (origin: OriginParts) => string> = {
  slash: (origin) => `${text(origin)}/`,
  path: (origin) => `${text(origin)}/docs`,
  query: (origin) => `${text(origin)}?x`,
  fragment: (origin) => `${text(origin)}#x`,
  'listed origin in a fragment': (origin) => `https://evil.test#${text(origin)}`,
  'listed origin as user': (origin) => `${origin.scheme}://${host(origin)}@evil.test`,
  user: (origin) => `${origin.scheme}://u:p@${host(origin)}${port(origin)}`,
  'backslash host': (origin) => `https://evil.test\\${host(origin)}`,
  backslashes: (origin) => `${origin.scheme}:\\\\${host(origin)}${port(origin)}`,
  'upper-case scheme': (origin) => text(origin).replace('http', 'HTTP'),
  'upper-case letter': (origin) => `${origin.scheme}://X.${host(origin)}${port(origin)}`,
  'explicit default port': (origin) => `${origin.scheme}://${host(origin)}:${origin.scheme === 'https' ? 443 : 80}`,
  'empty port': (origin) => `${origin.scheme}://${host(origin)}:`,
  'port with a zero': (origin) => `${origin.scheme}://${host(origin)}:0${origin.port ?? 8443}`,
  'port too large': (origin) => `${origin.scheme}://${host(origin)}:65536`,
  'port with a sign': (origin) => `${origin.scheme}://${host(origin)}:+8443`,
  'port in letters': (origin) => `${origin.scheme}://${host(origin)}:8443a`,
  'two ports': (origin) => `${origin.scheme}://${host(origin)}:1:8443`,
  'sent twice': (origin) => `${text(origin)}, ${text(origin)}`,
  'two origins': (origin) => `https://evil.test ${text(origin)}`,
  'null and more': (origin) => `null, ${text(origin)}`,
  'tab inside': (origin) => text(origin).replace('://', '://\t'),
  'percent-encoded': (origin) => `${origin.scheme}://%61${host(origin)}${port(origin)}`,
  'percent-encoded dot': (origin) => `https://evil%2e${host(origin)}`,
  'NUL spelled out': (origin) => `${text(origin)}%00.evil.test`,
  'missing slash': (origin) => text(origin).replace('//', '/'),
  'no slashes': (origin) => text(origin).replace('//', ''),
  'three slashes': (origin) => text(origin).replace('//', '///'),
  'no scheme': (origin) => host(origin) + port(origin),
  'scheme-relative': (origin) => `//${host(origin)}`,
  ftp: (origin) => `ftp://${host(origin)}`,
  'secure socket': (origin) => `wss://${host(origin)}`,
  extension: (origin) => `chrome-extension://${host(origin)}`,
  file: () => 'file://',
  blob: (origin) => `blob:${text(origin)}`,
  'view-source': (origin) => `view-source:${text(origin)}`,
  star: () => '*',
  NULL: () => 'NULL',
  undefined: () => 'undefined',
  'star label': () => 'https://*.apps.acme.example',
  'star inside': () => 'https://a.*.apps.acme.example',
  'leading dot': () => 'https://.apps.acme.example',
  'two dots': () => 'https://a..apps.acme.example',
  'short IPv4': () => 'http://127.1',
  'hexadecimal IPv4': () => 'http://0x7f.0.0.1',
  'octal IPv4': () => 'http://0177.0.0.1',
  'IPv4 as one number': () => 'http://2130706433',
  'IPv4 with a dot': () => 'http://127.0.0.1.',
  'long IPv6': () => 'http://[0:0:0:0:0:0:0:1]:4000',
  'IPv6 without brackets': () => 'http://::1:4000',
  'IPv6 zone': () => 'http://[::1%25lo]:4000',
  'UTF-8 bytes': (origin) => `${origin.scheme}://b\u00c3\u00bccher.${host(origin)}`,
  'Latin letter': (origin) => `${origin.scheme}://\u00e9.${host(origin)}`,
  oversized: (origin) => `https://${'a.'.repeat(4000)}${host(origin)}`,
  markup: (origin) => `https://<b>.${host(origin)}`,
  quote: (origin) => `https://'or'1'='1.${host(origin)}`,
  'line break spelled out': (origin) => `${text(origin)}\\r\\nX-Admin: 1`,
}

const spoiled: fc.Arbitrary<OriginCase> = fc
  .record({ origin: fc.oneof(admissible, parts), spoiler: fc.constantFrom(...Object.keys(SPOILERS)) })
  // An address ignores or cannot take what is put before it.
  .filter(({ origin }) => !isAddress(origin.labels) && origin.labels.at(-1) !== '')
  .map(({ origin, spoiler }) => ({ facts: { sort: 'not-a-browsers' }, header: SPOILERS[spoiler]?.(origin) ?? '' }))

const fromParts = (origin: OriginParts): OriginCase => ({ facts: { sort: 'browser', ...origin }, header: text(origin) })

export const originCase: fc.Arbitrary<OriginCase> = fc.oneof(
  { weight: 12, arbitrary: admissible.map(fromParts) },
  { weight: 3, arbitrary: parts.map(fromParts) },
  { weight: 2, arbitrary: loopback.map(fromParts) },
  { weight: 3, arbitrary: spoiled },
  { weight: 2, arbitrary: fc.constant<OriginCase>({ facts: { sort: 'absent' }, header: null }) },
  { weight: 1, arbitrary: fc.constant<OriginCase>({ facts: { sort: 'null' }, header: 'null' }) },
)

/** For the running Worker, which knows one rule. */
export const SPOILED_HEADERS: readonly string[] = Object.values(SPOILERS).map((spoil) =>
  spoil({ scheme: 'https', labels: ['docs', 'acme', 'example'], port: null }),
)

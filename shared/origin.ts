import { allow, deny, type Verdict } from './verdict.ts'

/**
 * Origins as browsers send them, and whether a project's rules admit one. Nothing here parses with `URL` unless a name holds
 * Punycode or an IPv6 address: garbage costs `URL` an exception of 18 µs, and refusing must be cheaper than admitting.
 */

/** An Origin header that is byte for byte what a browser serialises for a page on http or https. */
export interface Origin {
  /** The header itself. */
  text: string
  scheme: 'http' | 'https'
  /** Without brackets only for names and IPv4; IPv6 keeps them, as in the header. */
  host: string
  /** With its colon; empty for the scheme's default port. */
  port: string
}

export type OriginReason = 'origin_missing' | 'origin_malformed' | 'origin_not_allowed'

/** Scheme, the longest name DNS has, port. */
const MAX_ORIGIN_LENGTH = 'https://'.length + 254 + ':65535'.length
const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/
const NUMERIC_LABEL = /^(?:[0-9]+|0x[0-9a-f]*)$/

export function parseOrigin(header: string | null): Verdict<Origin, OriginReason> {
  if (header === null) return deny('origin_missing')
  // What a sandboxed frame, a file or a redirect across origins sends: well-formed, but it names nobody.
  if (header === 'null') return deny('origin_not_allowed')
  const scheme = header.startsWith('https://') ? 'https' : header.startsWith('http://') ? 'http' : null
  if (scheme === null || header.length > MAX_ORIGIN_LENGTH) return deny('origin_malformed')
  const hostStart = scheme.length + 3
  const hostEnd = endOfHost(header, hostStart)
  if (hostEnd < 0 || !portHolds(header, hostEnd, scheme)) return deny('origin_malformed')
  const host = header.slice(hostStart, hostEnd)
  return hostHolds(host) ? allow({ text: header, scheme, host, port: header.slice(hostEnd) }) : deny('origin_malformed')
}

const DOT = 46
const COLON = 58

/**
 * Where the host ends: at its port, or with the text; -1 when it holds anything but labels of `a-z 0-9 - _` between single
 * dots, of which one may stand at the end. One pass, by hand: this is what every stranger's request costs.
 */
function endOfHost(text: string, start: number): number {
  if (text.charAt(start) === '[') return text.indexOf(']', start) + 1 || -1
  let previous = DOT
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === COLON) return index === start ? -1 : index
    const isLabel = (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45 || code === 95
    if (!isLabel && (code !== DOT || previous === DOT)) return -1
    previous = code
  }
  return text.length === start ? -1 : text.length
}

/** Nothing, or a colon and a number as browsers write it: without leading zeros, and never the scheme's own. */
function portHolds(text: string, start: number, scheme: 'http' | 'https'): boolean {
  if (start === text.length) return true
  if (text.charCodeAt(start) !== COLON) return false
  const port = text.slice(start + 1)
  const number = Number(port)
  return (
    String(number) === port &&
    Number.isInteger(number) &&
    number >= 0 &&
    number <= 65_535 &&
    number !== (scheme === 'https' ? 443 : 80)
  )
}

/** What else the URL standard demands of a host whose characters are good. */
function hostHolds(host: string): boolean {
  if (host.startsWith('[') || host.includes('xn--')) return serialisesToItself(`https://${host}`)
  const nameEnd = host.endsWith('.') ? host.length - 1 : host.length
  const labelStart = host.lastIndexOf('.', nameEnd - 1) + 1
  const first = host.charCodeAt(labelStart)
  // It reads any host that ends in a number as IPv4, and writes it as four decimal numbers. Few names get that far.
  if (first < 48 || first > 57 || !NUMERIC_LABEL.test(host.slice(labelStart, nameEnd))) return true
  return IPV4.test(host)
}

function serialisesToItself(origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).origin === origin
}

/** A rule as stored: in the form that saving made of it (shared/origin-rule.ts). */
export interface RuleSource {
  rule: string
  /** Milliseconds since the epoch; null or absent: it stays. */
  expiresAtMs?: number | null
}

interface Entry {
  rule: string
  expiresAtMs: number
}

/** Rules made ready: matching takes the same time for one rule and for ten thousand. */
export interface CompiledRules {
  /** By the origin's text. */
  exact: ReadonlyMap<string, Entry>
  /** By what follows the first label: `.example.com`, or `.example.com:8443`. Always https. */
  wildcard: ReadonlyMap<string, Entry>
  /** Dots in the longest wildcard name: no longer suffix of an origin needs to be looked up. */
  deepestWildcard: number
}

export function compileRules(rules: readonly RuleSource[]): CompiledRules {
  const exact = new Map<string, Entry>()
  const wildcard = new Map<string, Entry>()
  let deepestWildcard = 0
  for (const { rule, expiresAtMs } of rules) {
    const entry = { rule, expiresAtMs: expiresAtMs ?? Number.POSITIVE_INFINITY }
    const origin = rule.includes('://') ? rule : `https://${rule}`
    const wild = origin.startsWith('https://*.')
    const name = wild ? origin.slice('https://*'.length) : origin
    const table = wild ? wildcard : exact
    // The same origin may be meant by two spellings: the longer lease counts.
    if ((table.get(name)?.expiresAtMs ?? Number.NEGATIVE_INFINITY) < entry.expiresAtMs) table.set(name, entry)
    if (wild) deepestWildcard = Math.max(deepestWildcard, name.split('.').length - 1)
  }
  return { exact, wildcard, deepestWildcard }
}

/** The rule that admits the origin, or null. Deny by default: no rules, nobody. */
export function matchOrigin(rules: CompiledRules, origin: Origin, nowMs: number): string | null {
  const exact = rules.exact.get(origin.text)
  if (exact !== undefined && nowMs < exact.expiresAtMs) return exact.rule
  if (rules.deepestWildcard === 0 || origin.scheme !== 'https') return null
  // From the right, so that the walk is as long as the longest rule, however deep the visitor's name is.
  const start = 'https://'.length
  let dot = origin.text.length
  for (let walked = 0; walked < rules.deepestWildcard; walked++) {
    dot = origin.text.lastIndexOf('.', dot - 1)
    if (dot <= start) return null
    const entry = rules.wildcard.get(origin.text.slice(dot))
    if (entry !== undefined && nowMs < entry.expiresAtMs) return entry.rule
  }
  return null
}

/** A test key also admits these two, on any port, so that a developer need not touch the list. */
export function isLoopbackForTestKey(origin: Origin): boolean {
  return origin.scheme === 'http' && (origin.host === 'localhost' || origin.host === '127.0.0.1')
}

import { parse as parseDomain } from 'tldts'
import { allow, deny, type Verdict } from './verdict.ts'

/**
 * Saving a rule: from what a person typed to the one form that is stored and matched (shared/origin.ts). Only here is the
 * list of public suffixes needed; matching a request never loads it.
 */

export const RULE_REASONS = {
  rule_empty: 'Type a domain, such as example.com.',
  rule_too_long: 'A domain has at most 253 characters.',
  rule_is_any: 'A rule for every origin would let any page use the key; list the domains.',
  rule_is_null: '"null" is what every sandboxed page sends; it names nobody.',
  rule_is_list: 'One rule at a time.',
  rule_has_blank: 'A rule holds no blanks or control characters.',
  scheme_not_allowed: 'Only https, and http for localhost and loopback addresses.',
  userinfo_not_allowed: 'An origin holds no user name or password.',
  path_not_allowed: 'An origin ends after the host and port; leave the path away.',
  query_not_allowed: 'An origin holds no query.',
  fragment_not_allowed: 'An origin holds no fragment.',
  port_invalid: 'A port is a number from 0 to 65535.',
  port_without_scheme: 'With a port, write the scheme as well: https://example.com:8443.',
  http_not_loopback: 'Plain http is only for localhost and loopback addresses.',
  localhost_bare: 'Name scheme and port, such as http://localhost:3000, or use a test key.',
  ip_not_loopback: 'Of IP addresses only loopback ones can be listed.',
  ip_not_canonical: 'Write the IP address in its usual form, and IPv6 in brackets: http://[::1]:3000.',
  dot_leading: 'A domain does not begin with a dot; for subdomains write *.example.com.',
  dot_trailing: 'A domain does not end with a dot here.',
  label_empty: 'There are two dots in a row.',
  wildcard_misplaced: 'A * stands only as the whole first label: *.example.com.',
  wildcard_not_https: 'Wildcards are for names over https.',
  public_suffix: 'Anyone can register under this suffix; name your own domain.',
  host_invalid: 'This is not a domain name.',
} as const

export type RuleReason = keyof typeof RULE_REASONS

const MAX_NAME_LENGTH = 253
/** `mailto:`, `data:` and the like; digits after the colon would be a port, and an `@` a password's end. */
const SCHEME_WITHOUT_SLASHES = /^[a-z][a-z0-9+-]*:(?![/\\\d*]|$)[^@]*$/i
/** An IPv6 address outside the brackets that keep its colons from being a port's. */
const BARE_IPV6 = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/

/** The rule in its stored form, or the first reason against it. */
export function normaliseRule(input: string): Verdict<string, RuleReason> {
  const typed = input.trim()
  if (typed === '') return deny('rule_empty')
  if (typed.length > 1000) return deny('rule_too_long')
  if (typed === '*' || typed === '*://*' || /^https?:\/\/\*\/?$/i.test(typed)) return deny('rule_is_any')
  if (typed.toLowerCase() === 'null') return deny('rule_is_null')
  if (SCHEME_WITHOUT_SLASHES.test(typed)) return deny('scheme_not_allowed')
  if (/[,;]/.test(typed)) return deny('rule_is_list')
  if (/\s|\p{Cc}|\p{Cf}/u.test(typed)) return deny(/\S[ \n]+\S/.test(typed) ? 'rule_is_list' : 'rule_has_blank')
  const parts = split(typed)
  return parts.ok ? normaliseParts(parts.value) : parts
}

interface Parts {
  /** As typed: null without one. */
  scheme: 'http' | 'https' | null
  host: string
  /** Without its colon; null without one. */
  port: string | null
}

/** By hand, since `URL` mends what must be refused: backslashes, tabs, missing slashes, user names. */
function split(typed: string): Verdict<Parts, RuleReason> {
  const schemeEnd = typed.indexOf('://')
  const scheme = schemeEnd < 0 ? null : typed.slice(0, schemeEnd).toLowerCase()
  if (scheme !== null && scheme !== 'https' && scheme !== 'http') return deny('scheme_not_allowed')
  let rest = scheme === null ? typed : typed.slice(schemeEnd + 3)
  if (rest.endsWith('/')) rest = rest.slice(0, -1)
  if (rest.includes('#')) return deny('fragment_not_allowed')
  if (rest.includes('?')) return deny('query_not_allowed')
  if (/[/\\]/.test(rest)) return deny('path_not_allowed')
  if (rest.includes('@')) return deny('userinfo_not_allowed')
  if (BARE_IPV6.test(rest)) return deny(rest === '::1' ? 'ip_not_canonical' : 'ip_not_loopback')
  if (rest.startsWith('*.[')) return deny('wildcard_misplaced')
  if (rest.startsWith('[') && !rest.includes(']')) return deny('host_invalid')
  const hostEnd = rest.startsWith('[') ? rest.indexOf(']') + 1 : rest.indexOf(':') < 0 ? rest.length : rest.indexOf(':')
  const [host, tail] = [rest.slice(0, hostEnd), rest.slice(hostEnd)]
  if (tail === '') return allow({ scheme, host, port: null })
  const port = /^:(\d{1,5})$/.exec(tail)?.[1]
  if (port === undefined || Number(port) > 65_535) return deny('port_invalid')
  return allow({ scheme, host, port: String(Number(port)) })
}

function normaliseParts({ scheme, host: typedHost, port }: Parts): Verdict<string, RuleReason> {
  const host = normaliseHost(typedHost)
  if (!host.ok) return host
  const { name, isLoopback, isWildcard } = host.value
  if (scheme === null && isLoopback) return deny('localhost_bare')
  if (scheme === 'http' && !isLoopback) return deny(isWildcard ? 'wildcard_not_https' : 'http_not_loopback')
  const isDefaultPort = port === (scheme === 'http' ? '80' : '443')
  if (scheme === null && port !== null && !isDefaultPort) return deny('port_without_scheme')
  return allow((scheme === null ? '' : `${scheme}://`) + name + (port === null || isDefaultPort ? '' : `:${port}`))
}

interface Host {
  /** As it is stored, with `*.` before a wildcard. */
  name: string
  isLoopback: boolean
  isWildcard: boolean
}

function normaliseHost(typed: string): Verdict<Host, RuleReason> {
  const isWildcard = typed.startsWith('*.')
  const bare = isWildcard ? typed.slice(2) : typed
  if (bare.includes('*')) return deny('wildcard_misplaced')
  if (bare === '') return deny(isWildcard ? 'rule_is_any' : 'host_invalid')
  if (bare.startsWith('.')) return deny('dot_leading')
  if (bare.endsWith('.')) return deny('dot_trailing')
  if (bare.includes('..')) return deny('label_empty')
  const name = serialiseHost(bare)
  if (name === null) return deny('host_invalid')
  const address = addressKind(name)
  if (address !== null) return isWildcard ? deny('wildcard_misplaced') : judgeAddress(bare, name, address)
  const found = judgeName(name, isWildcard)
  return found.ok ? allow({ name: (isWildcard ? '*.' : '') + name, isLoopback: found.value, isWildcard }) : found
}

/** Lower case, Unicode to Punycode, addresses in their one spelling; null for what is no host. */
function serialiseHost(host: string): string | null {
  // These would end the host or be decoded by `URL`, which then answers for another name than the one typed.
  if (/[%:<>^|[\]]/.test(host.replace(/^\[([0-9a-f:.]+)\]$/i, ''))) return null
  const url = URL.parse(`https://${host}`)
  return url && url.pathname === '/' && url.port === '' ? url.hostname : null
}

function addressKind(name: string): 'loopback' | 'other' | null {
  if (name.startsWith('[')) return name === '[::1]' ? 'loopback' : 'other'
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(name)) return null
  return name.startsWith('127.') ? 'loopback' : 'other'
}

/** `0x7f.1` is 127.0.0.1 as well, but nobody who types that means to be understood. */
function judgeAddress(typed: string, name: string, kind: 'loopback' | 'other'): Verdict<Host, RuleReason> {
  if (kind === 'other') return deny('ip_not_loopback')
  return typed.toLowerCase() === name ? allow({ name, isLoopback: true, isWildcard: false }) : deny('ip_not_canonical')
}

/** Whether the name is `localhost`. */
function judgeName(name: string, isWildcard: boolean): Verdict<boolean, RuleReason> {
  if (name === 'localhost') return isWildcard ? deny('public_suffix') : allow(true)
  if (name.length > MAX_NAME_LENGTH) return deny('rule_too_long')
  if (!name.split('.').every((label) => label.length <= 63 && LABEL.test(label))) return deny('host_invalid')
  const { publicSuffix } = parseDomain(name, { allowPrivateDomains: true, validateHostname: false })
  return publicSuffix === null || publicSuffix === name ? deny('public_suffix') : allow(false)
}

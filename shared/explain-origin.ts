import { compileRules, isLoopbackForTestKey, matchOrigin, type Origin, parseOrigin, type RuleSource } from './origin.ts'
import type { Environment } from './public-key.ts'

export type ExplainReason =
  | 'origin_missing'
  | 'origin_malformed'
  | 'origin_null'
  | 'admitted_by_rule'
  | 'admitted_by_test_key'
  | 'list_empty'
  | 'rule_expired'
  | 'scheme_differs'
  | 'port_differs'
  /** `*.example.com` does not cover `example.com`. */
  | 'apex_not_covered'
  /** `example.com` does not cover `www.example.com`. */
  | 'subdomain_not_covered'
  | 'host_differs'

export interface Explanation {
  allowed: boolean
  /** The rule that admits the origin, or the nearest one that does not. */
  rule: string | null
  reason: ExplainReason
}

/** Nearest first: what a person would have to change is least for the earlier ones. */
const NEARNESS: readonly ExplainReason[] = [
  'rule_expired',
  'scheme_differs',
  'port_differs',
  'apex_not_covered',
  'subdomain_not_covered',
]

/** Why an origin is admitted or not. Walks the whole list: for people who ask, not for requests. */
export function explainOrigin(
  rules: readonly RuleSource[],
  header: string | null,
  environment: Environment,
  nowMs: number,
): Explanation {
  const parsed = parseOrigin(header)
  if (!parsed.ok)
    return {
      allowed: false,
      rule: null,
      reason: parsed.reason === 'origin_not_allowed' ? 'origin_null' : parsed.reason,
    }
  const origin = parsed.value
  const rule = matchOrigin(compileRules(rules), origin, nowMs)
  if (rule !== null) return { allowed: true, rule, reason: 'admitted_by_rule' }
  if (environment === 'test' && isLoopbackForTestKey(origin))
    return { allowed: true, rule: null, reason: 'admitted_by_test_key' }
  if (rules.length === 0) return { allowed: false, rule: null, reason: 'list_empty' }
  const reasons = rules.map((source) => ({ rule: source.rule, reason: differenceTo(source, origin) }))
  const nearest = NEARNESS.flatMap((reason) => reasons.filter((found) => found.reason === reason))[0]
  return { allowed: false, ...(nearest ?? { rule: null, reason: 'host_differs' }) }
}

function differenceTo({ rule }: RuleSource, origin: Origin): ExplainReason {
  const forever = compileRules([{ rule }])
  if (matchOrigin(forever, origin, 0) !== null) return 'rule_expired'
  const text = rule.includes('://') ? rule : `https://${rule}`
  const scheme = text.startsWith('https:') ? 'https' : 'http'
  const [host = '', port = ''] = splitPort(text.slice(scheme.length + 3))
  const isWildcard = host.startsWith('*.')
  const name = isWildcard ? host.slice(2) : host
  const covers = isWildcard ? origin.host.endsWith(`.${name}`) : origin.host === name
  if (covers) return origin.scheme === scheme ? 'port_differs' : 'scheme_differs'
  if (origin.scheme !== scheme || origin.port !== port) return 'host_differs'
  if (isWildcard && origin.host === name) return 'apex_not_covered'
  return !isWildcard && origin.host.endsWith(`.${name}`) ? 'subdomain_not_covered' : 'host_differs'
}

function splitPort(authority: string): [string, string] {
  const colon = authority.lastIndexOf(':')
  return colon > authority.lastIndexOf(']') ? [authority.slice(0, colon), authority.slice(colon)] : [authority, '']
}

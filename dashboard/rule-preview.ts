import { compileRules, matchOrigin, parseOrigin } from '#shared/origin.ts'
import { normaliseRule, RULE_REASONS } from '#shared/origin-rule.ts'

export type RulePreview =
  /** `rule`: as it would be saved. The examples are judged by the very code that judges visitors. */
  { ok: true; rule: string; means: string; admits: string[]; refuses: string[] } | { ok: false; sentence: string }

/** What a rule would mean, while it is typed. */
export function previewRule(typed: string): RulePreview {
  const verdict = normaliseRule(typed)
  if (!verdict.ok) return { ok: false, sentence: RULE_REASONS[verdict.reason] }
  const rule = verdict.value
  const compiled = compileRules([{ rule }])
  const admitted = (origin: string): boolean => {
    const parsed = parseOrigin(origin)
    return parsed.ok && matchOrigin(compiled, parsed.value, 0) !== null
  }
  const examples = examplesFor(rule)
  return {
    ok: true,
    rule,
    means: meaningOf(rule),
    admits: examples.filter(admitted).slice(0, 2),
    refuses: examples.filter((origin) => !admitted(origin)).slice(0, 4),
  }
}

function meaningOf(rule: string): string {
  const [scheme, host] = parts(rule)
  if (!host.startsWith('*.')) return `Pages on exactly ${scheme}://${host}.`
  return `Pages on any subdomain of ${host.slice(2)}, at any depth, over https; not on ${host.slice(2)} itself.`
}

/** What people expect of a rule, rightly or not, the most surprising first. */
function examplesFor(rule: string): string[] {
  const [scheme, host] = parts(rule)
  const isWildcard = host.startsWith('*.')
  const bare = isWildcard ? host.slice(2) : host
  const [name = '', port = ''] = splitPort(bare)
  if (isLoopback(name))
    return [
      `${scheme}://${bare}`,
      `${scheme === 'http' ? 'https' : 'http'}://${bare}`,
      `${scheme}://${name}:${port === '3000' ? '3001' : '3000'}`,
    ]
  const inside = isWildcard
    ? [`https://docs.${bare}`, `https://eu.docs.${bare}`, `https://${bare}`]
    : [`https://${bare}`, `https://www.${bare}`]
  return [
    ...inside,
    `http://${isWildcard ? 'docs.' : ''}${name}`,
    `https://${isWildcard ? 'docs.' : ''}${name}:${port === '8443' ? '9443' : '8443'}`,
    `https://${name}.example.net`,
  ]
}

function parts(rule: string): [string, string] {
  const [scheme, host] = rule.split('://')
  return host === undefined ? ['https', rule] : [scheme ?? '', host]
}

function splitPort(authority: string): [string, string] {
  const [, name = authority, port = ''] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? []
  return [name, port]
}

const isLoopback = (name: string): boolean => name === 'localhost' || name === '[::1]' || /^127\./.test(name)

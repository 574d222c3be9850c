import { normaliseRule, RULE_REASONS } from '#shared/origin-rule.ts'
import { StartProblem } from './start-problem.ts'

/** Each `--origin` in its stored form. */
export function parseOrigins(typed: string[]): string[] {
  return typed.map((text) => {
    const rule = normaliseRule(text)
    if (!rule.ok) throw new StartProblem(`--origin ${text}: ${RULE_REASONS[rule.reason]}`)
    return rule.value
  })
}

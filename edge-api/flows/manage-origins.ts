import { type ExplainReason, type Explanation, explainOrigin } from '#shared/explain-origin.ts'
import { type KeyId, newId, type OriginRuleId, parseId } from '#shared/ids.ts'
import { parseOrigin, type RuleSource } from '#shared/origin.ts'
import { normaliseRule, type RuleReason } from '#shared/origin-rule.ts'
import type { Environment } from '#shared/public-key.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { type List, listOf, type PageReason, type PageRequest, readPage } from '../rules/page.ts'
import { type OriginRule, otherSpelling, readExpiry, type SettingsReason } from '../rules/settings.ts'
import { observedAfter } from '../rules/sighting.ts'
import { type Change, type Management, tellGate } from './manage-project.ts'

/** In the order in which they were added. */
export async function listRules(
  { settings }: Management,
  request: PageRequest = {},
): Promise<Verdict<List<OriginRule>, PageReason>> {
  const page = readPage(request, (id) => parseId('originRule', id) !== null)
  return page.ok ? allow(listOf(await settings.pageOfRules(page.value), page.value)) : page
}

export interface AddRule {
  /** As typed. */
  rule: string
  /** ISO 8601; absent or null: it stays. For preview deployments. */
  expiresAt?: string | null | undefined
}

export interface AddedRule extends Change {
  id: OriginRuleId
  /** As saved. */
  rule: string
  expiresAt: string | null
}

export async function addRule(
  management: Management,
  { rule: typed, expiresAt }: AddRule,
): Promise<Verdict<AddedRule, RuleReason | SettingsReason>> {
  const { settings, random, nowMs } = management
  const now = nowMs()
  const rule = normaliseRule(typed)
  if (!rule.ok) return rule
  const expiry = readExpiry(expiresAt, now)
  if (!expiry.ok) return expiry
  const id = newId('originRule', random)
  const row = { id, rule: rule.value, otherSpelling: otherSpelling(rule.value), expiresAtMs: expiry.value }
  const outcome = await settings.addRule(row, now)
  if (outcome !== 'added') return deny(outcome === 'full' ? 'rules_full' : 'rule_duplicate')
  return allow({ id, rule: rule.value, expiresAt: isoOf(expiry.value), ...(await tellGate(management)) })
}

export async function removeRule(management: Management, id: OriginRuleId): Promise<Verdict<Change, 'rule_unknown'>> {
  if (!(await management.settings.removeRule(id))) return deny('rule_unknown')
  return allow(await tellGate(management))
}

/** Judges by the rules as they are saved, for a live key unless told otherwise. */
export async function explain(
  { settings, nowMs }: Management,
  { origin, environment = 'live' }: { origin: string; environment?: Environment | undefined },
): Promise<Explanation> {
  return explainOrigin(await settings.listRules(), origin, environment, nowMs())
}

export interface Observed {
  origin: string
  lastSeenAt: string
  lastAdmittedAt: string | null
  lastRefusedAt: string | null
  /** Whether the rules as they are saved admit it now, and why. */
  allowed: boolean
  reason: ExplainReason
  /** What `addRule` takes to allow exactly this origin; null where it is allowed, or never can be. */
  allowRule: string | null
  keyIds: KeyId[]
}

/** Which origins have called with a key of this project, the latest first. Seconds behind; of many, the oldest are forgotten. */
export async function listObserved(
  management: Management,
  request: PageRequest = {},
): Promise<Verdict<List<Observed>, PageReason>> {
  const { settings, projectId, readSightings, nowMs } = management
  const page = readPage(request, (id) => parseOrigin(id).ok)
  if (!page.ok) return page
  const [rules, { origins }] = await Promise.all([settings.listRules(), readSightings(projectId)])
  const { items, nextCursor } = listOf(observedAfter(origins, page.value.after), page.value)
  const judge = judgeWith(rules, nowMs())
  const judged = items.map(({ origin, lastAtMs, admittedAtMs, refusedAtMs, keyIds }) => ({
    origin,
    lastSeenAt: new Date(lastAtMs).toISOString(),
    lastAdmittedAt: isoOf(admittedAtMs),
    lastRefusedAt: isoOf(refusedAtMs),
    ...judge(origin),
    keyIds,
  }))
  return allow({ items: judged, nextCursor })
}

function judgeWith(sources: RuleSource[], nowMs: number) {
  return (origin: string): Pick<Observed, 'allowed' | 'reason' | 'allowRule'> => {
    const { allowed, reason } = explainOrigin(sources, origin, 'live', nowMs)
    const rule = allowed ? null : normaliseRule(origin)
    return { allowed, reason, allowRule: rule?.ok ? rule.value : null }
  }
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString()
}

import { and, asc, eq, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type OriginRuleId } from '#shared/ids.ts'
import type { Page } from '../../rules/page.ts'
import { MAX_RULES } from '../../rules/settings.ts'
import { originRules } from '../schema.ts'
import type { Scope } from '../scope.ts'
import type { NewRule, ProjectSettings } from '../settings.ts'
import { beginsAfter, microsOf } from './page-of.ts'
import { changePolicy, iso, timestamp } from './settings-change.ts'

type RuleSettings = Pick<ProjectSettings, 'listRules' | 'pageOfRules' | 'addRule' | 'removeRule'>

export function ruleSettings(scope: Scope): RuleSettings {
  return {
    listRules: () => listRules(scope),
    pageOfRules: (page) => pageOfRules(scope, page),
    addRule: (rule, nowMs) => addRule(scope, rule, nowMs),
    removeRule: (id) => removeRule(scope, id),
  }
}

async function listRules({ db, projectId, run }: Scope): ReturnType<RuleSettings['listRules']> {
  const { rule, expiresAt } = originRules
  const [rows] = await run([
    db
      .select({ rule, expiresAt })
      .from(originRules)
      .where(eq(originRules.projectId, projectId))
      .orderBy(asc(originRules.createdAt), asc(originRules.id)),
  ])
  return rows.map((row) => ({ rule: row.rule, expiresAtMs: row.expiresAt === null ? null : Date.parse(row.expiresAt) }))
}

async function pageOfRules({ db, projectId, run }: Scope, page: Page): ReturnType<RuleSettings['pageOfRules']> {
  const [rows] = await run([
    db
      .select({ row: originRules, at: microsOf(originRules.createdAt) })
      .from(originRules)
      .where(and(eq(originRules.projectId, projectId), beginsAfter(originRules, 'originRule', page)))
      .orderBy(asc(originRules.createdAt), asc(originRules.id))
      .limit(page.limit + 1),
  ])
  return rows.map(({ row, at }) => {
    const id = idFromUuid('originRule', row.id)
    const { rule, expiresAt, createdAt } = row
    return { item: { id, rule, expiresAt: iso(expiresAt), createdAt: iso(createdAt) }, position: { at, id } }
  })
}

async function addRule(scope: Scope, rule: NewRule, nowMs: number): ReturnType<RuleSettings['addRule']> {
  const { db, projectId, run } = scope
  const now = timestamp(nowMs)
  const added = sql`
    insert into origin_rules (project_id, id, rule, expires_at)
    select ${projectId}::uuid, ${idToUuid(rule.id)}::uuid, ${rule.rule}, ${timestamp(rule.expiresAtMs)}
    where (select count(*) from origin_rules where project_id = ${projectId}::uuid) < ${MAX_RULES}
      and not exists (
        select from origin_rules where project_id = ${projectId}::uuid and rule = ${rule.otherSpelling}::text
          and (expires_at is null or expires_at > ${now})
      )
    on conflict (project_id, rule) do update
      set id = excluded.id, expires_at = excluded.expires_at, created_at = now()
      where origin_rules.expires_at <= ${now}
    returning id`
  const counted = db
    .select({ rules: sql<number>`count(*)::int` })
    .from(originRules)
    .where(eq(originRules.projectId, projectId))
  const [, { rows }, [count]] = await run([...changePolicy(scope, added), counted])
  if (rows.length > 0) return 'added'
  return (count?.rules ?? 0) >= MAX_RULES ? 'full' : 'duplicate'
}

async function removeRule(scope: Scope, id: OriginRuleId): Promise<boolean> {
  const removed = sql`
    delete from origin_rules where project_id = ${scope.projectId}::uuid and id = ${idToUuid(id)}::uuid returning id`
  const [, { rows }] = await scope.run(changePolicy(scope, removed))
  return rows.length > 0
}

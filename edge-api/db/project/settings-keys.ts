import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { toHex } from '#shared/bytes.ts'
import { idFromUuid, idToUuid, type KeyId } from '#shared/ids.ts'
import type { Scope as KeyScope } from '#shared/public-key.ts'
import type { Page } from '../../rules/page.ts'
import { MAX_KEYS, type ProjectKey } from '../../rules/settings.ts'
import { keys } from '../schema.ts'
import type { Scope } from '../scope.ts'
import type { KeyIdentity, KeyReplacement, NewKeyRow, ProjectSettings } from '../settings.ts'
import { beginsAfter, microsOf } from './page-of.ts'
import { changePolicy, iso, timestamp } from './settings-change.ts'

type KeySettings = Pick<ProjectSettings, 'pageOfKeys' | 'findKey' | 'addKey' | 'replaceKey' | 'revokeKey'>

export function keySettings(scope: Scope): KeySettings {
  return {
    pageOfKeys: (page) => pageOfKeys(scope, page),
    findKey: (id) => findKey(scope, id),
    addKey: (key) => addKey(scope, key),
    replaceKey: (replacement, nowMs) => replaceKey(scope, replacement, nowMs),
    revokeKey: (id, nowMs) => revokeKey(scope, id, nowMs),
  }
}

async function pageOfKeys({ db, projectId, run }: Scope, page: Page): ReturnType<KeySettings['pageOfKeys']> {
  const [rows] = await run([
    db
      .select({ row: keys, at: microsOf(keys.createdAt) })
      .from(keys)
      .where(and(eq(keys.projectId, projectId), beginsAfter(keys, 'key', page)))
      .orderBy(asc(keys.createdAt), asc(keys.id))
      .limit(page.limit + 1),
  ])
  return rows.map(({ row, at }) => {
    const item = { ...keyOf(row), body: row.body }
    return { item, position: { at, id: item.id } }
  })
}

async function findKey({ db, projectId, run }: Scope, id: KeyId): Promise<ProjectKey | null> {
  const one = and(eq(keys.projectId, projectId), eq(keys.id, idToUuid(id)))
  const [[row]] = await run([db.select().from(keys).where(one)])
  return row === undefined ? null : keyOf(row)
}

function keyOf(row: typeof keys.$inferSelect): ProjectKey {
  return {
    id: idFromUuid('key', row.id),
    kind: row.kind,
    environment: row.environment,
    label: row.label,
    scopes: row.scopes as KeyScope[],
    createdAt: iso(row.createdAt),
    expiresAt: iso(row.expiresAt),
    revokedAt: iso(row.revokedAt),
    replacedBy: row.replacedBy === null ? null : idFromUuid('key', row.replacedBy),
  }
}

const bodyOf = ({ body }: KeyIdentity): SQL => sql`${body}::text`
const hashOf = ({ secretHash }: KeyIdentity): SQL =>
  sql`${secretHash === null ? null : `\\x${toHex(secretHash)}`}::bytea`

function roomForOne({ projectId }: Scope): SQL {
  return sql`(select count(*) from keys where project_id = ${projectId}::uuid) < ${MAX_KEYS}`
}

async function addKey(scope: Scope, key: NewKeyRow): ReturnType<KeySettings['addKey']> {
  const added = sql`
    insert into keys (project_id, id, kind, environment, body, secret_hash, scopes, label, expires_at)
    select ${scope.projectId}::uuid, ${idToUuid(key.id)}::uuid, ${key.kind}, ${key.environment}, ${bodyOf(key.identity)},
      ${hashOf(key.identity)}, ${`{${key.scopes.join(',')}}`}::text[], ${key.label}, ${timestamp(key.expiresAtMs)}
    where ${roomForOne(scope)}
    returning id`
  const [, { rows }] = await scope.run(changePolicy(scope, added))
  return rows.length > 0 ? 'added' : 'full'
}

/** The old key's state is judged by the statement that writes, so of two rotations at once the second is refused. */
async function replaceKey(
  scope: Scope,
  { oldId, newId, identity, revokeAtMs, expiresAtMs }: KeyReplacement,
  nowMs: number,
): ReturnType<KeySettings['replaceKey']> {
  const { db, projectId, run } = scope
  const old = sql`project_id = ${projectId}::uuid and id = ${idToUuid(oldId)}::uuid and revoked_at is null
    and (expires_at is null or expires_at > ${timestamp(nowMs)})`
  const judged = db.execute<{ active: boolean }>(sql`select exists (select from keys where ${old}) as active`)
  const expiry = expiresAtMs === undefined ? sql`expires_at` : timestamp(expiresAtMs)
  const replaced = sql`
    insert into keys (project_id, id, kind, environment, body, secret_hash, scopes, label, expires_at)
    select project_id, ${idToUuid(newId)}::uuid, kind, environment, ${bodyOf(identity)}, ${hashOf(identity)}, scopes, label,
      ${expiry}
    from keys where ${old} and ${roomForOne(scope)}
    returning id`
  const ended = db.execute(sql`
    update keys set revoked_at = ${timestamp(revokeAtMs)}, replaced_by = ${idToUuid(newId)}::uuid
    where ${old} and exists (select from keys where project_id = ${projectId}::uuid and id = ${idToUuid(newId)}::uuid)`)
  const [turn, change] = changePolicy(scope, replaced)
  const [, judgement, { rows }] = await run([turn, judged, change, ended])
  if (rows.length > 0) return 'replaced'
  return judgement.rows[0]?.active ? 'full' : 'not_active'
}

async function revokeKey(scope: Scope, id: KeyId, nowMs: number): ReturnType<KeySettings['revokeKey']> {
  const { db, projectId, run } = scope
  const one = sql`project_id = ${projectId}::uuid and id = ${idToUuid(id)}::uuid`
  const now = timestamp(nowMs)
  const revoked = sql`
    update keys set revoked_at = ${now} where ${one} and (revoked_at is null or revoked_at > ${now}) returning id`
  const known = db.execute(sql`select 1 as one from keys where ${one}`)
  const [, { rows }, found] = await run([...changePolicy(scope, revoked), known])
  if (rows.length > 0) return 'revoked'
  return found.rows.length > 0 ? 'ended_before' : 'unknown'
}

import { asc, eq, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid } from '#shared/ids.ts'
import { MAX_IDENTITY_KEYS } from '../../rules/settings.ts'
import { projects } from '../schema.ts'
import { identityKeys } from '../schema-visitors.ts'
import type { Scope } from '../scope.ts'
import type { NewIdentityKey, ProjectSettings } from '../settings.ts'
import { changePolicy, iso } from './settings-change.ts'

type IdentitySettings = Pick<
  ProjectSettings,
  'readIdentity' | 'addIdentityKey' | 'removeIdentityKey' | 'enforceIdentity'
>

export function identitySettings(scope: Scope): IdentitySettings {
  return {
    readIdentity: () => readIdentity(scope),
    addIdentityKey: (key) => addIdentityKey(scope, key),
    removeIdentityKey: async (id) => {
      const removed = sql`
        delete from identity_keys where project_id = ${scope.projectId}::uuid and id = ${idToUuid(id)}::uuid returning id`
      const [, { rows }] = await scope.run(changePolicy(scope, removed))
      return rows.length > 0
    },
    enforceIdentity: (enforced) => enforceIdentity(scope, enforced),
  }
}

async function readIdentity({ db, projectId, run }: Scope): ReturnType<IdentitySettings['readIdentity']> {
  const { id, kid, algorithm, createdAt } = identityKeys
  const [[project], keys] = await run([
    db.select({ enforced: projects.enforceIdentity }).from(projects).where(eq(projects.projectId, projectId)),
    db
      .select({ id, kid, algorithm, createdAt })
      .from(identityKeys)
      .where(eq(identityKeys.projectId, projectId))
      .orderBy(asc(createdAt), asc(id)),
  ])
  return {
    enforced: project?.enforced ?? false,
    keys: keys.map((key) => ({ ...key, id: idFromUuid('identityKey', key.id), createdAt: iso(key.createdAt) })),
  }
}

async function addIdentityKey(scope: Scope, key: NewIdentityKey): ReturnType<IdentitySettings['addIdentityKey']> {
  const { db, projectId, run } = scope
  const sealed = key.sealedSecret === null ? sql`null` : sql.param(key.sealedSecret, identityKeys.sealedSecret)
  const added = sql`
    insert into identity_keys (project_id, id, kid, algorithm, public_key, sealed_secret)
    select ${projectId}::uuid, ${idToUuid(key.id)}::uuid, ${key.kid}::text, ${key.algorithm}, ${key.publicKey}::text, ${sealed}::bytea
    where (select count(*) from identity_keys where project_id = ${projectId}::uuid) < ${MAX_IDENTITY_KEYS}
    on conflict on constraint identity_keys_kid_key do nothing
    returning id`
  const counted = db
    .select({ keys: sql<number>`count(*)::int` })
    .from(identityKeys)
    .where(eq(identityKeys.projectId, projectId))
  const [, { rows }, [count]] = await run([...changePolicy(scope, added), counted])
  if (rows.length > 0) return 'added'
  return (count?.keys ?? 0) >= MAX_IDENTITY_KEYS ? 'full' : 'duplicate'
}

/** Not through settings-change.ts, because the epoch is in the same row: one statement cannot update one row twice. */
async function enforceIdentity({ db, projectId, run }: Scope, enforced: boolean): Promise<void> {
  await run([
    db.execute(sql`
      with changed as (
        update projects set enforce_identity = ${enforced}, policy_epoch = policy_epoch + 1
        where project_id = ${projectId}::uuid and enforce_identity <> ${enforced}
        returning project_id, policy_epoch
      )
      insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from changed`),
  ])
}

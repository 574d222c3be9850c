import { type SQL, sql } from 'drizzle-orm'
import { idToUuid } from '#shared/ids.ts'
import type { Act, Actor } from '../account.ts'
import type { Database } from '../connect.ts'
import type { ActingFor } from '../scope.ts'

type Who = Omit<Actor, 'role'>

export const actingFor = ({ userId, organizationId }: Pick<Actor, 'userId' | 'organizationId'>): ActingFor => ({
  userId: idToUuid(userId),
  organizationId: idToUuid(organizationId),
})

/** The statement that notes an act; for the batch of the act itself, so that neither is there without the other. */
export function auditStatement(db: Database, actor: Who, act: Act) {
  return db.execute(sql`${entry(actor, act)}`)
}

/** The same as the part `noted` of a statement, for as often as its part `done` has a row. */
export function auditParts(actor: Who, act: Act, done: SQL = sql`done`): SQL {
  return sql`noted as (${entry(actor, act)} from ${done})`
}

function entry({ organizationId, userId, email, network }: Who, { action, target, details = {} }: Act): SQL {
  return sql`insert into audit_entries (organization_id, id, actor_id, actor_email, action, target, network, details)
    select ${idToUuid(organizationId)}::uuid, gen_random_uuid(), ${idToUuid(userId)}::uuid, ${email}::text, ${action}::text,
      ${target}::text, ${network}::text, ${JSON.stringify(details)}::jsonb`
}

import { sql } from 'drizzle-orm'
import { idToUuid } from '#shared/ids.ts'
import type { Act, Actor } from '../account.ts'
import type { Database } from '../connect.ts'
import type { ActingFor } from '../scope.ts'

export const actingFor = ({ userId, organizationId }: Pick<Actor, 'userId' | 'organizationId'>): ActingFor => ({
  userId: idToUuid(userId),
  organizationId: idToUuid(organizationId),
})

/** The statement that notes an act; for the batch of the act itself, so that neither is there without the other. */
export function auditStatement(db: Database, actor: Omit<Actor, 'role'>, { action, target, details = {} }: Act) {
  return db.execute(sql`insert into audit_entries
    (organization_id, id, actor_id, actor_email, action, target, network, details)
    values (${idToUuid(actor.organizationId)}::uuid, gen_random_uuid(), ${idToUuid(actor.userId)}::uuid, ${actor.email},
      ${action}, ${target}, ${actor.network}, ${JSON.stringify(details)}::jsonb)`)
}

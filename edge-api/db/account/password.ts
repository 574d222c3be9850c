import { sql } from 'drizzle-orm'
import { idToUuid } from '#shared/ids.ts'
import type { AccountDb, NewAccount } from '../account.ts'
import type { Database } from '../connect.ts'
import { timestamp } from '../project/settings-change.ts'
import { runAsApp } from '../scope.ts'
import { actingFor } from './audit-entry.ts'
import { hex, openingStatement } from './sessions.ts'

type Passwords = Pick<
  AccountDb,
  'signUp' | 'addEmailToken' | 'verifyEmail' | 'resetPassword' | 'readPasswordHash' | 'changePassword'
>

export function passwordRows(db: Database): Passwords {
  return {
    signUp: (account) => signUp(db, account),
    async addEmailToken({ userId, purpose, tokenHash, expiresAtMs }) {
      const id = idToUuid(userId)
      await runAsApp(db, { userId: id }, [
        db.execute(sql`delete from email_tokens where user_id = ${id}::uuid and purpose = ${purpose}`),
        db.execute(sql`insert into email_tokens (token_hash, user_id, purpose, expires_at)
          values (${hex(tokenHash)}::bytea, ${id}::uuid, ${purpose}, ${timestamp(expiresAtMs)})`),
      ])
    },
    async verifyEmail(tokenHash) {
      return useToken(db, tokenHash, 'verify', (used) => [
        db.execute(sql`with used as (${used}) update users set email_verified_at = coalesce(email_verified_at, now())
          where id in (select user_id from used) returning id`),
      ])
    },
    async resetPassword(tokenHash, passwordHash) {
      // Whoever could read the mail owns the address, so it is verified too; a second factor stays.
      return useToken(db, tokenHash, 'reset', (used, userId) => [
        db.execute(sql`with used as (${used}) update users set password_hash = ${passwordHash},
          email_verified_at = coalesce(email_verified_at, now()) where id in (select user_id from used) returning id`),
        db.execute(sql`delete from sessions where user_id = ${userId}::uuid`),
        db.execute(sql`delete from email_tokens where user_id = ${userId}::uuid`),
      ])
    },
    async readPasswordHash(email) {
      const found = db.execute<{ password_hash: string | null }>(
        sql`select password_hash from system_credentials(${email})`,
      )
      const [{ rows }] = await runAsApp(db, {}, [found])
      return rows[0]?.password_hash ?? null
    },
    async changePassword({ actor, passwordHash, session }) {
      const id = idToUuid(actor.userId)
      await runAsApp(db, actingFor(actor), [
        db.execute(sql`delete from sessions where user_id = ${id}::uuid`),
        db.execute(sql`delete from email_tokens where user_id = ${id}::uuid and purpose = 'reset'`),
        openingStatement(db, { ...session, action: 'password.changed' }),
        db.execute(sql`update users set password_hash = ${passwordHash} where id = ${id}::uuid`),
      ])
    },
  }
}

async function signUp(db: Database, account: NewAccount): Promise<'created' | 'taken'> {
  const userId = idToUuid(account.userId)
  const organizationId = idToUuid(account.organizationId)
  const { email, name, organizationName, passwordHash, verification, network } = account
  const [{ rows }] = await runAsApp(db, { userId, organizationId }, [
    // The address decides; where it is taken, nothing that follows finds a user to belong to.
    db.execute(sql`
      with person as (
        insert into users (id, email, name, password_hash) values (${userId}::uuid, ${email}, ${name}, ${passwordHash})
        on conflict (email) do nothing returning id
      ),
      organization as (
        insert into organizations (id, name) select ${organizationId}::uuid, ${organizationName} from person returning id
      ),
      membership as (
        insert into memberships (organization_id, user_id, role) select organization.id, person.id, 'owner'
        from person, organization returning user_id
      ),
      token as (
        insert into email_tokens (token_hash, user_id, purpose, expires_at)
        select ${hex(verification.tokenHash)}::bytea, user_id, 'verify', ${timestamp(verification.expiresAtMs)} from membership
      ),
      noted as (
        insert into audit_entries (organization_id, id, actor_id, actor_email, action, network)
        select ${organizationId}::uuid, gen_random_uuid(), user_id, ${email}, 'account.created', ${network} from membership
      )
      select id from person`),
  ])
  return rows.length > 0 ? 'created' : 'taken'
}

type Statements = (used: ReturnType<typeof sql>, userId: string) => ReturnType<Database['execute']>[]

/** Finds whose token it is, then uses it up in the statement that it permits: of two at once, one finds it gone. */
async function useToken(
  db: Database,
  tokenHash: Uint8Array,
  purpose: 'verify' | 'reset',
  statements: Statements,
): Promise<boolean> {
  const owner = db.execute<{ id: string }>(
    sql`select id from system_email_token(${hex(tokenHash)}::bytea, ${purpose}) as id`,
  )
  const [{ rows }] = await runAsApp(db, {}, [owner])
  const userId = rows[0]?.id
  if (userId === undefined) return false
  const used = sql`delete from email_tokens
    where token_hash = ${hex(tokenHash)}::bytea and purpose = ${purpose} and expires_at > now() returning user_id`
  const [changed] = await runAsApp(db, { userId }, statements(used, userId))
  return (changed as { rows: unknown[] }).rows.length > 0
}

import { sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type OrganizationId, type UserId } from '#shared/ids.ts'
import type { Actor, Credentials } from '../account.ts'
import type { Database } from '../connect.ts'
import { iso } from '../project/settings-change.ts'
import { runAsApp } from '../scope.ts'
import { actingFor, auditParts } from './audit-entry.ts'
import { hex } from './sessions.ts'

/** Accounts elsewhere by which people sign in. Known by issuer and subject, never by address. */
export interface Identities {
  /** Whose account it is; null for a subject that nobody has linked. */
  findIdentity(issuer: string, subject: string): Promise<FoundIdentity | null>
  /** An account without a password, whose address the provider vouches for. `taken`: the address or the subject is. */
  signUpByIdentity(account: NewIdentityAccount): Promise<'created' | 'taken'>
  /** `taken`: it is somebody else's. */
  linkIdentity(actor: Actor, identity: StoredIdentity): Promise<'linked' | 'taken'>
  /** The latest one that the provider has given. */
  keepRefreshToken(userId: UserId, identity: StoredIdentity): Promise<void>
  listIdentities(userId: UserId): Promise<ListedIdentity[]>
  /** False where there is none of that issuer. */
  unlinkIdentity(actor: Actor, issuer: string): Promise<boolean>
  hasPassword(tokenHash: Uint8Array): Promise<boolean>
}

export interface StoredIdentity {
  issuer: string
  subject: string
  /** Envelope of shared/seal.ts. */
  sealedRefreshToken: Uint8Array | null
}

export interface FoundIdentity {
  email: string
  account: Pick<Credentials, 'userId' | 'name' | 'secondFactor' | 'organizationId'>
}

export interface NewIdentityAccount {
  userId: UserId
  organizationId: OrganizationId
  email: string
  name: string
  network: string
  identity: StoredIdentity
}

export interface ListedIdentity {
  issuer: string
  linkedAt: string
}

export function identityRows(db: Database): Identities {
  return {
    findIdentity: (issuer, subject) => findIdentity(db, issuer, subject),
    signUpByIdentity: (account) => signUpByIdentity(db, account),
    linkIdentity: (actor, identity) => linkIdentity(db, actor, identity),
    async keepRefreshToken(userId, { issuer, subject, sealedRefreshToken: sealed }) {
      const id = idToUuid(userId)
      await runAsApp(db, { userId: id }, [
        db.execute(sql`update user_identities set refresh_token = ${bytesOrNull(sealed)}::bytea
          where issuer = ${issuer} and subject = ${subject} and user_id = ${id}::uuid`),
      ])
    },
    async listIdentities(userId) {
      const id = idToUuid(userId)
      const [{ rows }] = await runAsApp(db, { userId: id }, [
        db.execute<{ issuer: string; created_at: string }>(
          sql`select issuer, created_at from user_identities where user_id = ${id}::uuid order by created_at, issuer`,
        ),
      ])
      return rows.map((row) => ({ issuer: row.issuer, linkedAt: iso(row.created_at) }))
    },
    async unlinkIdentity(actor, issuer) {
      const [{ rows }] = await runAsApp(db, actingFor(actor), [
        db.execute(sql`with done as (delete from user_identities where user_id = ${idToUuid(actor.userId)}::uuid
            and issuer = ${issuer} returning issuer),
          ${auditParts(actor, { action: 'identity.unlinked', target: null, details: { issuer } })} select issuer from done`),
      ])
      return rows.length > 0
    },
    async hasPassword(tokenHash) {
      const [{ rows }] = await runAsApp(db, {}, [
        db.execute<{ known: boolean }>(sql`select system_has_password(${hex(tokenHash)}::bytea) as known`),
      ])
      return rows[0]?.known ?? false
    },
  }
}

async function findIdentity(db: Database, issuer: string, subject: string): Promise<FoundIdentity | null> {
  const [{ rows }] = await runAsApp(db, {}, [
    db.execute<IdentityRow>(sql`select * from system_identity(${issuer}, ${subject})`),
  ])
  const [row] = rows
  if (row === undefined) return null
  return {
    email: row.email,
    account: {
      userId: idFromUuid('user', row.user_id),
      name: row.name,
      secondFactor: row.second_factor,
      organizationId: row.organization_id === null ? null : idFromUuid('organization', row.organization_id),
    },
  }
}

async function signUpByIdentity(db: Database, account: NewIdentityAccount): Promise<'created' | 'taken'> {
  const userId = idToUuid(account.userId)
  const organizationId = idToUuid(account.organizationId)
  const { email, name, network, identity } = account
  const actor = { ...account, userId: account.userId, network }
  const [{ rows }] = await runAsApp(db, { userId, organizationId }, [
    // The address and the subject decide; where either is taken, nothing that follows finds a user to belong to.
    db.execute(sql`
      with person as (
        insert into users (id, email, name, email_verified_at) select ${userId}::uuid, ${email}, ${name}, now()
        where not exists (select from system_identity(${identity.issuer}, ${identity.subject}))
        on conflict (email) do nothing returning id
      ),
      organization as (
        insert into organizations (id, name) select ${organizationId}::uuid, ${name} from person returning id
      ),
      done as (
        insert into memberships (organization_id, user_id, role) select organization.id, person.id, 'owner'
        from person, organization returning user_id
      ),
      linked as (
        insert into user_identities (issuer, subject, user_id, refresh_token)
        select ${identity.issuer}, ${identity.subject}, user_id, ${bytesOrNull(identity.sealedRefreshToken)}::bytea from done
      ),
      ${auditParts(actor, { action: 'account.created', target: null, details: { issuer: identity.issuer } })}
      select id from person`),
  ])
  return rows.length > 0 ? 'created' : 'taken'
}

async function linkIdentity(db: Database, actor: Actor, identity: StoredIdentity): Promise<'linked' | 'taken'> {
  const { issuer, subject, sealedRefreshToken: sealed } = identity
  const id = idToUuid(actor.userId)
  const [{ rows }] = await runAsApp(db, actingFor(actor), [
    db.execute(sql`
      with done as (
        insert into user_identities (issuer, subject, user_id, refresh_token)
        select ${issuer}, ${subject}, ${id}::uuid, ${bytesOrNull(sealed)}::bytea
        where not exists (select from user_identities where user_id = ${id}::uuid and issuer = ${issuer})
        on conflict (issuer, subject) do nothing returning issuer
      ),
      ${auditParts(actor, { action: 'identity.linked', target: null, details: { issuer } })}
      select issuer from done`),
  ])
  return rows.length > 0 ? 'linked' : 'taken'
}

const bytesOrNull = (bytes: Uint8Array | null): string | null => (bytes === null ? null : hex(bytes))

interface IdentityRow extends Record<string, unknown> {
  user_id: string
  email: string
  name: string
  second_factor: boolean
  organization_id: string | null
}

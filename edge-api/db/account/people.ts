import { type SQL, sql } from 'drizzle-orm'
import {
  type InvitationId,
  idFromUuid,
  idToUuid,
  type OrganizationId,
  type ProjectId,
  type UserId,
} from '#shared/ids.ts'
import type { UnpaidPlan } from '#shared/plans.ts'
import type { Role } from '#shared/roles.ts'
import type { Actor, NewSession } from '../account.ts'
import { type Database, violatedConstraint } from '../connect.ts'
import { iso, timestamp } from '../project/settings-change.ts'
import { roomStatements, SEATS_HELD } from '../room.ts'
import { runAsApp } from '../scope.ts'
import { actingFor, auditParts } from './audit-entry.ts'
import { hex, openingStatement } from './sessions.ts'

/** Who works in an organization, and who is asked to. Each change is one statement, with its entry in the audit log. */
export interface People {
  /** One invitation an address: another one takes the place of the one before, whose link is dead then. Rejects with `PlanFull`. */
  invite(actor: Actor, invitation: NewInvitation): Promise<'invited' | 'already_member' | 'project_unknown'>
  listInvitations(actor: Actor): Promise<ListedInvitation[]>
  revokeInvitation(actor: Actor, id: InvitationId): Promise<boolean>
  /** For whoever holds the link; null when it was used or revoked, or has run out. */
  readInvitation(tokenHash: Uint8Array): Promise<InvitationView | null>
  /** Uses it up, and opens the session in its organization. False when it is not one of that address any more. */
  acceptInvitation(tokenHash: Uint8Array, session: NewSession): Promise<boolean>
  /** A new role ends the person's sessions in the organization, and the invitations that they sent. */
  changeMember(actor: Actor, change: MemberChange): Promise<'changed' | 'unknown' | 'project_unknown' | 'last_owner'>
  removeMember(actor: Actor, userId: UserId): Promise<'removed' | 'unknown' | 'last_owner'>
  /** Makes the other person an owner and the actor an admin; ends the sessions of both. False for a stranger. */
  handOver(actor: Actor, to: UserId): Promise<boolean>
}

export interface NewInvitation {
  id: InvitationId
  /** Normalised. */
  email: string
  role: Role
  projectIds: readonly ProjectId[]
  tokenHash: Uint8Array
  expiresAtMs: number
}

export interface ListedInvitation extends Pick<NewInvitation, 'id' | 'email' | 'role'> {
  projectIds: ProjectId[]
  /** Address of who sent it; null when they are gone. */
  invitedBy: string | null
  createdAt: string
  expiresAt: string
}

export interface InvitationView {
  organization: { id: OrganizationId; name: string }
  email: string
  role: Role
  invitedBy: string | null
  expiresAt: string
}

export interface MemberChange {
  userId: UserId
  role: Role | null
  /** Null: as before. */
  projectIds: readonly ProjectId[] | null
}

export function peopleRows(db: Database, unpaidPlan: UnpaidPlan): People {
  return {
    invite: (actor, invitation) => invite(db, unpaidPlan, actor, invitation),
    listInvitations: (actor) => listInvitations(db, actor),
    async revokeInvitation(actor, id) {
      const [{ rows }] = await runAsApp(db, actingFor(actor), [
        db.execute(sql`with done as (delete from invitations where id = ${idToUuid(id)}::uuid
            and organization_id = ${idToUuid(actor.organizationId)}::uuid returning email),
          ${auditParts(actor, { action: 'invitation.revoked', target: id })} select email from done`),
      ])
      return rows.length > 0
    },
    readInvitation: (tokenHash) => readInvitation(db, tokenHash),
    acceptInvitation: (tokenHash, session) => acceptInvitation(db, tokenHash, session),
    changeMember: (actor, change) => unlessLast(() => changeMember(db, actor, change)),
    removeMember: (actor, userId) => unlessLast(() => removeMember(db, actor, userId)),
    handOver: (actor, to) => handOver(db, actor, to),
  }
}

/** Those of the ids that are projects of the organization. */
const knownProjects = (actor: Actor, ids: readonly ProjectId[]): SQL =>
  sql`select project_id from projects where organization_id = ${idToUuid(actor.organizationId)}::uuid
    and project_id = any (${uuids(ids)}::uuid[])`

async function invite(
  db: Database,
  unpaidPlan: UnpaidPlan,
  actor: Actor,
  invitation: NewInvitation,
): ReturnType<People['invite']> {
  const { id, email, role, projectIds, tokenHash, expiresAtMs } = invitation
  const organization = idToUuid(actor.organizationId)
  // Nobody is added by an invitation that takes the place of one, or to somebody who is here.
  const isNew = sql`select (not exists (select from invitations where email = ${email} and expires_at > now())
    and not exists (select from users where email = ${email}))::int`
  const room = { holding: 'seats', of: organization, held: sql`select ${SEATS_HELD}`, more: isNew, unpaidPlan } as const
  const results = await runAsApp(db, actingFor(actor), [
    ...roomStatements(db, room),
    db.execute<{ made: boolean; member: boolean }>(sql`
      with known as (${knownProjects(actor, projectIds)}),
      member as (
        select from users u join memberships m on m.user_id = u.id
        where m.organization_id = ${organization}::uuid and u.email = ${email}
      ),
      done as (
        insert into invitations (id, organization_id, email, role, project_ids, token_hash, invited_by, expires_at)
        select ${idToUuid(id)}::uuid, ${organization}::uuid, ${email}, ${role}, ${uuids(projectIds)}::uuid[],
          ${hex(tokenHash)}::bytea, ${idToUuid(actor.userId)}::uuid, ${timestamp(expiresAtMs)}
        where (select count(*) from known) = ${projectIds.length} and not exists (select from member)
        on conflict (organization_id, email) do update set id = excluded.id, role = excluded.role,
          project_ids = excluded.project_ids, token_hash = excluded.token_hash, invited_by = excluded.invited_by,
          expires_at = excluded.expires_at, created_at = now()
        returning id
      ),
      ${auditParts(actor, { action: 'invitation.sent', target: id, details: { email, role } })}
      select exists (select from done) as made, exists (select from member) as member`),
  ])
  const { rows } = results.at(-1) as { rows: { made: boolean; member: boolean }[] }
  if (rows[0]?.made) return 'invited'
  return rows[0]?.member ? 'already_member' : 'project_unknown'
}

async function listInvitations(db: Database, actor: Actor): Promise<ListedInvitation[]> {
  const [{ rows }] = await runAsApp(db, actingFor(actor), [
    db.execute<InvitationRow>(sql`
      select i.id, i.email, i.role, to_jsonb(i.project_ids) as projects, u.email as invited_by, i.created_at, i.expires_at
      from invitations i left join users u on u.id = i.invited_by
      where i.organization_id = ${idToUuid(actor.organizationId)}::uuid and i.expires_at > now() order by i.created_at, i.id`),
  ])
  return rows.map((row) => ({
    id: idFromUuid('invitation', row.id),
    email: row.email,
    role: row.role,
    projectIds: row.projects.map((id) => idFromUuid('project', id)),
    invitedBy: row.invited_by,
    createdAt: iso(row.created_at),
    expiresAt: iso(row.expires_at),
  }))
}

async function readInvitation(db: Database, tokenHash: Uint8Array): Promise<InvitationView | null> {
  const [{ rows }] = await runAsApp(db, {}, [
    db.execute<FoundInvitation>(sql`select * from system_invitation(${hex(tokenHash)}::bytea)`),
  ])
  const [row] = rows
  if (row === undefined) return null
  const { email, role, invited_by: invitedBy } = row
  const organization = { id: idFromUuid('organization', row.organization_id), name: row.organization_name }
  return { organization, email, role, invitedBy, expiresAt: iso(row.expires_at) }
}

async function acceptInvitation(db: Database, tokenHash: Uint8Array, session: NewSession): Promise<boolean> {
  const userId = idToUuid(session.userId)
  const accepted = openingStatement(
    db,
    { ...session, action: 'invitation.accepted' },
    sql`delete from invitations where token_hash = ${hex(tokenHash)}::bytea and email = ${session.email} and expires_at > now()
      and organization_id = ${idToUuid(session.organizationId)}::uuid returning organization_id, role, project_ids`,
    sql`, joined as (
        insert into memberships (organization_id, user_id, role) select organization_id, ${userId}::uuid, role from claimed
        on conflict do nothing
      ),
      assigned as (
        insert into project_members (project_id, user_id)
        select p.project_id, ${userId}::uuid from claimed
        join projects p on p.organization_id = claimed.organization_id and p.project_id = any (claimed.project_ids)
        on conflict do nothing
      )`,
  )
  const [{ rows }] = await runAsApp(db, actingFor(session), [accepted])
  return rows.length > 0
}

async function changeMember(
  db: Database,
  actor: Actor,
  { userId, role, projectIds }: MemberChange,
): Promise<'changed' | 'unknown' | 'project_unknown'> {
  const [organization, person] = [idToUuid(actor.organizationId), idToUuid(userId)]
  const ids = projectIds ?? []
  const details = {
    ...(role === null ? {} : { role }),
    ...(projectIds === null ? {} : { projects: projectIds.length }),
  }
  const [{ rows }] = await runAsApp(db, actingFor(actor), [
    db.execute<{ changed: boolean; known: boolean }>(sql`
      with known as (${knownProjects(actor, ids)}),
      before as (
        select user_id, role from memberships where organization_id = ${organization}::uuid and user_id = ${person}::uuid
      ),
      done as (
        update memberships m set role = coalesce(${role}::text, m.role) from before
        where m.organization_id = ${organization}::uuid and m.user_id = before.user_id
          and (select count(*) from known) = ${ids.length} returning m.user_id
      ),
      unassigned as (
        delete from project_members pm using done, projects p
        where pm.user_id = done.user_id and ${projectIds !== null} and p.project_id = pm.project_id
          and p.organization_id = ${organization}::uuid and pm.project_id <> all (${uuids(ids)}::uuid[])
      ),
      assigned as (
        insert into project_members (project_id, user_id) select known.project_id, done.user_id from known, done
        on conflict do nothing
      ),
      revoked as (
        delete from invitations i using done, before where i.organization_id = ${organization}::uuid
          and i.invited_by = done.user_id and before.role is distinct from coalesce(${role}::text, before.role)
      ),
      ${auditParts(actor, { action: 'member.changed', target: userId, details })}
      select exists (select from done) as changed, exists (select from before) as known`),
  ])
  if (rows[0]?.changed) return 'changed'
  return rows[0]?.known ? 'project_unknown' : 'unknown'
}

async function removeMember(db: Database, actor: Actor, userId: UserId): Promise<'removed' | 'unknown'> {
  const [organization, person] = [idToUuid(actor.organizationId), idToUuid(userId)]
  const [{ rows }] = await runAsApp(db, actingFor(actor), [
    db.execute(sql`
      with done as (
        delete from memberships where organization_id = ${organization}::uuid and user_id = ${person}::uuid returning user_id
      ),
      unassigned as (
        delete from project_members pm using done, projects p where pm.user_id = done.user_id
          and p.project_id = pm.project_id and p.organization_id = ${organization}::uuid
      ),
      revoked as (
        delete from invitations i using done where i.organization_id = ${organization}::uuid and i.invited_by = done.user_id
      ),
      ${auditParts(actor, { action: 'member.removed', target: userId })}
      select user_id from done`),
  ])
  return rows.length > 0 ? 'removed' : 'unknown'
}

async function handOver(db: Database, actor: Actor, to: UserId): Promise<boolean> {
  const organization = idToUuid(actor.organizationId)
  const [from, next] = [idToUuid(actor.userId), idToUuid(to)]
  const [{ rows }] = await runAsApp(db, actingFor(actor), [
    db.execute(sql`
      with heir as (
        select user_id from memberships where organization_id = ${organization}::uuid and user_id = ${next}::uuid
          and user_id <> ${from}::uuid for update
      ),
      done as (
        update memberships set role = case when user_id = ${next}::uuid then 'owner' else 'admin' end
        where organization_id = ${organization}::uuid and user_id in (${next}::uuid, ${from}::uuid)
          and exists (select from heir) returning user_id
      ),
      ${auditParts(actor, { action: 'organization.handed_over', target: to }, sql`heir`)}
      select user_id from done`),
  ])
  return rows.length > 0
}

/** The trigger `memberships_owner` has the last word: it sees what others do at the same time. */
async function unlessLast<Outcome>(change: () => Promise<Outcome>): Promise<Outcome | 'last_owner'> {
  try {
    return await change()
  } catch (error) {
    if (violatedConstraint(error) === 'memberships_owner') return 'last_owner'
    throw error
  }
}

/** As a Postgres array. */
const uuids = (ids: readonly ProjectId[]): string => `{${ids.map(idToUuid).join(',')}}`

interface InvitationRow extends Record<string, unknown> {
  id: string
  email: string
  role: Role
  projects: string[]
  invited_by: string | null
  created_at: string
  expires_at: string
}

interface FoundInvitation extends Record<string, unknown> {
  organization_id: string
  organization_name: string
  email: string
  role: Role
  invited_by: string | null
  expires_at: string
}

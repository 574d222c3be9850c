import { sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type OrganizationId, type ProjectId, type UserId } from '#shared/ids.ts'
import type { Role } from '#shared/roles.ts'
import type { Actor } from '../account.ts'
import { type Database, violatedConstraint } from '../connect.ts'
import { runAsApp } from '../scope.ts'
import { actingFor, auditParts } from './audit-entry.ts'

/** How what people have made ends. flows/give-up.ts tells in which order. */
export interface Lifecycle {
  /** The epoch of the policy with which the project's gate is told that there is nothing left; null for no such project. */
  raiseEpoch(actor: Actor, projectId: ProjectId): Promise<number | null>
  /** With all that it holds. */
  deleteProject(actor: Actor, projectId: ProjectId): Promise<boolean>
  projectIds(actor: Actor): Promise<ProjectId[]>
  /** With its projects, people and audit log. */
  deleteOrganization(actor: Actor): Promise<void>
  /** Where the person belongs, and how many others do. */
  countColleagues(userId: UserId): Promise<Belonging[]>
  /** The person's tokens at providers, sealed. */
  readRefreshTokens(userId: UserId): Promise<{ issuer: string; sealed: Uint8Array<ArrayBuffer> }[]>
  /** `last_owner`: of an organization that has others in it; then nothing was changed. */
  deleteAccount(actor: Actor): Promise<'deleted' | 'last_owner'>
  /** Signs the person out everywhere. */
  endSessions(actor: Actor): Promise<void>
  /** Forgets sessions, links and failures whose time is over, of everybody. */
  sweep(): Promise<void>
}

export interface Belonging {
  organizationId: OrganizationId
  role: Role
  /** Besides the person. */
  colleagues: number
  otherOwners: number
}

export function lifecycleRows(db: Database): Lifecycle {
  return {
    async raiseEpoch(actor, projectId) {
      const id = idToUuid(projectId)
      const [{ rows }] = await runAsApp(db, { ...actingFor(actor), projectId: id }, [
        db.execute<{ epoch: string }>(sql`update projects set policy_epoch = policy_epoch + 1
          where project_id = ${id}::uuid and organization_id = ${idToUuid(actor.organizationId)}::uuid returning policy_epoch as epoch`),
      ])
      return rows[0] === undefined ? null : Number(rows[0].epoch)
    },
    async deleteProject(actor, projectId) {
      const id = idToUuid(projectId)
      const [{ rows }] = await runAsApp(db, { ...actingFor(actor), projectId: id }, [
        db.execute(sql`with done as (delete from projects where project_id = ${id}::uuid
            and organization_id = ${idToUuid(actor.organizationId)}::uuid returning project_id),
          ${auditParts(actor, { action: 'project.deleted', target: projectId })} select project_id from done`),
      ])
      return rows.length > 0
    },
    async projectIds(actor) {
      const [{ rows }] = await runAsApp(db, actingFor(actor), [
        db.execute<{ id: string }>(sql`select project_id as id from projects
          where organization_id = ${idToUuid(actor.organizationId)}::uuid order by created_at, project_id`),
      ])
      return rows.map(({ id }) => idFromUuid('project', id))
    },
    async deleteOrganization(actor) {
      const organization = idToUuid(actor.organizationId)
      await runAsApp(db, actingFor(actor), [
        db.execute(sql`delete from projects where organization_id = ${organization}::uuid`),
        db.execute(sql`delete from organizations where id = ${organization}::uuid`),
      ])
    },
    countColleagues: (userId) => countColleagues(db, userId),
    async readRefreshTokens(userId) {
      const id = idToUuid(userId)
      const [{ rows }] = await runAsApp(db, { userId: id }, [
        db.execute<{ issuer: string; sealed: string }>(sql`select issuer, encode(refresh_token, 'base64') as sealed
          from user_identities where user_id = ${id}::uuid and refresh_token is not null`),
      ])
      return rows.map(({ issuer, sealed }) => ({
        issuer,
        sealed: Uint8Array.from(atob(sealed.replace(/\s/g, '')), (character) => character.charCodeAt(0)),
      }))
    },
    async deleteAccount(actor) {
      try {
        await runAsApp(db, actingFor(actor), [
          db.execute(sql`delete from users where id = ${idToUuid(actor.userId)}::uuid`),
        ])
        return 'deleted'
      } catch (error) {
        if (violatedConstraint(error) === 'memberships_owner') return 'last_owner'
        throw error
      }
    },
    async endSessions(actor) {
      await runAsApp(db, actingFor(actor), [
        db.execute(sql`with done as (select 1),
          ended as (delete from sessions where user_id = ${idToUuid(actor.userId)}::uuid),
          ${auditParts(actor, { action: 'sessions.ended', target: null })} select 1 from done`),
      ])
    },
    async sweep() {
      await runAsApp(db, {}, [db.execute(sql`select system_sweep_accounts()`)])
    },
  }
}

/** Each organization is asked in its own name: a person sees only their own membership of the others. */
async function countColleagues(db: Database, userId: UserId): Promise<Belonging[]> {
  const id = idToUuid(userId)
  const [{ rows }] = await runAsApp(db, { userId: id }, [
    db.execute<{ organization: string }>(
      sql`select organization_id as organization from memberships where user_id = ${id}::uuid order by organization_id`,
    ),
  ])
  return Promise.all(
    rows.map(async ({ organization }) => {
      const [counted] = await runAsApp(db, { userId: id, organizationId: organization }, [
        db.execute<{ role: Role; colleagues: number; owners: number }>(sql`
          select max(role) filter (where user_id = ${id}::uuid) as role,
            count(*) filter (where user_id <> ${id}::uuid)::int as colleagues,
            count(*) filter (where user_id <> ${id}::uuid and role = 'owner')::int as owners
          from memberships where organization_id = ${organization}::uuid`),
      ])
      const [row] = counted.rows
      return {
        organizationId: idFromUuid('organization', organization),
        ...{ role: row?.role ?? 'member', colleagues: row?.colleagues ?? 0, otherOwners: row?.owners ?? 0 },
      }
    }),
  )
}

import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type UserId } from '#shared/ids.ts'
import type { UnpaidPlan } from '#shared/plans.ts'
import type { Role } from '#shared/roles.ts'
import { listOf, type Page } from '../../rules/page.ts'
import type { AccountDb, Actor, AuditFilter, ListedMember } from '../account.ts'
import type { Database } from '../connect.ts'
import { beginsAfter, contains, microsOf, standsBefore } from '../project/page-of.ts'
import { iso } from '../project/settings-change.ts'
import { roomStatements } from '../room.ts'
import { policyOutbox, projectMembers, projects } from '../schema.ts'
import { auditEntries } from '../schema-accounts.ts'
import { runAsApp } from '../scope.ts'
import { actingFor, auditStatement } from './audit-entry.ts'
import { openingStatement } from './sessions.ts'

type Organization = Pick<
  AccountDb,
  | 'listOrganizations'
  | 'enterOrganization'
  | 'foundOrganization'
  | 'renameOrganization'
  | 'listProjects'
  | 'createProject'
  | 'listMembers'
  | 'listAudit'
  | 'addAudit'
>

export function organizationRows(db: Database, unpaidPlan: UnpaidPlan): Organization {
  return {
    listOrganizations: (userId) => listOrganizations(db, userId),
    async enterOrganization(session) {
      const { organizationId, userId } = session
      const belongs = sql`select role from memberships where organization_id = ${idToUuid(organizationId)}::uuid
        and user_id = ${idToUuid(userId)}::uuid`
      const entering = openingStatement(db, { ...session, action: 'organization.entered' }, belongs)
      const [{ rows }] = await runAsApp(db, actingFor(session), [entering])
      return rows.length > 0
    },
    async foundOrganization(founder, name) {
      const [organization, user] = [idToUuid(founder.organizationId), idToUuid(founder.userId)]
      await runAsApp(db, actingFor(founder), [
        db.execute(sql`insert into organizations (id, name) values (${organization}::uuid, ${name})`),
        db.execute(
          sql`insert into memberships (organization_id, user_id, role) values (${organization}::uuid, ${user}::uuid, 'owner')`,
        ),
        auditStatement(db, founder, { action: 'organization.founded', target: founder.organizationId }),
      ])
    },
    async renameOrganization(actor, name) {
      await runAsApp(db, actingFor(actor), [
        db.execute(sql`update organizations set name = ${name} where id = ${idToUuid(actor.organizationId)}::uuid`),
        auditStatement(db, actor, { action: 'organization.renamed', target: actor.organizationId, details: { name } }),
      ])
    },
    listProjects: (actor, page) => listProjects(db, actor, page),
    async createProject(actor, { projectId, name }) {
      const [id, of] = [idToUuid(projectId), idToUuid(actor.organizationId)]
      const held = sql`select count(*) from projects where organization_id = ${of}::uuid`
      await runAsApp(db, { ...actingFor(actor), projectId: id }, [
        ...roomStatements(db, { holding: 'projects', of, held, unpaidPlan }),
        db.insert(projects).values({ projectId: id, organizationId: of, name }),
        db.insert(policyOutbox).values({ projectId: id, epoch: 1 }),
        auditStatement(db, actor, { action: 'project.created', target: projectId, details: { name } }),
      ])
    },
    listMembers: (actor) => listMembers(db, actor),
    listAudit: (actor, page, filter = {}) => listAudit(db, actor, page, filter),
    async addAudit(actor, act) {
      await runAsApp(db, actingFor(actor), [auditStatement(db, actor, act)])
    },
  }
}

async function listOrganizations(db: Database, userId: UserId): ReturnType<AccountDb['listOrganizations']> {
  const id = idToUuid(userId)
  const [{ rows }] = await runAsApp(db, { userId: id }, [
    db.execute<{ id: string; name: string; role: Role }>(sql`
      select o.id, o.name, m.role from memberships m join organizations o on o.id = m.organization_id
      where m.user_id = ${id}::uuid order by m.last_used_at desc, o.id`),
  ])
  return rows.map((row) => ({ id: idFromUuid('organization', row.id), name: row.name, role: row.role }))
}

async function listProjects(db: Database, actor: Actor, page: Page): ReturnType<AccountDb['listProjects']> {
  const { createdAt, projectId } = projects
  const assigned =
    actor.role === 'member'
      ? sql`exists (select from ${projectMembers} pm where pm.project_id = ${projectId} and pm.user_id = ${idToUuid(actor.userId)}::uuid)`
      : undefined
  const [rows] = await runAsApp(db, actingFor(actor), [
    db
      .select({
        id: projectId,
        name: projects.name,
        language: projects.language,
        createdAt,
        at: microsOf(createdAt),
      })
      .from(projects)
      .where(
        and(
          eq(projects.organizationId, idToUuid(actor.organizationId)),
          assigned,
          beginsAfter({ createdAt, id: projectId }, 'project', page),
        ),
      )
      .orderBy(asc(createdAt), asc(projectId))
      .limit(page.limit + 1),
  ])
  const placed = rows.map(({ at, ...row }) => {
    const id = idFromUuid('project', row.id)
    return { item: { ...row, id, createdAt: iso(row.createdAt) }, position: { at, id } }
  })
  return listOf(placed, page)
}

async function listMembers(db: Database, actor: Actor): Promise<ListedMember[]> {
  const [{ rows }] = await runAsApp(db, actingFor(actor), [
    db.execute<MemberRow>(sql`
      select u.id, u.email, u.name, m.role, u.totp_enabled_at is not null as second_factor, m.created_at,
        coalesce((select jsonb_agg(pm.project_id order by pm.created_at) from project_members pm where pm.user_id = u.id), '[]') as projects
      from memberships m join users u on u.id = m.user_id
      where m.organization_id = ${idToUuid(actor.organizationId)}::uuid order by m.created_at, u.id`),
  ])
  return rows.map((row) => ({
    id: idFromUuid('user', row.id),
    email: row.email,
    name: row.name,
    role: row.role,
    secondFactor: row.second_factor,
    projectIds: row.projects.map((id) => idFromUuid('project', id)),
    joinedAt: iso(row.created_at),
  }))
}

/** The latest first. */
async function listAudit(
  db: Database,
  actor: Actor,
  page: Page,
  { action, text = '' }: AuditFilter,
): ReturnType<AccountDb['listAudit']> {
  const { actorEmail, target, network, details } = auditEntries
  const all = sql`concat_ws(' ', ${actorEmail}, ${auditEntries.action}, ${target}, ${network}, ${details})`
  const words = text.split(/\s+/).filter((word) => word !== '')
  const at = microsOf(auditEntries.createdAt)
  const [rows] = await runAsApp(db, actingFor(actor), [
    db
      .select({ entry: auditEntries, at })
      .from(auditEntries)
      .where(
        and(
          eq(auditEntries.organizationId, idToUuid(actor.organizationId)),
          standsBefore({ at: auditEntries.createdAt, id: auditEntries.id }, 'auditEntry', page),
          action === undefined ? undefined : eq(auditEntries.action, action),
          ...words.map((word) => contains(all, word)),
        ),
      )
      .orderBy(desc(auditEntries.createdAt), desc(auditEntries.id))
      .limit(page.limit + 1),
  ])
  const placed = rows.map(({ entry, at: micros }) => {
    const id = idFromUuid('auditEntry', entry.id)
    const { action, target, details, network, actorEmail: email } = entry
    const actorId = entry.actorId === null ? null : idFromUuid('user', entry.actorId)
    const item = { id, actor: { id: actorId, email }, action, target, details, network, at: iso(entry.createdAt) }
    return { item, position: { at: micros, id } }
  })
  return listOf(placed, page)
}

interface MemberRow extends Record<string, unknown> {
  id: string
  email: string
  name: string
  role: Role
  second_factor: boolean
  created_at: string
  projects: string[]
}

import { and, desc, eq, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type SessionId, type UserId } from '#shared/ids.ts'
import type { Role } from '#shared/roles.ts'
import type { AccountDb, FoundCredentials, NewSession, SessionView } from '../account.ts'
import type { Database } from '../connect.ts'
import { iso } from '../project/settings-change.ts'
import { sessions, throttles, users } from '../schema-accounts.ts'
import { runAsApp } from '../scope.ts'
import { actingFor, auditStatement } from './audit-entry.ts'

type Sessions = Pick<
  AccountDb,
  'readCredentials' | 'noteFailure' | 'readSession' | 'openSession' | 'touchSession' | 'listSessions' | 'endSession'
>

export function sessionRows(db: Database): Sessions {
  return {
    readCredentials: (email, throttled) => readCredentials(db, email, throttled),
    async noteFailure(throttled) {
      await runAsApp(db, {}, [
        db.execute(sql`insert into throttles (subject, failures)
          select subject, 1 from unnest(${hexes(throttled)}::bytea[]) as subject
          on conflict (subject) do update set failures = throttles.failures + 1, last_failed_at = now()`),
      ])
    },
    readSession: (tokenHash, projectId) => readSession(db, tokenHash, projectId),
    async openSession(session) {
      await runAsApp(db, actingFor(session), openingStatements(db, session))
    },
    async touchSession(userId, id) {
      const touched = db
        .update(sessions)
        .set({ lastSeenAt: sql`now()` })
        .where(eq(sessions.id, idToUuid(id)))
      await runAsApp(db, { userId: idToUuid(userId) }, [touched])
    },
    listSessions: (userId) => listSessions(db, userId),
    async endSession(actor, id) {
      const [{ rows }] = await runAsApp(db, actingFor(actor), [
        db.execute(sql`with ended as (delete from sessions where id = ${idToUuid(id)}::uuid returning id)
          insert into audit_entries (organization_id, id, actor_id, actor_email, action, target, network)
          select ${idToUuid(actor.organizationId)}::uuid, gen_random_uuid(), ${idToUuid(actor.userId)}::uuid, ${actor.email},
            'session.ended', ${id}, ${actor.network} from ended returning id`),
      ])
      return rows.length > 0
    },
  }
}

/** For the batch that signs in, or that changes what a session stands on. */
export function openingStatements(db: Database, session: NewSession) {
  const userId = idToUuid(session.userId)
  const { passwordHash, replaces } = session
  return [
    db.insert(sessions).values({
      id: idToUuid(session.id),
      userId,
      organizationId: idToUuid(session.organizationId),
      tokenHash: session.tokenHash,
      pending: session.pending,
      userAgent: session.userAgent,
      network: session.network,
    }),
    db.delete(sessions).where(sql`${sessions.id} = ${replaces === null ? null : idToUuid(replaces)}::uuid`),
    db.delete(throttles).where(sql`${throttles.subject} = any (${hexes(session.throttled)}::bytea[])`),
    db
      .update(users)
      .set({ passwordHash })
      .where(sql`${users.id} = ${userId}::uuid and ${passwordHash}::text is not null`),
    auditStatement(db, session, { action: session.pending ? 'sign_in.begun' : 'sign_in.done', target: session.id }),
  ] as const
}

async function readCredentials(
  db: Database,
  email: string,
  throttled: readonly Uint8Array[],
): Promise<FoundCredentials> {
  const [{ rows }, failing] = await runAsApp(db, {}, [
    db.execute<CredentialRow>(sql`select * from system_credentials(${email})`),
    db.execute<{ place: number; failures: number; at: string }>(sql`
      select place, failures, extract(epoch from last_failed_at) * 1000 as at
      from unnest(${hexes(throttled)}::bytea[]) with ordinality as asked(subject, place) join throttles using (subject)`),
  ])
  const failures: FoundCredentials['failures'] = throttled.map(() => null)
  for (const { place, failures: count, at } of failing.rows)
    failures[Number(place) - 1] = { failures: Number(count), lastFailedAtMs: Number(at) }
  const [row] = rows
  if (row === undefined) return { account: null, failures }
  return {
    failures,
    account: {
      userId: idFromUuid('user', row.user_id),
      name: row.name,
      passwordHash: row.password_hash,
      emailVerified: row.email_verified,
      secondFactor: row.second_factor,
      organizationId: row.organization_id === null ? null : idFromUuid('organization', row.organization_id),
    },
  }
}

async function readSession(
  db: Database,
  tokenHash: Uint8Array,
  projectId: Parameters<AccountDb['readSession']>[1],
): Promise<SessionView | null> {
  const project = projectId === null ? null : idToUuid(projectId)
  const [{ rows }] = await runAsApp(db, {}, [
    db.execute<SessionRow>(sql`select * from system_session(${hex(tokenHash)}::bytea, ${project}::uuid)`),
  ])
  const [row] = rows
  if (row === undefined) return null
  return {
    id: idFromUuid('session', row.session_id),
    user: {
      id: idFromUuid('user', row.user_id),
      email: row.email,
      name: row.name,
      secondFactor: row.second_factor,
    },
    organization: { id: idFromUuid('organization', row.organization_id), name: row.organization_name },
    role: row.role,
    pending: row.pending,
    createdAtMs: Date.parse(row.created_at),
    lastSeenAtMs: Date.parse(row.last_seen_at),
    provedAtMs: Date.parse(row.proved_at),
    projectKnown: row.project_known,
  }
}

async function listSessions(db: Database, userId: UserId): ReturnType<AccountDb['listSessions']> {
  const [rows] = await runAsApp(db, { userId: idToUuid(userId) }, [
    db
      .select()
      .from(sessions)
      .where(and(eq(sessions.userId, idToUuid(userId)), eq(sessions.pending, false)))
      .orderBy(desc(sessions.createdAt)),
  ])
  return rows.map(({ id, createdAt, lastSeenAt, userAgent, network }) => ({
    id: idFromUuid('session', id) satisfies SessionId,
    createdAt: iso(createdAt),
    lastSeenAt: iso(lastSeenAt),
    userAgent,
    network,
  }))
}

interface CredentialRow extends Record<string, unknown> {
  user_id: string
  name: string
  password_hash: string | null
  email_verified: boolean
  second_factor: boolean
  organization_id: string | null
}

interface SessionRow extends Record<string, unknown> {
  session_id: string
  user_id: string
  email: string
  name: string
  organization_id: string
  organization_name: string
  role: Role
  pending: boolean
  second_factor: boolean
  created_at: string
  last_seen_at: string
  proved_at: string
  project_known: boolean
}

export const hex = (bytes: Uint8Array): string =>
  `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`

/** As a Postgres array. */
const hexes = (all: readonly Uint8Array[]): string => `{${all.map((bytes) => `"\\${hex(bytes)}"`).join(',')}}`

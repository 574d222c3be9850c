import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type SessionId, type UserId } from '#shared/ids.ts'
import type { Role } from '#shared/roles.ts'
import { FIRST_HOLD_SECONDS, LONGEST_HOLD_SECONDS } from '../../rules/throttle.ts'
import type { AccountDb, FoundCredentials, NewSession, SessionView, Throttled } from '../account.ts'
import type { Database } from '../connect.ts'
import { iso } from '../project/settings-change.ts'
import { sessions, users } from '../schema-accounts.ts'
import { runAsApp } from '../scope.ts'
import { actingFor } from './audit-entry.ts'

type Sessions = Pick<
  AccountDb,
  'readCredentials' | 'countAttempt' | 'readSession' | 'openSession' | 'touchSession' | 'listSessions' | 'endSession'
>

export function sessionRows(db: Database): Sessions {
  return {
    readCredentials: (email, throttled) => readCredentials(db, email, throttled),
    async countAttempt(throttled) {
      const [{ rows }] = await runAsApp(db, {}, [attemptStatement(db, throttled)])
      return secondsOf(rows)
    },
    readSession: (tokenHash, projectId) => readSession(db, tokenHash, projectId),
    async openSession(session) {
      const { passwordHash, userId } = session
      await runAsApp(db, actingFor(session), [
        openingStatement(db, session),
        db
          .update(users)
          .set({ passwordHash })
          .where(sql`${users.id} = ${idToUuid(userId)}::uuid and ${passwordHash}::text is not null`),
      ])
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

/**
 * Opens a session where `claim`, a statement that returns a row, has returned one; answers with a row if so. All of it is one
 * statement, so that of two that claim the same thing at once only one is signed in. `more` goes with it, and may use `claimed`.
 */
export function openingStatement(db: Database, session: NewSession, claim: SQL = sql`select 1`, more: SQL = sql``) {
  const { pending, userAgent, network, email, throttled, replaces } = session
  const userId = idToUuid(session.userId)
  const organizationId = idToUuid(session.organizationId)
  const action = session.action ?? (pending ? 'sign_in.begun' : 'sign_in.done')
  return db.execute(sql`
    with claimed as (${claim}),
    opened as (
      insert into sessions (id, user_id, organization_id, token_hash, pending, user_agent, network)
      select ${idToUuid(session.id)}::uuid, ${userId}::uuid, ${organizationId}::uuid, ${hex(session.tokenHash)}::bytea,
        ${pending}, ${userAgent}, ${network} from claimed returning id
    ),
    used as (
      update memberships set last_used_at = now() where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid
        and exists (select from claimed)
    ),
    replaced as (
      delete from sessions where id = ${replaces === null ? null : idToUuid(replaces)}::uuid and exists (select from claimed)
    ),
    forgiven as (delete from throttles where subject = any (${hexes(throttled)}::bytea[]) and exists (select from claimed)),
    noted as (
      insert into audit_entries (organization_id, id, actor_id, actor_email, action, target, network)
      select ${organizationId}::uuid, gen_random_uuid(), ${userId}::uuid, ${email}, ${action}, ${session.id}, ${network} from claimed
    )${more}
    select id from opened`)
}

function attemptStatement(db: Database, throttled: readonly Throttled[]) {
  const attempt = throttled.map(({ subject, rule, counted }) => ({
    ...{ subject: hex(subject), free: rule.freeFailures, forget: rule.forgetAfterSeconds, counted },
  }))
  return db.execute<{ seconds: number }>(sql`select count_attempt(${JSON.stringify(attempt)}::jsonb,
    make_interval(secs => ${FIRST_HOLD_SECONDS}), make_interval(secs => ${LONGEST_HOLD_SECONDS})) as seconds`)
}

const secondsOf = (rows: { seconds: number }[]): number => Math.ceil(Number(rows[0]?.seconds ?? 0))

async function readCredentials(
  db: Database,
  email: string,
  throttled: readonly Throttled[],
): Promise<FoundCredentials> {
  const [{ rows }, attempt] = await runAsApp(db, {}, [
    db.execute<CredentialRow>(sql`select * from system_credentials(${email})`),
    attemptStatement(db, throttled),
  ])
  const retryAfterSeconds = secondsOf(attempt.rows)
  const [row] = rows
  if (row === undefined) return { account: null, retryAfterSeconds }
  return {
    retryAfterSeconds,
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
export const hexes = (all: readonly Uint8Array[]): string => `{${all.map((bytes) => `"\\${hex(bytes)}"`).join(',')}}`

import { and, asc, eq, sql } from 'drizzle-orm'
import { fromHex } from '#shared/bytes.ts'
import { type AnswerId, idFromUuid, idToUuid, type ProjectId } from '#shared/ids.ts'
import { type DeliveryState, SLACK_ENDPOINT } from '../rules/webhook.ts'
import { type DatabaseAddress, violatedConstraint } from './connect.ts'
import { forgetOldDeliveries } from './project/deliveries.ts'
import { iso, timestamp } from './project/settings-change.ts'
import { slackWorkspaces } from './schema-slack.ts'
import { webhookDeliveries } from './schema-webhooks.ts'
import { type Scope, scopeTo } from './scope.ts'

/** One project's workspaces, and the events that come from them. Each method is one transaction in one round trip. */
export interface ProjectSlack {
  /** In the order in which they were connected. */
  listWorkspaces(): Promise<SlackWorkspace[]>
  /** Again where it was connected before, with the new token; `taken`: another project answers there. */
  connectWorkspace(workspace: NewWorkspace): Promise<'connected' | 'taken'>
  /** Envelope of shared/seal.ts; null: not connected. */
  readToken(teamId: string): Promise<Uint8Array<ArrayBuffer> | null>
  /** By a person, whose act it is to note. False: it was not connected. */
  disconnectWorkspace(teamId: string): Promise<boolean>
  /** By Slack, with an entry in the organization's log; not where it was connected after `atMs`. */
  endWorkspace(teamId: string, atMs: number | null): Promise<boolean>

  /**
   * Notes the event (where it is given whole) and takes it for a minute. `busy`: somebody else has it; `over`: it has had its
   * effect or its end.
   */
  takeEvent(event: SlackDelivery): Promise<TakenEvent | 'busy' | 'over'>
  notePlaceholder(eventId: string, placeholderTs: string | null): Promise<void>
  noteAdmission(eventId: string, answerId: AnswerId): Promise<void>
  /** Lets go of it, with the reason why it has to be tried again. */
  postponeEvent(eventId: string, reason: string): Promise<void>
  /** `dead` keeps what was sent, for a replay. */
  endEvent(eventId: string, state: Exclude<DeliveryState, 'waiting'>, reason: string | null): Promise<void>
}

export interface SlackWorkspace {
  teamId: string
  name: string
  scopes: string[]
  connectedAt: string
}

export interface NewWorkspace {
  teamId: string
  name: string
  botUserId: string
  scopes: string[]
  sealedToken: Uint8Array
}

export interface SlackDelivery {
  eventId: string
  /** Null: it was noted before. */
  sent: { type: string; body: Uint8Array; receivedAtMs: number } | null
}

export interface TakenEvent {
  body: Uint8Array
  /** This time included. */
  attempts: number
  placeholderTs: string | null
  answerId: AnswerId | null
}

export function createProjectSlack(address: DatabaseAddress, project: ProjectId): ProjectSlack {
  const scope = scopeTo(address, project)
  return { ...workspaces(scope), ...events(scope) }
}

type Workspaces = Pick<
  ProjectSlack,
  'listWorkspaces' | 'connectWorkspace' | 'readToken' | 'disconnectWorkspace' | 'endWorkspace'
>

function workspaces(scope: Scope): Workspaces {
  const { db, projectId, run } = scope
  const { installedAt, teamId: team } = slackWorkspaces
  const mine = eq(slackWorkspaces.projectId, projectId)
  return {
    async listWorkspaces() {
      const [rows] = await run([db.select().from(slackWorkspaces).where(mine).orderBy(asc(installedAt), asc(team))])
      return rows.map(({ teamId, teamName: name, scopes, installedAt: at }) => ({
        ...{ teamId, name, scopes, connectedAt: iso(at) },
      }))
    },
    connectWorkspace: (workspace) => connectWorkspace(scope, workspace),
    async readToken(teamId) {
      const hex = sql<string>`encode(${slackWorkspaces.sealedToken}, 'hex')`
      const [[row]] = await run([
        db
          .select({ hex })
          .from(slackWorkspaces)
          .where(and(mine, eq(team, teamId))),
      ])
      return row === undefined ? null : fromHex(row.hex)
    },
    async disconnectWorkspace(teamId) {
      const gone = db
        .delete(slackWorkspaces)
        .where(and(mine, eq(team, teamId)))
        .returning({ team })
      return (await run([gone]))[0].length > 0
    },
    endWorkspace: (teamId, atMs) => endWorkspace(scope, teamId, atMs),
  }
}

async function connectWorkspace(
  { db, projectId, run }: Scope,
  { teamId, name: teamName, botUserId, scopes, sealedToken }: NewWorkspace,
): Promise<'connected' | 'taken'> {
  const values = { teamName, botUserId, scopes, sealedToken }
  try {
    await run([
      db
        .insert(slackWorkspaces)
        .values({ projectId, teamId, ...values })
        .onConflictDoUpdate({
          target: [slackWorkspaces.projectId, slackWorkspaces.teamId],
          set: { ...values, installedAt: sql`now()` as never },
        }),
    ])
    return 'connected'
  } catch (error) {
    if (violatedConstraint(error) === 'slack_workspaces_team_key') return 'taken'
    throw error
  }
}

async function endWorkspace({ db, projectId, run }: Scope, teamId: string, atMs: number | null): Promise<boolean> {
  const organization = sql`(select organization_id from projects where project_id = ${projectId}::uuid)`
  const [, { rows }] = await run([
    // The log is the organization's.
    db.execute(sql`select set_config('app.organization_id', ${organization}::text, true)`),
    db.execute(sql`
      with gone as (
        delete from slack_workspaces where project_id = ${projectId}::uuid and team_id = ${teamId}
          and date_trunc('second', installed_at) <= coalesce(${timestamp(atMs)}, now()) returning team_id, team_name
      )
      insert into audit_entries (organization_id, id, actor_email, action, target, network, details)
      select ${organization}, gen_random_uuid(), 'Slack', 'slack.disconnected', team_id, '', jsonb_build_object('name', team_name)
      from gone returning id`),
  ])
  return rows.length > 0
}

type Events = Pick<ProjectSlack, 'takeEvent' | 'notePlaceholder' | 'noteAdmission' | 'postponeEvent' | 'endEvent'>

function events(scope: Scope): Events {
  const { db, projectId, run } = scope
  const here = (eventId: string) =>
    sql`project_id = ${projectId}::uuid and endpoint = ${SLACK_ENDPOINT} and event_id = ${eventId}`
  return {
    takeEvent: (event) => takeEvent(scope, event),
    async notePlaceholder(eventId, placeholderTs) {
      await run([db.execute(sql`update slack_answers set placeholder_ts = ${placeholderTs} where ${here(eventId)}`)])
    },
    async noteAdmission(eventId, answerId) {
      const id = idToUuid(answerId)
      await run([db.execute(sql`update slack_answers set answer_id = ${id}::uuid where ${here(eventId)}`)])
    },
    async postponeEvent(eventId, reason) {
      await run([
        db.execute(sql`update webhook_deliveries set reason = ${reason}, updated_at = now()
          where ${here(eventId)} and state = 'waiting'`),
        db.execute(sql`update slack_answers set taken_until = null where ${here(eventId)}`),
      ])
    },
    async endEvent(eventId, state, reason) {
      const isDead = state === 'dead'
      await run([
        db.execute(sql`update webhook_deliveries set state = ${state}, reason = ${reason}, updated_at = now(),
          body = case when ${isDead} then body end where ${here(eventId)} and state = 'waiting'`),
        isDead
          ? db.execute(sql`update slack_answers set taken_until = null where ${here(eventId)}`)
          : db.execute(sql`delete from slack_answers where ${here(eventId)}`),
      ])
    },
  }
}

interface TakenRow extends Record<string, unknown> {
  body: string
  attempts: number
  placeholder_ts: string | null
  answer_id: string | null
}

async function takeEvent(scope: Scope, { eventId, sent }: SlackDelivery): ReturnType<ProjectSlack['takeEvent']> {
  const { db, projectId } = scope
  const key = { projectId, endpoint: SLACK_ENDPOINT, eventId }
  const received = timestamp(sent?.receivedAtMs ?? null) as never
  const noted =
    sent === null
      ? []
      : [
          db
            .insert(webhookDeliveries)
            .values({
              ...key,
              type: sent.type,
              body: sent.body,
              state: 'waiting',
              receivedAt: received,
              occurredAt: received,
            })
            .onConflictDoNothing(),
          forgetOldDeliveries(scope),
        ]
  const one = sql`project_id = ${projectId}::uuid and endpoint = ${SLACK_ENDPOINT} and event_id = ${eventId}`
  const taking = db.execute<TakenRow>(sql`
    with taken as (
      insert into slack_answers (project_id, endpoint, event_id, taken_until)
      select project_id, endpoint, event_id, now() + interval '60 seconds' from webhook_deliveries where ${one} and state = 'waiting'
      on conflict (project_id, endpoint, event_id) do update set taken_until = excluded.taken_until
        where slack_answers.taken_until is null or slack_answers.taken_until < now()
      returning *
    )
    update webhook_deliveries d set attempts = d.attempts + 1, updated_at = now() from taken
    where d.project_id = taken.project_id and d.endpoint = taken.endpoint and d.event_id = taken.event_id
    returning encode(d.body, 'hex') as body, d.attempts, taken.placeholder_ts, taken.answer_id`)
  const waiting = db.execute(sql`select 1 from webhook_deliveries where ${one} and state = 'waiting'`)
  const results = await scope.run([...noted, taking, waiting])
  const [taken, still] = results.slice(-2) as unknown as [{ rows: TakenRow[] }, { rows: unknown[] }]
  const [row] = taken.rows
  if (row === undefined) return still.rows.length > 0 ? 'busy' : 'over'
  return {
    body: fromHex(row.body) ?? new Uint8Array(),
    attempts: row.attempts,
    placeholderTs: row.placeholder_ts,
    answerId: row.answer_id === null ? null : idFromUuid('answer', row.answer_id),
  }
}

/** Slack workspaces that projects answer in, and answers on their way. The rules for tenant tables are told in schema.ts. */
import { sql } from 'drizzle-orm'
import { check, foreignKey, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { bytea, projectId, time } from './columns.ts'
import { projects } from './schema.ts'
import { webhookDeliveries } from './schema-webhooks.ts'

export const slackWorkspaces = pgTable(
  'slack_workspaces',
  {
    projectId: projectId(),
    /** Slack's own id. */
    teamId: text('team_id').notNull(),
    teamName: text('team_name').notNull(),
    /** Whom the app speaks as there. */
    botUserId: text('bot_user_id').notNull(),
    /** In its envelope (shared/seal.ts). */
    sealedToken: bytea('sealed_token').notNull(),
    scopes: text('scopes').array().notNull(),
    /** An event that ends an earlier installation does not end this one. */
    installedAt: time('installed_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.teamId] }),
    // The one key that holds across projects: what is asked in a workspace is one project's to answer.
    unique('slack_workspaces_team_key').on(t.teamId),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
    check('slack_workspaces_team', sql`${t.teamId} ~ '^[A-Z][A-Z0-9]{1,30}$'`),
  ],
)

/** How far the answer to an event is: each call to Slack is noted before it and after it. Gone once the event has its effect. */
export const slackAnswers = pgTable(
  'slack_answers',
  {
    projectId: projectId(),
    endpoint: text('endpoint').notNull(),
    eventId: text('event_id').notNull(),
    /** Until then somebody is at it; null: nobody. */
    takenUntil: time('taken_until'),
    /** The message that says that an answer comes, and then says the answer; null: not sent, or not known to be. */
    placeholderTs: text('placeholder_ts'),
    /** What the gate has given: it is asked, and counts, once. */
    answerId: uuid('answer_id'),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.endpoint, t.eventId] }),
    foreignKey({
      name: 'slack_answers_delivery_fk',
      columns: [t.projectId, t.endpoint, t.eventId],
      foreignColumns: [webhookDeliveries.projectId, webhookDeliveries.endpoint, webhookDeliveries.eventId],
    }).onDelete('cascade'),
  ],
)

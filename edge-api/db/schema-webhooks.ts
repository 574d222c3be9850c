/** What others send a project, and what became of it. The rules for tenant tables are told in schema.ts. */
import { sql } from 'drizzle-orm'
import { check, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { bytea, createdAt, projectId, time } from './columns.ts'
import { projects } from './schema.ts'

/** Addresses to which somebody sends signed webhooks, each with a secret of its own. */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    projectId: projectId(),
    /** As it stands in the address (shared/endpoint-id.ts). */
    id: text('id').notNull(),
    kind: text('kind', { enum: ['in', 'voice'] }).notNull(),
    /** Whose way of signing is accepted here, and no other. */
    provider: text('provider', { enum: ['standard', 'elevenlabs', 'retell', 'vapi'] }).notNull(),
    label: text('label').notNull(),
    /** In its envelope (shared/seal.ts), as the provider shows it. */
    sealedSecret: bytea('sealed_secret').notNull(),
    /** The secret before it, accepted until then. */
    replacedSecret: bytea('replaced_secret'),
    replacedExpiresAt: time('replaced_expires_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
    check('webhook_endpoints_id', sql`${t.id} ~ '^whe_[0-9A-Za-z]{48}$'`),
    check('webhook_endpoints_kind', sql`${t.kind} in ('in', 'voice')`),
    check('webhook_endpoints_provider', sql`${t.provider} in ('standard', 'elevenlabs', 'retell', 'vapi')`),
    check('webhook_endpoints_replaced', sql`(${t.replacedSecret} is null) = (${t.replacedExpiresAt} is null)`),
  ],
)

/**
 * One row for each event, however often it is sent: its key is what makes an event take effect once, and
 * `claim_webhook_delivery` takes it in the transaction of the effect.
 */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    projectId: projectId(),
    id: uuid('id').notNull().defaultRandom(),
    /** Of an endpoint, which may be gone since. */
    endpoint: text('endpoint').notNull(),
    /** The sender's own. */
    eventId: text('event_id').notNull(),
    type: text('type').notNull(),
    /** `done` and `ignored` are ends; `dead` is one that a replay may undo. */
    state: text('state', { enum: ['waiting', 'done', 'ignored', 'dead'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Why it has not taken effect yet, or never will, in words for the project's owner. */
    reason: text('reason'),
    /** As it was signed; null once it has taken effect. */
    body: bytea('body'),
    /** Of documents: which ones it was about, so that an older event does not undo it. */
    paths: text('paths').array(),
    /** When it happened, by the sender; else when it came. */
    occurredAt: time('occurred_at').notNull(),
    receivedAt: time('received_at').notNull(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.endpoint, t.eventId] }),
    unique('webhook_deliveries_id_key').on(t.projectId, t.id),
    index('webhook_deliveries_recent').on(t.projectId, t.receivedAt, t.id),
    // Serves the look-up across projects of what a crash left; nearly always empty.
    index('webhook_deliveries_waiting').on(t.updatedAt).where(sql`${t.state} = 'waiting'`),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
    check('webhook_deliveries_state', sql`${t.state} in ('waiting', 'done', 'ignored', 'dead')`),
    check('webhook_deliveries_body', sql`(${t.state} in ('done', 'ignored')) = (${t.body} is null)`),
  ],
)

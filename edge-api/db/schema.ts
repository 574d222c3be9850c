/**
 * Every table, and why it is there. This file is the storage documentation; `migrations/` is made from it.
 *
 * - A *tenant table* has `project_id` first in its primary key and in every unique key, refers to other tenant tables by
 *   composite keys that include it, and stands under forced row-level security (`protect_tenant_table` in
 *   migrations/0001_access.sql): a row is seen and written only while `app.project_id` names its project.
 * - The *account tables* (organizations, users, memberships) are closed to the application role altogether.
 * - Ids are random uuids made by the caller. Times are `timestamptz`, and come from the database's clock.
 */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Citation, WidgetConfig } from '#shared/wire.ts'
import type { Block } from '../rules/passage.ts'

const bytea = customType<{ data: Uint8Array; driverData: string }>({
  dataType: () => 'bytea',
  toDriver: (bytes) => `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`,
})

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' })
const createdAt = () => time('created_at').notNull().defaultNow()

// ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const organizations = pgTable('organizations', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: createdAt(),
})

export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    /** Lower case. */
    email: text('email').notNull(),
    name: text('name').notNull(),
    /** Null until a password is set. */
    passwordHash: text('password_hash'),
    createdAt: createdAt(),
  },
  (t) => [unique('users_email_key').on(t.email), check('users_email_lower', sql`${t.email} = lower(${t.email})`)],
)

export const memberships = pgTable(
  'memberships',
  {
    organizationId: uuid('organization_id').notNull(),
    userId: uuid('user_id').notNull(),
    role: text('role', { enum: ['owner', 'admin', 'member'] }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.userId] }),
    index('memberships_user').on(t.userId),
    foreignKey({ columns: [t.organizationId], foreignColumns: [organizations.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    check('memberships_role', sql`${t.role} in ('owner', 'admin', 'member')`),
  ],
)

// ── project, keys, origins: what the guard's policy is made from ──────────────────────────────────────────────────

export const projects = pgTable(
  'projects',
  {
    projectId: uuid('project_id').primaryKey(),
    organizationId: uuid('organization_id').notNull(),
    name: text('name').notNull(),
    /** BCP 47 primary language; picks stemmer and stop words. */
    language: text('language').notNull().default('en'),
    widget: jsonb('widget').$type<Partial<WidgetConfig>>().notNull().default({}),
    /** Overrides of the plan's limits, by name; what is not named here is the guard's default. */
    limits: jsonb('limits').$type<Record<string, number>>().notNull().default({}),
    /** Counts policy-relevant changes; a policy with a lower epoch never replaces one with a higher. */
    policyEpoch: bigint('policy_epoch', { mode: 'number' }).notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    index('projects_organization').on(t.organizationId),
    foreignKey({ columns: [t.organizationId], foreignColumns: [organizations.id] }),
  ],
)

const projectId = () => uuid('project_id').notNull()

export const keys = pgTable(
  'keys',
  {
    projectId: projectId(),
    id: uuid('id').notNull(),
    kind: text('kind', { enum: ['public', 'secret'] }).notNull(),
    environment: text('environment', { enum: ['live', 'test'] }).notNull(),
    /** Of a public key: the 14 characters after the project in the key itself, by which a request names it. */
    body: text('body'),
    /** Of a secret key: SHA-256 of the whole key, which is shown once and not stored. */
    secretHash: bytea('secret_hash'),
    scopes: text('scopes').array().notNull(),
    label: text('label').notNull(),
    /** Null: never. */
    expiresAt: time('expires_at'),
    /** A moment in the future is a rotation's grace. */
    revokedAt: time('revoked_at'),
    /** The key that took this one's place. */
    replacedBy: uuid('replaced_by'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    unique('keys_body_key').on(t.projectId, t.body),
    unique('keys_secret_key').on(t.projectId, t.secretHash),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
    foreignKey({ columns: [t.projectId, t.replacedBy], foreignColumns: [t.projectId, t.id] }),
    check('keys_kind', sql`${t.kind} in ('public', 'secret') and ${t.environment} in ('live', 'test')`),
    check(
      'keys_shape',
      sql`(${t.kind} = 'public') = (${t.body} is not null) and (${t.kind} = 'secret') = (${t.secretHash} is not null)`,
    ),
  ],
)

export const originRules = pgTable(
  'origin_rules',
  {
    projectId: projectId(),
    id: uuid('id').notNull(),
    /** Normalised. */
    rule: text('rule').notNull(),
    expiresAt: time('expires_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    unique('origin_rules_rule_key').on(t.projectId, t.rule),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
  ],
)

/**
 * Epochs still to be published to the project's gate. Written in the same transaction as the change itself, deleted
 * once the gate has it: what a crash leaves here, start-up and cron publish.
 */
export const policyOutbox = pgTable(
  'policy_outbox',
  {
    projectId: projectId(),
    epoch: bigint('epoch', { mode: 'number' }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.epoch] }),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
  ],
)

// ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const sources = pgTable(
  'sources',
  {
    projectId: projectId(),
    id: uuid('id').notNull(),
    kind: text('kind', { enum: ['upload'] }).notNull(),
    name: text('name').notNull(),
    /** Base of the citations' links; null when the pages have no public address. */
    siteUrl: text('site_url'),
    siteStyle: text('site_style', { enum: ['github', 'vitepress', 'docusaurus', 'starlight'] }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    unique('sources_name_key').on(t.projectId, t.name),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
  ],
)

/** One page as it was last processed. A failed one is kept with its reason, and has no passages. */
export const documents = pgTable(
  'documents',
  {
    projectId: projectId(),
    id: uuid('id').notNull(),
    sourceId: uuid('source_id').notNull(),
    path: text('path').notNull(),
    title: text('title').notNull(),
    /** As it was read; null when it could not be. */
    content: text('content'),
    /** Over content, pipeline version and all settings that shape the passages: equal means nothing to do. */
    fingerprint: text('fingerprint').notNull(),
    state: text('state', { enum: ['ready', 'failed'] }).notNull(),
    /** Why it failed, in words for the project's owner. */
    reason: text('reason'),
    passageCount: integer('passage_count').notNull().default(0),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    unique('documents_path_key').on(t.projectId, t.sourceId, t.path),
    foreignKey({ columns: [t.projectId, t.sourceId], foreignColumns: [sources.projectId, sources.id] }).onDelete(
      'cascade',
    ),
    check(
      'documents_state',
      sql`(${t.state} = 'ready' and ${t.reason} is null) or (${t.state} = 'failed' and ${t.reason} is not null)`,
    ),
  ],
)

/** What is searched, shown and quoted: the part of a page under one heading. See rules/passage.ts for the columns. */
export const passages = pgTable(
  'passages',
  {
    projectId: projectId(),
    /** Follows from document and content, so an unchanged passage keeps its id when its page is ingested again. */
    id: uuid('id').notNull(),
    documentId: uuid('document_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    /** The page's title. */
    title: text('title').notNull(),
    headings: jsonb('headings').$type<string[]>().notNull(),
    anchor: text('anchor'),
    url: text('url').notNull(),
    startOffset: integer('start_offset').notNull(),
    endOffset: integer('end_offset').notNull(),
    blocks: jsonb('blocks').$type<Block[]>().notNull(),
    text: text('text').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    unique('passages_ordinal_key').on(t.projectId, t.documentId, t.ordinal),
    foreignKey({ columns: [t.projectId, t.documentId], foreignColumns: [documents.projectId, documents.id] }).onDelete(
      'cascade',
    ),
  ],
)

// ── ingestion ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** One run over a source, of which one at a time is unfinished. The row is the truth; queue messages are wake-ups. */
export const jobs = pgTable(
  'jobs',
  {
    projectId: projectId(),
    id: uuid('id').notNull(),
    sourceId: uuid('source_id').notNull(),
    /** `staging` while its items are being handed in: it may run already, but cannot be done. */
    state: text('state', { enum: ['staging', 'running', 'done'] }).notNull(),
    createdAt: createdAt(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    uniqueIndex('jobs_unfinished_key').on(t.projectId, t.sourceId).where(sql`${t.state} in ('staging', 'running')`),
    // Serves the look-up of unfinished jobs across projects; nearly always empty.
    index('jobs_unfinished').on(t.updatedAt).where(sql`${t.state} in ('staging', 'running')`),
    foreignKey({ columns: [t.projectId, t.sourceId], foreignColumns: [sources.projectId, sources.id] }).onDelete(
      'cascade',
    ),
    check('jobs_state', sql`${t.state} in ('staging', 'running', 'done')`),
  ],
)

/** One document that a job has to process, or has. Progress is counted from these rows, so it cannot drift. */
export const jobItems = pgTable(
  'job_items',
  {
    projectId: projectId(),
    jobId: uuid('job_id').notNull(),
    path: text('path').notNull(),
    documentId: uuid('document_id').notNull(),
    state: text('state', { enum: ['staged', 'done', 'failed'] }).notNull(),
    /** The raw text; null once processed. */
    content: text('content'),
    fingerprint: text('fingerprint').notNull(),
    passageCount: integer('passage_count').notNull().default(0),
    reason: text('reason'),
    /** Times its processing was begun: a document that kills its processor is given up in the end. */
    attempts: integer('attempts').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.jobId, t.path] }),
    index('job_items_staged').on(t.projectId, t.jobId, t.path).where(sql`${t.state} = 'staged'`),
    foreignKey({ columns: [t.projectId, t.jobId], foreignColumns: [jobs.projectId, jobs.id] }).onDelete('cascade'),
    check('job_items_state', sql`${t.state} in ('staged', 'done', 'failed')`),
  ],
)

// ── conversations ─────────────────────────────────────────────────────────────────────────────────────────────────

export const conversations = pgTable(
  'conversations',
  {
    projectId: projectId(),
    id: uuid('id').notNull(),
    /** SHA-256 of the capability that the visitor's browser holds. */
    secretHash: bytea('secret_hash').notNull(),
    channel: text('channel', { enum: ['widget', 'server'] }).notNull(),
    /** Where it began; null for a server's own call. */
    origin: text('origin'),
    locale: text('locale'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
  ],
)

/** Question and answer are one row each, written together. */
export const messages = pgTable(
  'messages',
  {
    projectId: projectId(),
    conversationId: uuid('conversation_id').notNull(),
    /** Order within the conversation. */
    position: bigint('position', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    role: text('role', { enum: ['visitor', 'assistant'] }).notNull(),
    markdown: text('markdown').notNull(),
    /** Of a question: the page it was asked on. */
    pageUrl: text('page_url'),
    /** The answer's own id, and on a question the id of the answer that it got. */
    answerId: uuid('answer_id').notNull(),
    // Of an answer only:
    /** The asker's own id for the request; asking again with it gives this answer. */
    requestId: uuid('request_id'),
    outcome: text('outcome', { enum: ['answered', 'abstained'] }),
    citations: jsonb('citations').$type<Citation[]>(),
    /** The passages that were offered for the answer, cited or not; they may be gone since. */
    passageIds: uuid('passage_ids').array(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.conversationId, t.position] }),
    unique('messages_answer_key').on(t.projectId, t.answerId, t.role),
    unique('messages_request_key').on(t.projectId, t.requestId),
    foreignKey({
      name: 'messages_conversation_fk',
      columns: [t.projectId, t.conversationId],
      foreignColumns: [conversations.projectId, conversations.id],
    }).onDelete('cascade'),
    check('messages_role', sql`${t.role} in ('visitor', 'assistant')`),
  ],
)

/** A visitor's verdict on one answer; a later one replaces it. */
export const feedback = pgTable(
  'feedback',
  {
    projectId: projectId(),
    answerId: uuid('answer_id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    helpful: boolean('helpful').notNull(),
    reasons: text('reasons').array().notNull(),
    comment: text('comment'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.answerId] }),
    index('feedback_conversation').on(t.projectId, t.conversationId),
    foreignKey({
      name: 'feedback_conversation_fk',
      columns: [t.projectId, t.conversationId],
      foreignColumns: [conversations.projectId, conversations.id],
    }).onDelete('cascade'),
  ],
)

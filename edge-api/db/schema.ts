/**
 * Every table, and why it is there: projects, documents and ingestion here; accounts, visitors' keys, conversations and
 * the search index in the files beside it. They are the storage documentation; `migrations/` is made from them.
 *
 * - A *tenant table* has `project_id` first in its primary key and in every unique key, refers to other tenant tables by
 *   composite keys that include it, and stands under forced row-level security (`protect_tenant_table` in
 *   migrations/0001_access.sql): a row is seen and written only while `app.project_id` names its project.
 * - The *account tables* (schema-accounts.ts) stand under forced row-level security too, by user and by organization.
 * - Ids are random uuids made by the caller. Times are `timestamptz`, and come from the database's clock.
 */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { WidgetConfig } from '#shared/wire.ts'
import type { Block } from '../rules/passage.ts'
import { bytea, createdAt, projectId, time } from './columns.ts'
import { organizations, users } from './schema-accounts.ts'

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
    /** A question without a valid visitor token is refused. */
    enforceIdentity: boolean('enforce_identity').notNull().default(false),
    /** Counts policy-relevant changes; a policy with a lower epoch never replaces one with a higher. */
    policyEpoch: bigint('policy_epoch', { mode: 'number' }).notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    index('projects_organization').on(t.organizationId, t.createdAt, t.projectId),
    foreignKey({ columns: [t.organizationId], foreignColumns: [organizations.id] }),
  ],
)

/** Which members may look into a project; owners and admins see them all. */
export const projectMembers = pgTable(
  'project_members',
  { projectId: projectId(), userId: uuid('user_id').notNull(), createdAt: createdAt() },
  (t) => [
    primaryKey({ columns: [t.projectId, t.userId] }),
    index('project_members_user').on(t.userId),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
    foreignKey({ columns: [t.userId], foreignColumns: [users.id] }).onDelete('cascade'),
  ],
)

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
    index('documents_updated').on(t.projectId, t.updatedAt, t.id),
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

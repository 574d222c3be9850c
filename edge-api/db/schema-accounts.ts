/**
 * Organizations, the people in them, and how they prove who they are. A row is seen and written only while `app.user_id`
 * names its user, or `app.organization_id` its organization (migrations/0005_account_access.sql); what precedes both, such
 * as finding a session by its token, goes through the `system_…` functions there. Tokens and codes are stored as SHA-256.
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
import { bytea, createdAt, time } from './columns.ts'

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
    /** In the scheme that the password hasher writes; null until a password is set. */
    passwordHash: text('password_hash'),
    /** Null until the address has answered a mail. */
    emailVerifiedAt: time('email_verified_at'),
    /** Envelope of shared/seal.ts; null without a second factor. */
    totpSecret: bytea('totp_secret'),
    /** Null while it waits for its first code: then it is not asked for yet. */
    totpEnabledAt: time('totp_enabled_at'),
    /** The time step of the last code accepted; only a later one is. */
    totpLastStep: bigint('totp_last_step', { mode: 'number' }),
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
    /** When the person last began to work here: where they sign in next. */
    lastUsedAt: time('last_used_at').notNull().defaultNow(),
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

/** A browser that has signed in. The row is the session: deleting it ends it with the next request. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id').notNull(),
    /** The one of the user's organizations that it works in. */
    organizationId: uuid('organization_id').notNull(),
    tokenHash: bytea('token_hash').notNull(),
    /** True until the second factor has been shown; then a new session takes its place. */
    pending: boolean('pending').notNull(),
    /** When a password or code was last shown: what is dangerous asks for a recent one. */
    provedAt: time('proved_at').notNull().defaultNow(),
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
    /** For the person's own list: what the browser called itself, cut to 200 characters, and its network. */
    userAgent: text('user_agent').notNull(),
    network: text('network').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('sessions_token_key').on(t.tokenHash),
    index('sessions_user').on(t.userId, t.createdAt),
    foreignKey({ columns: [t.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    foreignKey({
      columns: [t.organizationId, t.userId],
      foreignColumns: [memberships.organizationId, memberships.userId],
    }).onDelete('cascade'),
  ],
)

/** What was sent to an address to be sent back: single use, short-lived. */
export const emailTokens = pgTable(
  'email_tokens',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    userId: uuid('user_id').notNull(),
    purpose: text('purpose', { enum: ['verify', 'reset'] }).notNull(),
    expiresAt: time('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('email_tokens_user').on(t.userId, t.purpose),
    foreignKey({ columns: [t.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    check('email_tokens_purpose', sql`${t.purpose} in ('verify', 'reset')`),
  ],
)

/** One row a code that was not used yet. */
export const backupCodes = pgTable(
  'backup_codes',
  { userId: uuid('user_id').notNull(), codeHash: bytea('code_hash').notNull() },
  (t) => [
    primaryKey({ columns: [t.userId, t.codeHash] }),
    foreignKey({ columns: [t.userId], foreignColumns: [users.id] }).onDelete('cascade'),
  ],
)

/** Who a provider says someone is. Never the e-mail address: it can change hands. */
export const userIdentities = pgTable(
  'user_identities',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: uuid('user_id').notNull(),
    /** Envelope of shared/seal.ts; for revoking at the provider when the account is deleted. */
    refreshToken: bytea('refresh_token'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.issuer, t.subject] }),
    index('user_identities_user').on(t.userId),
    foreignKey({ columns: [t.userId], foreignColumns: [users.id] }).onDelete('cascade'),
  ],
)

export const invitations = pgTable(
  'invitations',
  {
    id: uuid('id').primaryKey(),
    organizationId: uuid('organization_id').notNull(),
    /** Lower case. Only this address may accept. */
    email: text('email').notNull(),
    role: text('role', { enum: ['owner', 'admin', 'member'] }).notNull(),
    /** The projects that a member is to be assigned to. */
    projectIds: uuid('project_ids').array().notNull(),
    tokenHash: bytea('token_hash').notNull(),
    invitedBy: uuid('invited_by'),
    expiresAt: time('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('invitations_token_key').on(t.tokenHash),
    uniqueIndex('invitations_email_key').on(t.organizationId, t.email),
    foreignKey({ columns: [t.organizationId], foreignColumns: [organizations.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.invitedBy], foreignColumns: [users.id] }).onDelete('set null'),
    check('invitations_role', sql`${t.role} in ('owner', 'admin', 'member')`),
  ],
)

/** Who did what to what, from where. The application may add and read, and nothing else. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    /** Kept when the person is gone; null for what the system did. */
    actorId: uuid('actor_id'),
    actorEmail: text('actor_email').notNull(),
    action: text('action').notNull(),
    /** The public id of what it was done to; null where the action says it all. */
    target: text('target'),
    network: text('network').notNull(),
    /** Never a secret, never content. */
    details: jsonb('details').$type<Record<string, string | number | boolean | null>>().notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.id] }),
    index('audit_entries_time').on(t.organizationId, t.createdAt, t.id),
    foreignKey({ columns: [t.organizationId], foreignColumns: [organizations.id] }).onDelete('cascade'),
  ],
)

/**
 * Failed attempts in a row, by a keyed hash of the account's address or of the network: whoever reads the table learns
 * neither. Rows exist for addresses that have no account, so that being slowed down tells nothing.
 */
export const throttles = pgTable('throttles', {
  subject: bytea('subject').primaryKey(),
  failures: integer('failures').notNull(),
  lastFailedAt: time('last_failed_at').notNull().defaultNow(),
})

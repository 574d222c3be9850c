/** What visitors asked and were answered. The rules for tenant tables are told in schema.ts. */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { CHANNELS } from '#shared/channel.ts'
import type { Citation } from '#shared/wire.ts'
import { bytea, createdAt, projectId } from './columns.ts'
import { projects } from './schema.ts'

export const conversations = pgTable(
  'conversations',
  {
    projectId: projectId(),
    id: uuid('id').notNull(),
    /** SHA-256 of the capability that the visitor's browser holds. */
    secretHash: bytea('secret_hash').notNull(),
    channel: text('channel', { enum: CHANNELS }).notNull(),
    /** Where it began; null for a server's own call. */
    origin: text('origin'),
    locale: text('locale'),
    /** Keyed hash of the visitor's signed name (flows/identify-visitor.ts); null for one who did not say who it is. */
    visitorHash: bytea('visitor_hash'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    index('conversations_created').on(t.projectId, t.createdAt, t.id),
    index('conversations_channel').on(t.projectId, t.channel, t.createdAt, t.id),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
    check('conversations_channel_is', sql`${t.channel} in ('widget', 'server', 'voice', 'slack')`),
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

import { and, asc, eq, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type ThreadId } from '#shared/ids.ts'
import type { ThreadMessage, ThreadView } from '#shared/wire.ts'
import type { ProjectDb, Rating } from '../../project-db.ts'
import { conversations, feedback, messages } from '../schema-conversations.ts'
import type { Scope } from '../scope.ts'

type Threads = Pick<ProjectDb, 'rateAnswer' | 'readThread' | 'deleteThread'>

/** All three ask for the thread's secret in the same statement that reads or writes: there is no moment in between. */
export function threads(scope: Scope): Threads {
  return {
    rateAnswer: (rating) => rateAnswer(scope, rating),
    readThread: (threadId, secretHash) => readThread(scope, threadId, secretHash),
    deleteThread: (threadId, secretHash) => deleteThread(scope, threadId, secretHash),
  }
}

function isThread(scope: Scope, threadId: ThreadId, secretHash: Uint8Array) {
  return and(
    eq(conversations.projectId, scope.projectId),
    eq(conversations.id, idToUuid(threadId)),
    eq(conversations.secretHash, secretHash),
  )
}

async function rateAnswer(scope: Scope, rating: Rating): Promise<boolean> {
  const { db, projectId } = scope
  const helpful = rating.rating === 'up'
  const { reasons, comment } = rating
  const rated = db
    .insert(feedback)
    .select(
      db
        .select({
          projectId: messages.projectId,
          answerId: messages.answerId,
          conversationId: messages.conversationId,
          helpful: sql`${helpful}::boolean`.as('helpful'),
          reasons: sql`${sql.param(reasons)}::text[]`.as('reasons'),
          comment: sql`${comment}::text`.as('comment'),
          createdAt: sql`now()`.as('created_at'),
        })
        .from(messages)
        .innerJoin(conversations, eq(conversations.id, messages.conversationId))
        .where(
          and(
            isThread(scope, rating.threadId, rating.threadSecretHash),
            eq(messages.projectId, projectId),
            eq(messages.answerId, idToUuid(rating.answerId)),
            eq(messages.role, 'assistant'),
          ),
        ),
    )
    .onConflictDoUpdate({
      target: [feedback.projectId, feedback.answerId],
      set: { helpful, reasons, comment, createdAt: sql`now()` },
    })
    .returning({ answerId: feedback.answerId })
  const [rows] = await scope.run([rated])
  return rows.length > 0
}

async function readThread(scope: Scope, threadId: ThreadId, secretHash: Uint8Array): Promise<ThreadView | null> {
  const { db } = scope
  const conversation = db
    .select()
    .from(conversations)
    .where(isThread(scope, threadId, secretHash))
  const said = db
    .select({ message: messages })
    .from(messages)
    .innerJoin(
      conversations,
      and(eq(conversations.projectId, messages.projectId), eq(conversations.id, messages.conversationId)),
    )
    .where(isThread(scope, threadId, secretHash))
    .orderBy(asc(messages.position))
  const [found, rows] = await scope.run([conversation, said])
  if (!found[0]) return null
  return { id: threadId, createdAt: toIso(found[0].createdAt), messages: rows.map(({ message }) => messageOf(message)) }
}

export function messageOf(row: typeof messages.$inferSelect): ThreadMessage {
  const message: ThreadMessage = { role: row.role, markdown: row.markdown, at: toIso(row.createdAt) }
  if (row.role === 'visitor') return message
  return {
    ...message,
    answerId: idFromUuid('answer', row.answerId),
    ...(row.outcome ? { outcome: row.outcome } : {}),
    ...(row.citations ? { citations: row.citations } : {}),
  }
}

async function deleteThread(scope: Scope, threadId: ThreadId, secretHash: Uint8Array): Promise<boolean> {
  const gone = scope.db
    .delete(conversations)
    .where(isThread(scope, threadId, secretHash))
    .returning({ id: conversations.id })
  const [rows] = await scope.run([gone])
  return rows.length > 0
}

function toIso(time: string): string {
  return new Date(time).toISOString()
}

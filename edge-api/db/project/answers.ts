import { and, desc, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { idFromUuid, idToUuid } from '#shared/ids.ts'
import type { NewAnswer, OpenAnswer, OpenedAnswer, ProjectDb, StoredAnswer } from '../../project-db.ts'
import type { SearchQuery } from '../../rules/search.ts'
import { violatedConstraint } from '../connect.ts'
import { conversations, messages } from '../schema-conversations.ts'
import type { Scope, Statement } from '../scope.ts'
import { readSearch, type SearchRow, searchStatement } from './search.ts'

type Answering = Pick<ProjectDb, 'openAnswer' | 'saveAnswer' | 'search'>

export function answering(scope: Scope): Answering {
  return {
    openAnswer: (input) => openAnswer(scope, input),
    saveAnswer: (answer) => saveAnswer(scope, answer),
    search: (query, limit) => search(scope, query, limit),
  }
}

async function openAnswer(scope: Scope, { requestId, thread, query, limit }: OpenAnswer): Promise<OpenedAnswer> {
  const { db, projectId } = scope
  const question = alias(messages, 'question')
  const earlier = db
    .select({ message: messages, question: question.markdown })
    .from(messages)
    .innerJoin(
      question,
      and(eq(question.projectId, projectId), eq(question.answerId, messages.answerId), eq(question.role, 'visitor')),
    )
    .where(and(eq(messages.projectId, projectId), eq(messages.requestId, requestId ?? NO_UUID)))
  const known = db
    .select({ question: messages.markdown })
    .from(conversations)
    .leftJoin(
      messages,
      and(
        eq(messages.projectId, projectId),
        eq(messages.conversationId, conversations.id),
        eq(messages.role, 'visitor'),
      ),
    )
    .where(
      and(
        eq(conversations.projectId, projectId),
        eq(conversations.id, thread ? idToUuid(thread.id) : NO_UUID),
        eq(conversations.secretHash, thread?.secretHash ?? new Uint8Array()),
      ),
    )
    .orderBy(desc(messages.position))
    .limit(QUESTIONS_BEFORE)
  const [found, conversation, hits] = await scope.run([earlier, known, searchIn(scope, query, limit)])
  return {
    earlier: found[0] ? toStoredAnswer(found[0].message, found[0].question) : null,
    thread: thread === null ? 'none' : conversation.length > 0 ? 'known' : 'unknown',
    before: conversation.flatMap((each) => each.question ?? []),
    search: readSearch(query, onlyRow(hits.rows)),
  }
}

/** What "and in production?" may lean on; further back nobody means. */
const QUESTIONS_BEFORE = 4

/** Matches nothing: the look-up is not asked for. */
const NO_UUID = '00000000-0000-0000-0000-000000000000'

function toStoredAnswer(row: typeof messages.$inferSelect, question: string): StoredAnswer {
  return {
    answerId: idFromUuid('answer', row.answerId),
    threadId: idFromUuid('thread', row.conversationId),
    question,
    outcome: row.outcome ?? 'abstained',
    markdown: row.markdown,
    citations: row.citations ?? [],
  }
}

function searchIn({ db, projectId }: Scope, query: SearchQuery, limit: number) {
  return db.execute<SearchRow>(searchStatement(projectId, query, limit))
}

function onlyRow(rows: SearchRow[]): SearchRow {
  const [row] = rows
  if (!row) throw new Error('the search statement gave no row')
  return row
}

async function search(scope: Scope, query: SearchQuery, limit: number) {
  const [hits] = await scope.run([searchIn(scope, query, limit)])
  return readSearch(query, onlyRow(hits.rows))
}

async function saveAnswer(scope: Scope, answer: NewAnswer): Promise<'stored' | 'duplicate'> {
  try {
    await scope.run(saveStatements(scope, answer))
    return 'stored'
  } catch (error) {
    const constraint = violatedConstraint(error)
    if (constraint === 'messages_request_key' || constraint === 'messages_answer_key') return 'duplicate'
    throw error
  }
}

function saveStatements({ db, projectId }: Scope, answer: NewAnswer): Statement[] {
  const id = idToUuid(answer.threadId)
  // Null, which the column refuses, when the conversation is there with another secret.
  const conversationId = sql`(select id from ${conversations} where project_id = ${projectId} and id = ${id}
    and secret_hash = ${sql.param(answer.threadSecretHash, conversations.secretHash)})`
  const common = { projectId, conversationId, answerId: idToUuid(answer.answerId) }
  return [
    db
      .insert(conversations)
      .values({
        projectId,
        id,
        secretHash: answer.threadSecretHash,
        channel: answer.channel,
        origin: answer.origin,
        locale: answer.locale,
        visitorHash: answer.visitorHash,
      })
      .onConflictDoNothing(),
    db.insert(messages).values({ ...common, role: 'visitor', markdown: answer.question, pageUrl: answer.pageUrl }),
    db.insert(messages).values({
      ...common,
      role: 'assistant',
      markdown: answer.markdown,
      requestId: answer.requestId,
      outcome: answer.outcome,
      citations: answer.citations,
      passageIds: answer.passageIds.map(idToUuid),
    }),
  ]
}

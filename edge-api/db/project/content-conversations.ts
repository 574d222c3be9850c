import { and, asc, desc, eq, exists, type SQL, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type ThreadId } from '#shared/ids.ts'
import type { Page } from '../../rules/page.ts'
import type { ConversationFilter, ProjectContent, ReadConversation } from '../content.ts'
import { conversations, feedback, messages } from '../schema-conversations.ts'
import type { Scope } from '../scope.ts'
import { contains, microsOf, standsBefore } from './page-of.ts'
import { iso } from './settings-change.ts'
import { messageOf } from './threads.ts'

type Conversations = Pick<ProjectContent, 'pageOfConversations' | 'readConversation' | 'removeConversation'>

export function conversationRows(scope: Scope): Conversations {
  return {
    pageOfConversations: (page, filter) => pageOfConversations(scope, page, filter),
    readConversation: (id) => readConversation(scope, id),
    removeConversation: (id) => removeConversation(scope, id),
  }
}

const OF_MESSAGES = sql`${messages.projectId} = ${conversations.projectId} and ${messages.conversationId} = ${conversations.id}`
const OF_FEEDBACK = sql`${feedback.projectId} = ${conversations.projectId} and ${feedback.conversationId} = ${conversations.id}`
const MESSAGES = sql`from ${messages} where ${OF_MESSAGES}`
const FEEDBACK = sql`from ${feedback} where ${OF_FEEDBACK}`

const HEAD = {
  id: conversations.id,
  channel: conversations.channel,
  origin: conversations.origin,
  locale: conversations.locale,
  identified: sql<boolean>`${conversations.visitorHash} is not null`,
  createdAt: conversations.createdAt,
}

async function pageOfConversations(
  scope: Scope,
  page: Page,
  filter: ConversationFilter,
): ReturnType<Conversations['pageOfConversations']> {
  const { db, projectId, run } = scope
  const { createdAt, id } = conversations
  const before = standsBefore({ at: createdAt, id }, 'thread', page)
  const [rows] = await run([
    db
      .select({
        ...HEAD,
        question: sql<string>`(select ${messages.markdown} ${MESSAGES} order by ${messages.position} limit 1)`,
        questions: sql<number>`(select count(*)::int ${MESSAGES} and ${messages.role} = 'visitor')`,
        abstained: sql<number>`(select count(*)::int ${MESSAGES} and ${messages.outcome} = 'abstained')`,
        up: sql<number>`(select count(*)::int ${FEEDBACK} and ${feedback.helpful})`,
        down: sql<number>`(select count(*)::int ${FEEDBACK} and not ${feedback.helpful})`,
        at: microsOf(createdAt),
      })
      .from(conversations)
      .where(and(eq(conversations.projectId, projectId), before, ...conditionsOf(scope, filter)))
      .orderBy(desc(createdAt), desc(id))
      .limit(page.limit + 1),
  ])
  return rows.map(({ at, ...row }) => {
    const item = { ...row, id: idFromUuid('thread', row.id), createdAt: iso(row.createdAt) }
    return { item, position: { at, id: item.id } }
  })
}

function conditionsOf({ db }: Scope, { rating, outcome, channel, text }: ConversationFilter): (SQL | undefined)[] {
  const said = (condition: SQL) => exists(db.select({ one: sql`1` }).from(messages).where(and(OF_MESSAGES, condition)))
  const rated = (condition: SQL) => exists(db.select({ one: sql`1` }).from(feedback).where(and(OF_FEEDBACK, condition)))
  return [
    channel && eq(conversations.channel, channel),
    rating && rated(eq(feedback.helpful, rating === 'up')),
    outcome && said(eq(messages.outcome, outcome)),
    text === undefined ? undefined : said(sql`${messages.role} = 'visitor' and ${contains(messages.markdown, text)}`),
  ]
}

async function readConversation(
  { db, projectId, run }: Scope,
  threadId: ThreadId,
): ReturnType<Conversations['readConversation']> {
  const uuid = idToUuid(threadId)
  const ofAnswer = and(eq(feedback.projectId, messages.projectId), eq(feedback.answerId, messages.answerId))
  const [[head], rows] = await run([
    db
      .select(HEAD)
      .from(conversations)
      .where(and(eq(conversations.projectId, projectId), eq(conversations.id, uuid))),
    db
      .select({ message: messages, rated: feedback })
      .from(messages)
      .leftJoin(feedback, ofAnswer)
      .where(and(eq(messages.projectId, projectId), eq(messages.conversationId, uuid)))
      .orderBy(asc(messages.position)),
  ])
  if (head === undefined) return null
  const told = rows.map(({ message, rated }) => toldMessage(message, rated))
  return { ...head, id: threadId, createdAt: iso(head.createdAt), messages: told }
}

function toldMessage(
  row: typeof messages.$inferSelect,
  rated: typeof feedback.$inferSelect | null,
): ReadConversation['messages'][number] {
  const message = { ...messageOf(row), answerId: idFromUuid('answer', row.answerId) }
  if (row.role === 'visitor') return row.pageUrl === null ? message : { ...message, pageUrl: row.pageUrl }
  if (rated === null) return message
  const { helpful, reasons, comment } = rated
  return { ...message, feedback: { rating: helpful ? 'up' : 'down', reasons, comment } }
}

async function removeConversation({ db, projectId, run }: Scope, id: ThreadId): Promise<boolean> {
  const [rows] = await run([
    db
      .delete(conversations)
      .where(and(eq(conversations.projectId, projectId), eq(conversations.id, idToUuid(id))))
      .returning({ id: conversations.id }),
  ])
  return rows.length > 0
}

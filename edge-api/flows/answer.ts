import { toBase62, utf8 } from '#shared/bytes.ts'
import type { Channel } from '#shared/channel.ts'
import { hmacSha256, sha256 } from '#shared/digest.ts'
import { type AnswerId, idFromBytes, idToUuid, type ProjectId, type ThreadId } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { AnswerEvent, Thread } from '#shared/wire.ts'
import type { NewAnswer, OpenedAnswer, ProjectDb, StoredAnswer } from '../project-db.ts'
import { answerEvents } from '../rules/answer-stream.ts'
import { answerQuestion, type ComposedAnswer } from '../rules/compose.ts'
import { followUp } from '../rules/follow-up.ts'
import type { Language } from '../rules/language.ts'
import { analyseQuestion } from '../rules/query.ts'
import { aspectsOf, coverage } from '../rules/relevance.ts'
import type { SearchQuery, SearchResult } from '../rules/search.ts'
import { termsOf } from '../rules/terms.ts'

/** Passages looked at for one answer. Fixed here: no request can ask for more. */
export const RETRIEVAL_DEPTH = 12

export interface Asked {
  projectId: ProjectId
  /** What the gate gave this request. */
  answerId: AnswerId
  threadId: ThreadId
  requestId: string | null
  question: string
  /**
   * The conversation to continue, with the secret that the visitor holds; null begins a new one. `begins`: so does this one, where it
   * is not there yet; its id and secret were made by us.
   */
  thread: { id: ThreadId; secret: string; begins?: boolean } | null
  channel: Channel
  origin: string | null
  pageUrl: string | null
  locale: string | null
  visitorHash: Uint8Array | null
}

/** An answer that is known but not told yet. */
export interface PreparedAnswer extends Pick<StoredAnswer, 'answerId' | 'outcome' | 'markdown' | 'citations'> {
  thread: Thread
  /** Null when it was stored before. */
  unsaved: NewAnswer | null
}

/**
 * From question to answer in one round trip to the database, two for "and in production?". `not_found`: no such
 * conversation, or not with that secret. `conflict`: the `requestId` belongs to another question.
 */
export async function prepareAnswer(
  asked: Asked,
  db: ProjectDb,
  language: Language,
  threadSecret: string,
): Promise<Verdict<PreparedAnswer, 'not_found' | 'conflict'>> {
  const query = analyseQuestion(asked.question, language)
  const thread = asked.thread && { id: asked.thread.id, secretHash: hashSecret(asked.thread.secret) }
  const opened = await db.openAnswer({ requestId: asked.requestId, thread, query, limit: RETRIEVAL_DEPTH })
  if (opened.thread === 'unknown' && asked.thread?.begins !== true) return deny('not_found')
  if (opened.earlier !== null) return replay(opened.earlier, asked, threadSecret)
  const { composed, search } = await answerInContext(query, opened, db, language)
  const secret = asked.thread?.secret ?? secretOf(asked.threadId, asked, threadSecret)
  const { answerId, threadId, requestId, question, channel, origin, pageUrl, locale, visitorHash } = asked
  const passageIds = search.hits.map((hit) => hit.passage.passageId)
  const threadSecretHash = hashSecret(secret)
  const context = { requestId, question, channel, origin, pageUrl, locale, visitorHash, passageIds, threadSecretHash }
  return allow({
    ...composed,
    answerId,
    thread: { id: threadId, secret },
    unsaved: { ...composed, ...context, answerId, threadId },
  })
}

/** A question that leans on the one before is asked again together with it. */
async function answerInContext(
  query: SearchQuery,
  { search, before }: OpenedAnswer,
  db: ProjectDb,
  language: Language,
): Promise<{ composed: ComposedAnswer; search: SearchResult }> {
  const alone = { composed: answerQuestion(query, search, language), search }
  const leaning = before.length === 0 ? 'stands-alone' : followUp(query)
  if (leaning === 'stands-alone') return alone
  const earlier = before.map((question) => analyseQuestion(question, language))
  const subject = earlier.find((each) => followUp(each) !== 'goes-on') ?? earlier.at(-1)
  const together = analyseQuestion(`${subject?.text} ${query.text}`, language)
  const found = await db.search(together, RETRIEVAL_DEPTH)
  const inContext = { composed: answerQuestion(together, found, language), search: found }
  // "It" may mean the product: then what was asked is better met by an answer of its own.
  const told = ({ composed }: typeof alone) =>
    composed.outcome === 'abstained' ? 0 : coverage(aspectsOf(search), new Set(termsOf(composed.markdown, language)))
  return leaning === 'points-back' && told(alone) > told(inContext) ? alone : inContext
}

function replay(earlier: StoredAnswer, asked: Asked, threadSecret: string): Verdict<PreparedAnswer, 'conflict'> {
  if (earlier.question !== asked.question) return deny('conflict')
  const { answerId, threadId, outcome, markdown, citations } = earlier
  const secret = asked.thread?.secret ?? secretOf(threadId, asked, threadSecret)
  return allow({ answerId, outcome, markdown, citations, thread: { id: threadId, secret }, unsaved: null })
}

/** The answer as events, stored before the last one says so. A visitor who has left gets nothing stored and nothing more. */
export async function* tellAnswer(
  answer: PreparedAnswer,
  db: ProjectDb,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const { answerId, thread, outcome, markdown, citations } = answer
  yield { event: 'answer.started', data: { answerId, thread } }
  for (const event of answerEvents(markdown, citations)) {
    if (signal.aborted) return
    yield event
  }
  if (signal.aborted) return
  await storeAnswer(answer, db)
  yield { event: 'answer.done', data: { answerId, outcome, citations } }
}

/**
 * A duplicate is a request that ran beside this one and won: what it stored was composed from the same passages, so what
 * was told here stands.
 */
export async function storeAnswer(answer: PreparedAnswer, db: ProjectDb): Promise<void> {
  if (answer.unsaved !== null) await db.saveAnswer(answer.unsaved)
}

/**
 * The `requestId` of what an event asks: the same one gives the same answer, and nobody else can make one up, for whoever asks with
 * that of an answer, and its question, is given it.
 */
export function derivedRequestId(threadSecret: string, place: string): string {
  return idToUuid(idFromBytes('answer', hmacSha256(utf8(threadSecret), utf8(place)).slice(0, 16)))
}

/**
 * The visitor's capability for a new conversation. It follows from the conversation and the question that began it, so that
 * the same request is given the same secret again, and someone who merely knows its `requestId` is not.
 */
function secretOf(threadId: ThreadId, { projectId, question }: Asked, threadSecret: string): string {
  return toBase62(hmacSha256(utf8(threadSecret), utf8(`thread\n${projectId}\n${threadId}\n${question}`)), 43)
}

export function hashSecret(secret: string): Uint8Array {
  return sha256(utf8(secret))
}

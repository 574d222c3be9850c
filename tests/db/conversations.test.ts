import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewAnswer, ProjectDb } from '#edge/project-db.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { newId } from '#shared/ids.ts'
import { openTestDatabase, random, sha256, type TestDatabase } from './database.ts'

let database: TestDatabase
let db: ProjectDb
beforeAll(async () => {
  database = await openTestDatabase()
  db = (await database.newProject()).db
})
afterAll(() => database.close())

const SECRET = sha256('the secret')
const WRONG = sha256('a guess')
const query = analyseQuestion('anything', english)

function answer(changes: Partial<NewAnswer> = {}): NewAnswer {
  return {
    answerId: newId('answer', random),
    threadId: newId('thread', random),
    threadSecretHash: SECRET,
    question: 'How?',
    requestId: crypto.randomUUID(),
    outcome: 'answered',
    markdown: 'Thus. [1]',
    citations: [
      { n: 1, passageId: newId('passage', random), title: 'T', headings: ['H'], url: '/t#h', quote: 'Thus.' },
    ],
    origin: 'https://example.com',
    pageUrl: 'https://example.com/pricing',
    locale: 'en',
    visitorHash: null,
    channel: 'widget',
    passageIds: [newId('passage', random)],
    ...changes,
  }
}

describe('an answer', () => {
  test('is found again by its requestId, with its question', async () => {
    const saved = answer()
    await db.saveAnswer(saved)
    const {
      threadSecretHash: _,
      requestId,
      origin,
      pageUrl,
      locale,
      visitorHash,
      passageIds,
      channel,
      ...stored
    } = saved
    const { earlier } = await db.openAnswer({ requestId, thread: null, query, limit: 1 })
    expect(earlier).toEqual(stored)
  })

  test('is stored once however often the same request is sent, also at the same moment', async () => {
    const first = answer()
    const again = () => db.saveAnswer({ ...first, answerId: newId('answer', random) })
    const outcomes = await Promise.all([db.saveAnswer(first), again(), again()])
    expect(outcomes.sort()).toEqual(['duplicate', 'duplicate', 'stored'])
    expect(await db.saveAnswer({ ...first, requestId: crypto.randomUUID() })).toBe('duplicate')
    expect((await db.readThread(first.threadId, SECRET))?.messages).toHaveLength(2)
  })

  test('without a requestId is never taken for another one', async () => {
    const threadId = newId('thread', random)
    for (let n = 0; n < 2; n++) expect(await db.saveAnswer(answer({ threadId, requestId: null }))).toBe('stored')
    expect((await db.openAnswer({ requestId: null, thread: null, query, limit: 1 })).earlier).toBeNull()
  })

  test('keeps text exactly: emoji, right-to-left, quotes, backslashes and SQL', async () => {
    const question = `"'\\ ; drop table messages; -- 👩🏽‍💻 مرحبا {a,b} $1`
    const { threadId } = await stored({ question, markdown: question })
    const view = await db.readThread(threadId, SECRET)
    expect(view?.messages.map(({ markdown }) => markdown)).toEqual([question, question])
  })
})

async function stored(changes: Partial<NewAnswer> = {}): Promise<NewAnswer> {
  const given = answer(changes)
  await db.saveAnswer(given)
  return given
}

describe('a thread', () => {
  test('is read in the order it was spoken, with the times in ISO form', async () => {
    const first = await stored()
    await stored({
      threadId: first.threadId,
      question: 'And then?',
      markdown: 'So.',
      outcome: 'abstained',
      citations: [],
    })
    const view = await db.readThread(first.threadId, SECRET)
    expect(view?.id).toBe(first.threadId)
    expect(view?.messages.map(({ role, markdown }) => `${role}: ${markdown}`)).toEqual([
      ...['visitor: How?', 'assistant: Thus. [1]', 'visitor: And then?', 'assistant: So.'],
    ])
    expect(view?.messages[1]).toMatchObject({
      answerId: first.answerId,
      outcome: 'answered',
      citations: first.citations,
    })
    expect(view?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('opens to its secret only', async () => {
    const { threadId } = await stored()
    const opened = (secretHash: Uint8Array) =>
      db.openAnswer({ requestId: null, thread: { id: threadId, secretHash }, query, limit: 1 })
    expect((await opened(SECRET)).thread).toBe('known')
    expect((await opened(WRONG)).thread).toBe('unknown')
    expect(await db.readThread(threadId, WRONG)).toBeNull()
    expect(await db.deleteThread(threadId, WRONG)).toBe(false)
    expect(await db.readThread(threadId, SECRET)).not.toBeNull()
  })

  test('brings its last questions to who holds its secret, the latest first', async () => {
    const first = await stored()
    for (const question of ['And then?', 'Why?']) await db.saveAnswer(answer({ threadId: first.threadId, question }))
    const questionsFor = async (secretHash: Uint8Array) =>
      (await db.openAnswer({ requestId: null, thread: { id: first.threadId, secretHash }, query, limit: 1 })).before
    expect(await questionsFor(SECRET)).toEqual(['Why?', 'And then?', 'How?'])
    expect(await questionsFor(WRONG)).toEqual([])
    expect((await db.openAnswer({ requestId: null, thread: null, query, limit: 1 })).before).toEqual([])
  })

  test('takes no message from who does not hold its secret', async () => {
    const { threadId } = await stored()
    await expect(db.saveAnswer(answer({ threadId, threadSecretHash: WRONG }))).rejects.toThrow()
    expect((await db.readThread(threadId, SECRET))?.messages).toHaveLength(2)
  })

  test('takes its messages and ratings with it when it is deleted', async () => {
    const { threadId, answerId } = await stored()
    const rating = { answerId, threadId, threadSecretHash: SECRET, rating: 'up', reasons: [], comment: null } as const
    await db.rateAnswer({ ...rating, reasons: [] })
    expect(await db.deleteThread(threadId, SECRET)).toBe(true)
    expect(await db.readThread(threadId, SECRET)).toBeNull()
    expect(await db.rateAnswer({ ...rating, reasons: [] })).toBe(false)
  })
})

describe('a rating', () => {
  test('is taken for an answer of that thread with its secret, and a later one replaces it', async () => {
    const { threadId, answerId } = await stored()
    const other = await stored()
    const rate = (changes: object) =>
      db.rateAnswer({
        ...{ answerId, threadId, threadSecretHash: SECRET, rating: 'up', reasons: ['a "b", {c}'], comment: 'ça\\va' },
        ...changes,
      })
    expect(await rate({})).toBe(true)
    expect(await rate({ rating: 'down', reasons: ['wrong', 'outdated'] })).toBe(true)
    expect(await rate({ threadSecretHash: WRONG })).toBe(false)
    expect(await rate({ answerId: other.answerId })).toBe(false)
    expect(await rate({ threadId: other.threadId })).toBe(false)
  })
})

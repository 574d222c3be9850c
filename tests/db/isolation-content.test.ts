import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProjectContent, type ProjectContent } from '#edge/db/content.ts'
import type { ProjectDb } from '#edge/project-db.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { type AnswerId, type DocumentId, idFromUuid, newId, type ThreadId } from '#shared/ids.ts'
import { openTestDatabase, random, sha256, type TestDatabase } from './database.ts'
import { pagesOf } from './search-fixture.ts'
import { snapshot } from './snapshot.ts'

const PAGE = { after: null, limit: 9 }

let database: TestDatabase
let uuid: string
let db: ProjectDb
let ours: ProjectContent
let theirs: ProjectContent
let documentId: DocumentId
const threadId: ThreadId = newId('thread', random)

beforeAll(async () => {
  database = await openTestDatabase()
  const [own, other] = [await database.newProject(), await database.newProject()]
  ;({ uuid, db } = own)
  ours = createProjectContent(database.app, own.projectId)
  theirs = createProjectContent(database.app, other.projectId)
  const id = crypto.randomUUID()
  documentId = idFromUuid('document', id)
  await pagesOf(database, uuid).write(
    new Map([[id, { title: 'Domains', passages: [{ headings: ['Allow'], text: 'Name it.' }] }]]),
  )
  await ask('How do I 100%_allow a domain?', 'answered')
  const down = await ask('And what does it cost?', 'abstained')
  await db.rateAnswer({
    ...{ answerId: down, threadId, threadSecretHash: sha256('s'), rating: 'down' as const },
    ...{ reasons: ['Incomplete'], comment: 'No price.' },
  })
})
afterAll(() => database.close())

async function ask(question: string, outcome: 'answered' | 'abstained', thread = threadId): Promise<AnswerId> {
  const answerId = newId('answer', random)
  await db.saveAnswer({
    ...{ answerId, threadId: thread, question, outcome, markdown: 'So.', citations: [], requestId: null },
    ...{ threadSecretHash: sha256('s'), origin: 'https://example.com', pageUrl: 'https://example.com/p' },
    ...{ locale: 'en', visitorHash: sha256('v'), passageIds: [], channel: 'widget' },
  })
  return answerId
}

/** Each method called on another project's handle with our ids: nothing of ours may come out, or change. */
const attempts: { [Method in keyof ProjectContent]: (content: ProjectContent) => Promise<unknown> } = {
  pageOfDocuments: async (content) => expect(await content.pageOfDocuments(PAGE, {})).toEqual([]),
  countDocuments: async (content) =>
    expect(await content.countDocuments()).toEqual({ documents: 0, failed: 0, passages: 0 }),
  readSite: async (content) => expect(await content.readSite('test')).toEqual({ siteUrl: null, siteStyle: 'github' }),
  readDocument: async (content) => expect(await content.readDocument(documentId)).toBeNull(),
  removeDocument: async (content) => expect(await content.removeDocument(documentId)).toBeNull(),
  pageOfConversations: async (content) => expect(await content.pageOfConversations(PAGE, {})).toEqual([]),
  readConversation: async (content) => expect(await content.readConversation(threadId)).toBeNull(),
  removeConversation: async (content) => expect(await content.removeConversation(threadId)).toBe(false),
  exportDocuments: async (content) => expect(await content.exportDocuments(null, 10)).toEqual([]),
  exportConversations: async (content) => expect(await content.exportConversations(null, 10)).toEqual([]),
}

describe('what one project holds is not seen from another', () => {
  test('every method of ProjectContent is tried', () => {
    expect(Object.keys(attempts).sort()).toEqual(Object.keys(ours).sort())
  })

  test.each(Object.keys(attempts) as (keyof ProjectContent)[])(
    '%s sees and changes no row of another project',
    async (method) => {
      const before = await snapshot(database, uuid)
      await attempts[method](theirs)
      expect(await snapshot(database, uuid)).toEqual(before)
    },
  )
})

describe('conversations', () => {
  test('are listed with their first question, and counted', async () => {
    expect(await ours.pageOfConversations(PAGE, {})).toMatchObject([
      {
        item: {
          ...{ id: threadId, question: 'How do I 100%_allow a domain?', questions: 2, abstained: 1, up: 0, down: 1 },
          ...{ identified: true, origin: 'https://example.com', channel: 'widget' },
        },
      },
    ])
  })

  test.each([
    [{ rating: 'down' as const }, 1],
    [{ rating: 'up' as const }, 0],
    [{ outcome: 'abstained' as const }, 1],
    [{ channel: 'widget' as const }, 1],
    [{ channel: 'voice' as const }, 0],
    [{ text: 'COST' }, 1],
    [{ text: '100%_allow' }, 1],
    [{ text: '100__allow' }, 0],
    [{ text: 'So.' }, 0],
    [{ text: 'cost', rating: 'down' as const, outcome: 'answered' as const }, 1],
  ])('%j finds %i', async (filter, count) => {
    expect(await ours.pageOfConversations(PAGE, filter)).toHaveLength(count)
  })

  test('are read with their ratings and pages, and nothing of the visitor', async () => {
    const read = await ours.readConversation(threadId)
    expect(read?.messages).toMatchObject([
      { role: 'visitor', pageUrl: 'https://example.com/p' },
      { role: 'assistant', outcome: 'answered' },
      { role: 'visitor' },
      { role: 'assistant', feedback: { rating: 'down', reasons: ['Incomplete'], comment: 'No price.' } },
    ])
    expect(read?.messages[1]).not.toHaveProperty('feedback')
    expect(JSON.stringify(read)).not.toMatch(/hash/i)
  })

  test('page from the latest to the first, none twice', async () => {
    const more = Array.from({ length: 4 }, () => newId('thread', random))
    for (const thread of more) await ask('One more?', 'answered', thread)
    const seen: string[] = []
    let after = null as null | { at: number; id: string }
    do {
      const found = await ours.pageOfConversations({ after, limit: 2 }, {})
      seen.push(...found.slice(0, 2).map(({ item }) => item.id))
      after = found.length > 2 ? (found[1]?.position ?? null) : null
    } while (after !== null)
    expect(seen).toEqual([...more.toReversed(), threadId])
    for (const thread of more) expect(await ours.removeConversation(thread)).toBe(true)
    expect(await ours.pageOfConversations(PAGE, {})).toHaveLength(1)
  })
})

describe('documents', () => {
  test('are listed, counted, read with their passages, and removed from the index', async () => {
    expect(await db.search(analyseQuestion('Name it', english), 3)).toMatchObject({ passageCount: 1 })
    expect(await ours.pageOfDocuments(PAGE, {})).toMatchObject([{ item: { id: documentId, title: 'test' } }])
    expect(await ours.pageOfDocuments(PAGE, { text: 'TES' })).toHaveLength(1)
    expect(await ours.pageOfDocuments(PAGE, { state: 'failed' })).toEqual([])
    expect(await ours.readDocument(documentId)).toMatchObject({ passages: [{ headings: ['Allow'], text: 'Name it.' }] })
    expect(await ours.removeDocument(documentId)).toMatchObject({ id: documentId })
    expect(await ours.removeDocument(documentId)).toBeNull()
    expect(await ours.countDocuments()).toMatchObject({ documents: 0 })
    expect(await db.search(analyseQuestion('Name it', english), 3)).toMatchObject({ hits: [], passageCount: 0 })
  })
})

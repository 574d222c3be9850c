import { beforeEach, describe, expect, test } from 'vitest'
import { type Asked, hashSecret, prepareAnswer, tellAnswer } from '#edge/flows/answer.ts'
import type { NewAnswer, OpenAnswer, ProjectDb } from '#edge/project-db.ts'
import { english } from '#edge/rules/language.ts'
import type { SearchQuery } from '#edge/rules/search.ts'
import { idFromBytes } from '#shared/ids.ts'
import { DOCS, passagesOf, search } from './compose-fixture.ts'

const passages = passagesOf(DOCS)
const bytes = (fill: number) => new Uint8Array(16).fill(fill)
const asked: Asked = {
  projectId: idFromBytes('project', bytes(1)),
  answerId: idFromBytes('answer', bytes(2)),
  threadId: idFromBytes('thread', bytes(3)),
  requestId: '00000000-0000-4000-8000-000000000001',
  question: 'How do I proxy requests?',
  thread: null,
  origin: 'https://docs.example',
  pageUrl: null,
  locale: null,
  visitorHash: null,
  channel: 'widget',
}

let saved: NewAnswer[]
let opened: OpenAnswer[]
let before: string[]
let searched: string[]
let db: ProjectDb
beforeEach(() => {
  saved = []
  opened = []
  before = []
  searched = []
  db = {
    async openAnswer(input: OpenAnswer) {
      opened.push(input)
      const earlier = saved.find((answer) => answer.requestId === input.requestId) ?? null
      const thread = input.thread === null ? 'none' : before.length > 0 ? 'known' : 'unknown'
      return { earlier, thread, before, search: search(passages, input.query.text) }
    },
    async search(query: SearchQuery) {
      searched.push(query.text)
      return search(passages, query.text)
    },
    async saveAnswer(answer: NewAnswer) {
      saved.push(answer)
      return 'stored'
    },
  } as unknown as ProjectDb
})

const prepare = async (changes: Partial<Asked> = {}) => {
  const prepared = await prepareAnswer({ ...asked, ...changes }, db, english, 's'.repeat(32))
  if (!prepared.ok) throw new Error(prepared.reason)
  return prepared.value
}
const tell = async (answer: Awaited<ReturnType<typeof prepare>>, signal = new AbortController().signal) => {
  const events = []
  for await (const event of tellAnswer(answer, db, signal)) events.push({ ...event, savedSoFar: saved.length })
  return events
}

test('the first word comes after one call to the database, and done only after the answer is stored', async () => {
  const events = await tell(await prepare())
  expect(opened).toHaveLength(1)
  expect(events.map(({ event }) => event).slice(0, 2)).toEqual(['answer.started', 'answer.delta'])
  expect(events.filter(({ event }) => event !== 'answer.done').every(({ savedSoFar }) => savedSoFar === 0)).toBe(true)
  expect(events.at(-1)).toMatchObject({ event: 'answer.done', savedSoFar: 1 })
})

test('a visitor who leaves gets no further event, and nothing is stored', async () => {
  const left = new AbortController()
  const events = []
  for await (const event of tellAnswer(await prepare(), db, left.signal)) {
    events.push(event.event)
    if (events.length === 2) left.abort()
  }
  expect(events).toEqual(['answer.started', 'answer.delta'])
  expect(saved).toEqual([])
})

describe('the same requestId', () => {
  test('gives the stored answer again, with the same secret, and stores nothing', async () => {
    const first = await prepare()
    await tell(first)
    const again = await prepare()
    expect(again).toEqual({ ...first, unsaved: null })
    await tell(again)
    expect(saved).toHaveLength(1)
  })

  test('with another question is a conflict, and never told the secret of the first', async () => {
    const first = await prepare()
    const other = await prepare({ question: 'What is hydration?' })
    expect(other.thread.secret).not.toBe(first.thread.secret)
    await tell(first)
    expect(await prepareAnswer({ ...asked, question: 'What is hydration?' }, db, english, 's'.repeat(32))).toEqual({
      ok: false,
      reason: 'conflict',
    })
  })
})

test('a conversation that the secret does not open is not found', async () => {
  const thread = { id: asked.threadId, secret: 'guess' }
  expect(await prepareAnswer({ ...asked, thread }, db, english, 's'.repeat(32))).toEqual({
    ok: false,
    reason: 'not_found',
  })
  expect(opened[0]?.thread?.secretHash).toEqual(hashSecret('guess'))
})

test('what is stored holds the hash of the secret and not the secret', async () => {
  const answer = await prepare()
  await tell(answer)
  expect(saved[0]?.threadSecretHash).toEqual(hashSecret(answer.thread.secret))
  expect(JSON.stringify(saved[0])).not.toContain(answer.thread.secret)
})

describe('in a conversation', () => {
  const thread = { id: asked.threadId, secret: 'known' }
  const first = 'How do I proxy requests?'

  test('"why?" is asked together with the question that it goes on from', async () => {
    before = ['and why not?', first]
    const { outcome, citations } = await prepare({ question: 'show an example', thread, requestId: null })
    expect(searched).toEqual([`${first} show an example`])
    expect({ outcome, urls: citations.map(({ url }) => url) }).toEqual({
      outcome: 'answered',
      urls: (await prepare({ question: first })).citations.map(({ url }) => url),
    })
  })

  const leadOf = async (question: string) =>
    (await prepare({ question, thread, requestId: null })).citations[0]?.headings.at(-1)

  test('"it" is what was spoken of, where an answer about that says what is asked', async () => {
    before = ['How do I set the port of the server?']
    expect(await leadOf('which requests does it listen on?')).toBe('server.port')
  })

  test('"it" is the product, where only another page says what is asked', async () => {
    before = ['How do I set the port of the server?']
    expect(await leadOf('does it support hydration?')).toBe('Hydration')
  })

  test('a question that stands alone costs one call, and is answered by itself', async () => {
    before = ['What is hydration?']
    expect(await prepare({ thread, requestId: null })).toMatchObject({
      markdown: (await prepare({ thread: null, requestId: null })).markdown,
    })
    expect(searched).toEqual([])
  })
})

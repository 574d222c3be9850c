import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { B, K1 } from '#edge/db/project/search.ts'
import type { ProjectDb } from '#edge/project-db.ts'
import { english, loadLanguage } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { idFromUuid, idToUuid, newId } from '#shared/ids.ts'
import { openTestDatabase, random, type TestDatabase } from './database.ts'
import { type Page, pagesOf, plainPages } from './search-fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

async function newCorpus(texts: readonly string[] = []) {
  const { uuid, db } = await database.newProject()
  const pages = pagesOf(database, uuid)
  if (texts.length > 0) await pages.write(plainPages(texts))
  return { uuid, db, pages }
}

async function found(db: ProjectDb, question: string): Promise<string[]> {
  const { hits } = await db.search(analyseQuestion(question, english), 10)
  return hits.map(({ passage }) => passage.text)
}

// Words that stemming leaves alone, so that the reference below need not know of it.
const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'kappa', 'sigma', 'omega', 'zeta']
const anyText = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' '))
const anyPage = fc.record<Page>({
  title: anyText,
  passages: fc.array(fc.record({ headings: fc.array(anyText, { maxLength: 2 }), text: anyText }), { maxLength: 3 }),
})

interface Reference {
  scores: Map<string, number>
  passageCount: number
  frequency(word: string): number
}

/** BM25 as the textbook has it, over weighted counts: title 3, nearest heading 2, outer heading 1, body 1. */
function textbook(pages: ReadonlyMap<string, Page>, query: readonly string[]): Reference {
  const passages = [...pages].flatMap(([id, { title, passages }]) =>
    passages.map(({ headings, text }, ordinal) => {
      const words = [title, title, title, ...headings, headings.at(-1) ?? '', text].join(' ').split(' ').filter(Boolean)
      return { key: `${id} ${ordinal}`, words }
    }),
  )
  const average = passages.reduce((sum, { words }) => sum + words.length, 0) / passages.length
  const frequency = (word: string) => passages.filter(({ words }) => words.includes(word)).length
  const scores = new Map<string, number>()
  for (const { key, words } of passages)
    for (const word of query) {
      const count = words.filter((one) => one === word).length
      if (count === 0) continue
      const idf = Math.log(1 + (passages.length - frequency(word) + 0.5) / (frequency(word) + 0.5))
      const part = (idf * count * (K1 + 1)) / (count + K1 * (1 - B + (B * words.length) / average))
      scores.set(key, (scores.get(key) ?? 0) + part)
    }
  return { scores, passageCount: passages.length, frequency }
}

async function expectTextbook(db: ProjectDb, pages: ReadonlyMap<string, Page>): Promise<void> {
  const query = ['alpha', 'gamma', 'zeta']
  const reference = textbook(pages, query)
  const { hits, terms, passageCount } = await db.search(analyseQuestion(query.join(' '), english), 100)
  const scores = new Map(
    hits.map(({ passage, score }) => [`${idToUuid(passage.documentId)} ${passage.ordinal}`, score]),
  )
  expect([...scores.keys()].sort()).toEqual([...reference.scores.keys()].sort())
  for (const [key, score] of reference.scores) expect(scores.get(key)).toBeCloseTo(score, 9)
  expect(passageCount).toBe(reference.passageCount)
  expect(terms.map(({ documentFrequency }) => documentFrequency)).toEqual(query.map(reference.frequency))
}

describe('ranking', () => {
  test('gives the scores of BM25 by the textbook, also after pages were replaced and removed', async () => {
    const change = fc.record({ page: fc.nat(5), to: fc.option(anyPage) })
    const run = fc.asyncProperty(
      fc.array(anyPage, { minLength: 1, maxLength: 6 }),
      fc.array(change, { maxLength: 4 }),
      async (given, changes) => {
        const { db, pages } = await newCorpus()
        const stored = new Map(given.map((page) => [idToUuid(newId('document', random)), page]))
        await pages.write(stored)
        await expectTextbook(db, stored)
        for (const { page, to } of changes) {
          const id = [...stored.keys()][page]
          if (id === undefined) continue
          if (to) await pages.write(new Map([[id, to]]))
          else await pages.remove([id])
          if (to) stored.set(id, to)
          else stored.delete(id)
        }
        await expectTextbook(db, stored)
      },
    )
    await fc.assert(run, { numRuns: 15, seed: 20260601 })
  }, 120_000)

  test('leaves nothing in the index once every page is removed', async () => {
    const { uuid, pages } = await newCorpus()
    const written = plainPages(['configure the proxy server', 'configure nothing'])
    await pages.write(written)
    await pages.remove([...written.keys()])
    for (const table of ['search_terms', 'search_postings', 'search_words', 'search_spellings', 'search_documents']) {
      const [, rows] = await database.asApp.transaction([
        database.asApp.query(`select set_config('role', 'app_rw', true), set_config('app.project_id', $1, true)`, [
          uuid,
        ]),
        database.asApp.query(`select count(*)::int as rows from ${table}`),
      ])
      expect(rows, table).toEqual([{ rows: 0 }])
    }
  })

  test('any word of the question suffices, and passages with more and rarer ones come first', async () => {
    const { db } = await newCorpus(['server settings', 'server proxy settings', 'server', 'unrelated'])
    expect(await found(db, 'How do I set the proxy of the server?')).toEqual([
      'server proxy settings',
      'server settings',
      'server',
    ])
  })

  test('no page crowds out the others: its third passage waits for them', async () => {
    const { db, pages } = await newCorpus(['the proxy and many other words of no concern here at all'])
    const passages = ['proxy one', 'proxy two', 'proxy three'].map((text) => ({ headings: [], text }))
    await pages.write(new Map([[idToUuid(newId('document', random)), { title: 'Proxy', passages }]]))
    const texts = await found(db, 'proxy')
    expect(texts).toHaveLength(4)
    expect(texts[2]).toMatch(/^the proxy/)
  })

  test('the other pieces of a long section come along with its best one', async () => {
    const { db, pages } = await newCorpus()
    const id = idToUuid(newId('document', random))
    const passages = ['proxy', 'an example of it', 'of another section'].map((text, ordinal) => ({
      headings: [ordinal < 2 ? 'One' : 'Two'],
      text,
    }))
    await pages.write(new Map([[id, { title: 'Page', passages }]]))
    const { siblings } = await db.search(analyseQuestion('proxy', english), 10)
    expect(siblings?.map(({ text, documentId }) => [text, documentId])).toEqual([
      ['an example of it', idFromUuid('document', id)],
    ])
  })

  test('the opening of a page comes along with its best passage', async () => {
    const { db, pages } = await newCorpus()
    const id = idToUuid(newId('document', random))
    const passages = ['what it is about', 'in between', 'proxy'].map((text, ordinal) => ({
      headings: ordinal === 0 ? [] : [`Section ${ordinal}`],
      text,
    }))
    await pages.write(new Map([[id, { title: 'Page', passages }]]))
    const { siblings } = await db.search(analyseQuestion('proxy', english), 10)
    expect(siblings?.map(({ text }) => text)).toEqual(['what it is about'])
  })
})

describe('what docs call otherwise', () => {
  test('is found, counts less than the word itself, and is told with what was matched', async () => {
    const { db } = await newCorpus(['resize the image', 'resize the picture', 'unrelated words'])
    const { hits, terms } = await db.search(analyseQuestion('picture', english), 10)
    expect(hits.map(({ passage }) => passage.text)).toEqual(['resize the picture', 'resize the image'])
    expect((hits[1]?.score ?? 0) / (hits[0]?.score ?? 1)).toBeLessThan(0.5)
    expect(hits[1]?.matched).toEqual(['imag'])
    expect(terms).toMatchObject([{ documentFrequency: 1, related: ['imag'], relatedFrequency: 1 }])
  })

  test('is preferred to a neighbour in spelling: a word that is known is no slip', async () => {
    const { db } = await newCorpus(['a monorepos story', 'workspace packages'])
    const { terms } = await db.search(analyseQuestion('monorepo', english), 10)
    expect(terms).toMatchObject([{ repairedTo: null }])
    expect(await found(db, 'monorepo')).toContain('workspace packages')
  })
})

describe('one project', () => {
  test('neither sees nor counts what another has indexed', async () => {
    const mine = await newCorpus(['configure the proxy'])
    const other = await newCorpus(['configure the proxy', 'configure authentication', 'authentication'])
    const { hits, terms, passageCount } = await mine.db.search(analyseQuestion('configure authentication', english), 10)
    expect(hits.map(({ passage }) => passage.text)).toEqual(['configure the proxy'])
    expect(passageCount).toBe(1)
    expect(terms.map(({ documentFrequency }) => documentFrequency)).toEqual([1, 0])
    expect(await found(other.db, 'authentication')).toHaveLength(2)
  })

  test('is not offered the spelling of a word that only another project knows', async () => {
    await newCorpus(['kubernetes'])
    const { db } = await newCorpus(['proxy'])
    const { terms } = await db.search(analyseQuestion('kubernetse', english), 10)
    expect(terms).toMatchObject([{ documentFrequency: 0, repairedTo: null }])
  })
})

describe('hostile and odd questions', () => {
  const QUESTIONS = [
    `'; drop table search_postings; --`,
    `$1 $2 \\ " {} {"a","b"} null NULL`,
    `proxy' or '1'='1`,
    '\u{1F600}\u{1F4A9} \u202E evil \uD800 \u0000 proxy',
    'שלום עולם مرحبا بالعالم',
    'proxy '.repeat(333),
    Array.from({ length: 400 }, (_, index) => `w${index}`).join(' '),
  ]
  test.each(QUESTIONS)('%j is looked up like any other', async (question) => {
    const { db } = await newCorpus(['proxy'])
    const { passageCount } = await db.search(analyseQuestion(question.slice(0, 2000), english), 10)
    expect(passageCount).toBe(1)
    expect(await found(db, 'proxy')).toEqual(['proxy'])
  })

  test('only stop words find nothing', async () => {
    const { db } = await newCorpus(['the answer to what it is'])
    expect(analyseQuestion('what is it to the', english).terms).toEqual([])
    expect(await found(db, 'what is it to the')).toEqual([])
  })

  test('an empty project answers with nothing', async () => {
    const { db } = await newCorpus()
    expect(await db.search(analyseQuestion('proxy', english), 10)).toMatchObject({ hits: [], passageCount: 0 })
  })
})

describe('other languages', () => {
  test('German is found by another form of the word', async () => {
    const { db, pages } = await newCorpus()
    const german = await loadLanguage('de-AT')
    await pages.write(plainPages(['Die Häuser der Stadt']), german)
    const { hits } = await db.search(analyseQuestion('Wo ist das Haus?', german), 10)
    expect(hits).toHaveLength(1)
  })

  test.each([
    ['zh', '如何配置开发服务器的代理', '服务器代理'],
    ['ja', '開発サーバーのプロキシを設定する', 'プロキシの設定'],
    ['th', 'การตั้งค่าพร็อกซีของเซิร์ฟเวอร์', 'พร็อกซี'],
  ])('%s is found although it is written without spaces', async (code, text, question) => {
    const { db, pages } = await newCorpus()
    const language = await loadLanguage(code)
    await pages.write(plainPages([text]), language)
    const { hits } = await db.search(analyseQuestion(question, language), 10)
    expect(hits).toHaveLength(1)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { searchStatement } from '#edge/db/project/search.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { idToUuid, newId } from '#shared/ids.ts'
import { openTestDatabase, random, type TestDatabase } from './database.ts'
import { type Page, pagesOf, runAs } from './search-fixture.ts'

const PAGES = 2500
const PASSAGES_A_PAGE = 4
const QUESTION = 'how do i configure the midleware of createServer, word7 and word4000?'

let database: TestDatabase
let uuid: string
beforeAll(async () => {
  database = await openTestDatabase()
  ;({ uuid } = await database.newProject())
  const pages = pagesOf(database, uuid)
  const written = Array.from({ length: PAGES }, (_, page): [string, Page] => [
    idToUuid(newId('document', random)),
    pageOf(page),
  ])
  for (let start = 0; start < PAGES; start += 250) await pages.write(new Map(written.slice(start, start + 250)))
}, 240_000)
afterAll(() => database.close())

/** Word n stands in about every nth passage; the vocabulary grows with the project, as real ones do. */
function pageOf(page: number): Page {
  const passages = Array.from({ length: PASSAGES_A_PAGE }, (_, ordinal) => {
    const place = page * PASSAGES_A_PAGE + ordinal
    const common = Array.from({ length: 8 }, (_, n) => (place % (n + 2) === 0 ? `word${n + 2}` : 'configure'))
    return {
      headings: ['createServer'],
      text: [...common, `word${place}`, `name${letters(place)}`, 'middleware'].join(' '),
    }
  })
  return { title: `Page ${page}`, passages }
}

function letters(number: number): string {
  return Array.from(String(number), (digit) => 'bcdfghjklm'[Number(digit)]).join('')
}

async function planOf(question: string): Promise<string> {
  const rows = await runAs(
    database,
    uuid,
    [searchStatement(uuid, analyseQuestion(question, english), 12)],
    'explain (analyze, costs off) ',
  )
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

describe.each(['before statistics are gathered', 'after analyze'])(
  'searching 10,000 passages as the app role, %s',
  (when) => {
    beforeAll(async () => {
      if (when === 'after analyze') await database.asOwner.query('analyze')
    }, 60_000)

    test('reads every large table by index, under row-level security', async () => {
      const plan = await planOf(QUESTION)
      // The policy is in the plan, or it would prove nothing.
      expect(plan).toContain('InitPlan')
      for (const table of [
        'search_postings',
        'search_terms',
        'search_words',
        'search_spellings',
        'search_documents',
        'passages',
      ])
        expect(plan, table).not.toMatch(new RegExp(`Seq Scan on ${table}\\b`))
      expect(plan).toMatch(/search_postings_project_id_term_number_pk/)
      expect(plan).toMatch(/search_spellings_project_id_variant_word_pk/)
    })

    test('reads the postings of a word in every passage only for the best candidates, where rarer words are asked for too', async () => {
      const plan = await planOf('configure middleware createServer word2 word3 word4000')
      const rows = [...plan.matchAll(/search_postings(?:_1)? \(actual time=\S+ rows=([\d.]+) loops=(\d+)\)/g)]
      expect(rows.length).toBeGreaterThan(0)
      const read = rows.reduce((sum, [, each, loops]) => sum + Number(each) * Number(loops), 0)
      expect(read).toBeLessThan(40_000)
    })
  },
)

interface Hit {
  matched: string[]
  score: number
}

async function hitsOf(question: string, eagerPostings?: number): Promise<Hit[]> {
  const rows = await runAs(database, uuid, [
    searchStatement(uuid, analyseQuestion(question, english), 5, eagerPostings),
  ])
  return (rows[0]?.hits ?? []) as Hit[]
}

test('leaving frequent words for last gives the same best passages with the same scores', async () => {
  const all = await hitsOf('word5 word7 configure', Number.MAX_SAFE_INTEGER)
  const some = await hitsOf('word5 word7 configure', 4000)
  expect(some.map(({ score }) => score.toFixed(9))).toEqual(all.map(({ score }) => score.toFixed(9)))
  expect(some[0]?.matched).toEqual(expect.arrayContaining(['word5', 'word7', 'configur']))
})

test('a frequent word is read after all where the rarer ones bring too few passages', async () => {
  const hits = await hitsOf('word4000 configure', 1)
  expect(hits).toHaveLength(5)
  expect(hits[0]?.matched).toEqual(expect.arrayContaining(['word4000', 'configur']))
})

test('a frequent word that is merely related is left out where the words asked for fill the budget', async () => {
  const scoresOf = async (related: string[], eagerPostings: number) => {
    const query = analyseQuestion('word5 word7', english)
    const terms = query.terms.map((term) => ({ ...term, related }))
    const [row] = await runAs(database, uuid, [searchStatement(uuid, { ...query, terms }, 5, eagerPostings)])
    return ((row?.hits ?? []) as Hit[]).map(({ score }) => score.toFixed(9))
  }
  const bare = await scoresOf([], 4000)
  expect(await scoresOf(['configur'], 4000)).toEqual(bare)
  expect(await scoresOf(['configur'], Number.MAX_SAFE_INTEGER)).not.toEqual(bare)
})

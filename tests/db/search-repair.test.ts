import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProjectDb } from '#edge/project-db.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'
import { pagesOf, plainPages } from './search-fixture.ts'

const TEXTS = [
  'Authentication with OAuth tokens; authenticate every request.',
  'Configuration of the proxy. The configuration file is vite.config.ts.',
  'Deployment to production: deploy the build, then deploy again.',
  'createServer makes a development server with middleware.',
  'The router matches a route. Routes are files.',
  'Zażółć gęślą jaźń. Настройка сервера.',
]

let database: TestDatabase
let db: ProjectDb
beforeAll(async () => {
  database = await openTestDatabase()
  const project = await database.newProject()
  db = project.db
  await pagesOf(database, project.uuid).write(plainPages(TEXTS))
})
afterAll(() => database.close())

async function repairsOf(question: string): Promise<(string | null)[]> {
  const { terms } = await db.search(analyseQuestion(question, english), 5)
  return terms.map(({ repairedTo }) => repairedTo)
}

describe('a word nobody uses is taken for its nearest spelling', () => {
  test.each([
    ['a character missing', 'autentication', 'authent'],
    ['a character too many', 'middlewarre', 'middlewar'],
    ['a wrong character', 'configurasion', 'configur'],
    ['two characters swapped', 'rotuer', 'router'],
    ['the first two swapped', 'porxy', 'proxi'],
    ['two slips in a long word', 'authenttikation', 'authent'],
    ['a slip in the ending', 'deploymnet', 'deploy'],
    ['a slip in a form that the project does not use', 'rotuers', 'router'],
    ['a slip in a part of an identifier', 'createSevrer', 'server'],
    ['a slip in Cyrillic', 'настойка', 'настройка'],
  ])('%s: %s', async (_, typed, meant) => {
    expect(await repairsOf(typed)).toContain(meant)
  })

  test('and then its passages are found, with the word that was searched among the matched', async () => {
    const { hits } = await db.search(analyseQuestion('deploymnet', english), 5)
    expect(hits[0]).toMatchObject({ passage: { text: TEXTS[2] }, matched: ['deploy'] })
  })
})

describe('a word is left as it is', () => {
  test.each([
    ['when it is in use', 'route'],
    ['when it is in use in another form', 'authenticating'],
    ['when it is short', 'roue'],
    ['when it is a number', '12345'],
    ['when it is a version', '1.2.34'],
    ['when it is something else altogether', 'kubernetes'],
    ['when two slips lie between short words', 'rooteer'],
    ['when a letter is missing and another too many', 'rotzer'],
    ['when it begins otherwise', 'touter'],
    ['when it is longer than words are', 'configuration'.repeat(3)],
  ])('%s: %s', async (_, typed) => {
    expect(await repairsOf(typed)).toEqual([null])
  })
})

test('of two words as near, the one more passages use is taken', async () => {
  const { uuid, db: other } = await database.newProject()
  await pagesOf(database, uuid).write(plainPages(['stacks', 'stocks', 'stocks and more', 'other']))
  const { terms } = await other.search(analyseQuestion('stucks', english), 5)
  expect(terms).toMatchObject([{ repairedTo: 'stock' }])
})

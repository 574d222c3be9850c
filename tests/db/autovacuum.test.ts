import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, openTestDatabase, type TestDatabase } from './database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

test("the planner learns of what the Worker's user has written, though that user may not analyse", async () => {
  const { uuid } = await database.newProject()
  const { asApp } = database
  await asApp.transaction([
    enter(asApp, uuid),
    asApp.query(`insert into search_terms select $1::uuid, 'term ' || n, 1 from generate_series(1, 2000) n`, [uuid]),
  ])
  const rowsKnown = async () =>
    (await asApp.query(`select reltuples::int from pg_class where relname = 'search_terms'`))[0]?.reltuples
  await expect.poll(rowsKnown, { timeout: 20_000, interval: 500 }).toBe(2000)
}, 30_000)

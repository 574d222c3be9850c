import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listKeys } from '#edge/flows/manage-keys.ts'
import { listObserved, listRules, removeRule } from '#edge/flows/manage-origins.ts'
import type { List, PageRequest } from '#edge/rules/page.ts'
import { newId } from '#shared/ids.ts'
import type { Verdict } from '#shared/verdict.ts'
import { enter, openTestDatabase, random, type TestDatabase } from './database.ts'
import { type ManagedWorld, managed, NOW_MS } from './manage.ts'

let database: TestDatabase
let world: ManagedWorld
let uuid: string
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  const project = await database.newProject()
  uuid = project.uuid
  world = managed(database, project.projectId)
})

const run = ({ asApp }: TestDatabase, sql: string) => asApp.transaction([enter(asApp, uuid), asApp.query(sql)])
const value = <Value>(verdict: Verdict<Value, string>): Value => {
  if (!verdict.ok) throw new Error(verdict.reason)
  return verdict.value
}
type Listing<Item> = (request: PageRequest) => Promise<Verdict<List<Item>, string>>

/** `between` sees each page before the next is asked for. */
async function pages<Item>(list: Listing<Item>, limit: number, between?: (page: Item[]) => Promise<unknown>) {
  const found: Item[][] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = value(await list({ cursor, limit }))
    found.push(page.items)
    cursor = page.nextCursor
    await between?.(page.items)
  }
  return found
}

/** Three of each microsecond: only their ids tell them apart. */
const addRules = () =>
  run(
    database,
    `insert into origin_rules (project_id, id, rule, created_at)
     select '${uuid}', gen_random_uuid(), 'r' || n || '.example.com', timestamptz '2026-01-31 23:59:59.999990+00' + (n / 3) * interval '1 microsecond'
     from generate_series(0, 22) n`,
  )

test('rules come page by page, each once, in the order in which they were added', async () => {
  await addRules()
  const found = await pages((request) => listRules(world.management, request), 5)
  expect(found.map((page) => page.length)).toEqual([5, 5, 5, 5, 3])
  const numbers = found.flat().map(({ rule }) => Number(/\d+/.exec(rule)?.[0]))
  expect(numbers.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 23 }, (_, n) => n))
  expect(numbers.map((n) => Math.floor(n / 3))).toEqual(Array.from({ length: 23 }, (_, n) => Math.floor(n / 3)))
})

test('removing the last rule of a page takes nothing from the next', async () => {
  await addRules()
  const found = await pages(
    (request) => listRules(world.management, request),
    5,
    async (page) => value(await removeRule(world.management, page.at(-1)?.id as never)),
  )
  expect(new Set(found.flat().map(({ rule }) => rule)).size).toBe(23)
})

test('a last page that is full leads nowhere', async () => {
  await addRules()
  expect((await pages((request) => listRules(world.management, request), 23)).map(({ length }) => length)).toEqual([23])
})

test('keys come page by page', async () => {
  await run(
    database,
    `insert into keys (project_id, id, kind, environment, body, scopes, label)
     select '${uuid}', gen_random_uuid(), 'public', 'live', 'b' || n, '{config}', 'L' || n from generate_series(1, 7) n`,
  )
  const found = await pages((request) => listKeys(world.management, request), 3)
  expect(found.map((page) => page.length)).toEqual([3, 3, 1])
  expect(new Set(found.flat().map(({ label }) => label)).size).toBe(7)
})

test('observed origins come page by page, the latest first, also those of one moment', async () => {
  const keyId = newId('key', random)
  const name = (n: number) => `https://o${n}.example.com`
  world.gate.sightings.origins = Array.from({ length: 12 }, (_, n) => ({
    ...{ keyId, origin: name(n), admittedAtMs: null, refusedAtMs: NOW_MS - Math.floor(n / 4) },
  }))
  const found = await pages((request) => listObserved(world.management, request), 5)
  expect(found.map((page) => page.length)).toEqual([5, 5, 2])
  expect(new Set(found.flat().map(({ origin }) => origin)).size).toBe(12)
  expect(found.flat().map(({ lastSeenAt }) => NOW_MS - Date.parse(lastSeenAt))).toEqual([
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2,
  ])
})

test('a cursor of another list, a made-up one and a limit out of bounds are refused', async () => {
  await addRules()
  const { nextCursor } = value(await listRules(world.management, { limit: 1 }))
  expect(nextCursor).toMatch(/^[\w-]+$/)
  for (const cursor of [nextCursor, '', 'x', 'AAAA', btoa("1 ' or true"), btoa('9'.repeat(16)), 'A'.repeat(9000)])
    expect(await listKeys(world.management, { cursor })).toEqual({ ok: false, reason: 'cursor_invalid' })
  expect(await listObserved(world.management, { cursor: nextCursor })).toMatchObject({ reason: 'cursor_invalid' })
  for (const limit of [0, 101, 1.5, Number.NaN, -1])
    expect(await listRules(world.management, { limit })).toEqual({ ok: false, reason: 'limit_invalid' })
})

test('a position at the end of time finds nothing, and breaks nothing', async () => {
  await addRules()
  const far = btoa(`9007199254740991 ${newId('originRule', random)}`)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
  expect(value(await listRules(world.management, { cursor: far }))).toEqual({ items: [], nextCursor: null })
})

import { readdirSync, readFileSync } from 'node:fs'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as schema from '#edge/db/schema.ts'
import * as accounts from '#edge/db/schema-accounts.ts'
import * as billing from '#edge/db/schema-billing.ts'
import * as conversations from '#edge/db/schema-conversations.ts'
import * as searchSchema from '#edge/db/schema-search.ts'
import * as slack from '#edge/db/schema-slack.ts'
import * as visitors from '#edge/db/schema-visitors.ts'
import * as webhooks from '#edge/db/schema-webhooks.ts'
import { MigrationChanged, migrate } from '#edge/local/migrate.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const all = {
  ...schema,
  ...accounts,
  ...billing,
  ...conversations,
  ...slack,
  ...visitors,
  ...webhooks,
  ...searchSchema,
}
const folder = new URL('../../edge-api/db/migrations/', import.meta.url)

test('the schema has no change that a migration lacks', async () => {
  const last = readdirSync(new URL('meta/', folder))
    .filter((name) => name.endsWith('_snapshot.json'))
    .sort()
    .at(-1)
  const before = JSON.parse(readFileSync(new URL(`meta/${last}`, folder), 'utf8'))
  expect(await generateMigration(before, generateDrizzleJson(all))).toEqual([])
})

test('the migrated database has exactly the tables and columns of the schema', async () => {
  const rows = await database.asOwner.query(
    `select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end as line
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'schema_migrations' order by 1`,
  )
  const declared = Object.values(all)
    .filter((value) => is(value, PgTable))
    .map((table) => getTableConfig(table as PgTable))
    .flatMap(({ name, columns }) =>
      columns.map((column) => `${name}.${column.name} ${column.getSQLType()}${column.notNull ? ' not null' : ''}`),
    )
  expect(rows.map(({ line }) => line)).toEqual(declared.sort())
})

test('migrating again, also twice at once, applies nothing and fails nothing', async () => {
  expect(await Promise.all([migrate(database.owner), migrate(database.owner)])).toEqual([[], []])
})

test('a migration that was changed after it had been applied is refused by name', async () => {
  const { asOwner, owner } = database
  const [row] = await asOwner.query(`select name, hash from schema_migrations order by name limit 1`)
  await asOwner.query(`update schema_migrations set hash = 'another' where name = $1`, [row?.name])
  await expect(migrate(owner)).rejects.toThrow(MigrationChanged)
  await asOwner.query('update schema_migrations set hash = $2 where name = $1', [row?.name, row?.hash])
})

test('two runners on an empty schema at once end with each migration applied once', async () => {
  const { asOwner, owner, app } = database
  await asOwner.query('drop schema public cascade')
  await asOwner.query('create schema public')
  const [one, two] = await Promise.all([migrate(owner), migrate(owner)])
  expect([...one, ...two].sort()).toEqual(
    readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort(),
  )
  expect(app.connectionString).toContain('pernoex_app')
})

test('the owner is no superuser, and neither are the roles it made', async () => {
  const rows = await database.asOwner.query(
    `select rolname, rolsuper, rolbypassrls from pg_roles where rolname in ('pernoex_owner', 'pernoex_app', 'app_rw', 'app_system')`,
  )
  expect(rows).toHaveLength(4)
  for (const row of rows) expect(row).toMatchObject({ rolsuper: false, rolbypassrls: false })
})

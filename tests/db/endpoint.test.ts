import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProjectDb } from '#edge/db/project.ts'
import { DatabaseUnavailable } from '#edge/errors.ts'
import { newId } from '#shared/ids.ts'
import { enter, openTestDatabase, random, type TestDatabase } from './database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

function post(headers: Record<string, string>, body = '{"query":"select 1","params":[]}') {
  const connection = { 'neon-connection-string': database.app.connectionString }
  return fetch(database.front.httpEndpoint, { method: 'POST', body, headers: { ...connection, ...headers } })
}

describe('the local endpoint', () => {
  test('answers the driver in raw text with field metadata, as Neon does', async () => {
    const response = await post(
      { 'neon-array-mode': 'true' },
      '{"query":"select 7::int8 as n, true as b, null as x","params":[]}',
    )
    expect(await response.json()).toMatchObject({
      command: 'SELECT',
      rowCount: 1,
      fields: [
        { name: 'n', dataTypeID: 20, format: 'text' },
        { name: 'b', dataTypeID: 16 },
        { name: 'x', dataTypeID: 25 },
      ],
      rows: [['7', 't', null]],
    })
  })

  test.each([
    ['an Origin', { origin: 'http://localhost:3000' }, 403],
    ['the null Origin', { origin: 'null' }, 403],
    ['a browser that hides its Origin', { 'sec-fetch-site': 'same-origin' }, 403],
    ['a wrong password', { 'neon-connection-string': 'postgresql://pernoex_app:guess@127.0.0.1/postgres' }, 400],
    ['no password', { 'neon-connection-string': 'postgresql://pernoex_app@127.0.0.1/postgres' }, 400],
    ['an unknown user', { 'neon-connection-string': 'postgresql://postgres:postgres@127.0.0.1/postgres' }, 400],
    ['no connection string', { 'neon-connection-string': '' }, 400],
  ])('refuses %s', async (_, headers, status) => {
    const response = await post(headers)
    expect(response.status).toBe(status)
    expect(await response.text()).not.toContain('"rows"')
  })

  test('one user cannot sign in with the password of another', async () => {
    const owner = database.app.connectionString.replace('pernoex_app', 'pernoex_owner')
    expect((await post({ 'neon-connection-string': owner })).status).toBe(400)
  })

  test.each([
    'reset session authorization',
    'set session authorization default',
    `select set_config('session_authorization', 'postgres', false)`,
    `do $$ begin execute 'set session' || ' authorization postgres'; end $$`,
    'commit',
    '/* quietly */ rollback',
    'set role postgres',
    'set role pernoex_owner',
    'create role evil superuser',
    'copy users to stdout',
  ])('the application cannot become someone else: %s', async (statement) => {
    await expect(database.asApp.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^(0A000|42501)$/),
    })
    const [row] = await database.asApp.query('select current_user, session_user')
    expect(row).toEqual({ current_user: 'pernoex_app', session_user: 'pernoex_app' })
  })

  test("passes Postgres' error fields on", async () => {
    const twice = `insert into memberships (organization_id, user_id, role) values (gen_random_uuid(), gen_random_uuid(), 'owner')`
    await expect(database.asOwner.query(twice)).rejects.toMatchObject({
      code: '23503',
      severity: 'ERROR',
      schema: 'public',
      table: 'memberships',
      constraint: expect.stringContaining('memberships_'),
      detail: expect.stringContaining('is not present'),
    })
    await expect(database.asApp.query('select nonsense')).rejects.toMatchObject({ code: '42703', position: '8' })
  })

  test('a batch is one transaction: all of it or nothing', async () => {
    const { uuid } = await database.newProject()
    const { asApp } = database
    const insert = asApp.query('insert into origin_rules (project_id, id, rule) values ($1, gen_random_uuid(), $2)', [
      uuid,
      'a',
    ])
    await expect(asApp.transaction([enter(asApp, uuid), insert, asApp.query('select 1/0')])).rejects.toMatchObject({
      code: '22012',
    })
    const [, rows] = await asApp.transaction([enter(asApp, uuid), asApp.query('select * from origin_rules')])
    expect(rows).toEqual([])
  })

  test('honours read-only and isolation level', async () => {
    const { asApp } = database
    const level = asApp.query(
      `select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as read_only`,
    )
    const [[row]] = (await asApp.transaction([level], { isolationLevel: 'Serializable', readOnly: true })) as [
      [unknown],
    ]
    expect(row).toEqual({ level: 'serializable', read_only: 'on' })
    const [[plain]] = (await asApp.transaction([level])) as [[unknown]]
    expect(plain).toEqual({ level: 'read committed', read_only: 'off' })
  })

  test('refuses a body that is no query', async () => {
    for (const body of ['', '[]', '{"query":5}', '{"queries":[{}]}', '{"query":"select 1","params":{}}'])
      expect((await post({}, body)).status).toBe(400)
  })

  test('a database that is gone is DatabaseUnavailable, and comes back without a restart', async () => {
    const other = await openTestDatabase()
    const { projectId, db } = await other.newProject()
    const jobId = newId('job', random)
    expect(await db.readJob(jobId)).toBeNull()
    await other.close()
    await expect(db.readJob(jobId)).rejects.toBeInstanceOf(DatabaseUnavailable)
    const address = { ...database.app, connectionString: database.app.connectionString.replace(/:\d+\//, ':1/') }
    await expect(
      createProjectDb({ ...address, httpEndpoint: 'http://127.0.0.1:1/sql' }, projectId).readJob(jobId),
    ).rejects.toBeInstanceOf(DatabaseUnavailable)
  })
})

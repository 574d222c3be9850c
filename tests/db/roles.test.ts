import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProjectDb } from '#edge/db/project.ts'
import { migrate, RoleTooPowerful } from '#edge/local/migrate.ts'
import { type NeonFront, serveNeonProtocol } from '#edge/local/neon-endpoint.ts'
import { OWNER, ROLES } from '#edge/local/pglite.ts'
import { newId } from '#shared/ids.ts'
import { random } from './database.ts'

/** A database whose server had an `app_rw` before we came. */
let pglite: PGlite
let front: NeonFront
beforeAll(async () => {
  pglite = await PGlite.create()
  await pglite.exec(`${ROLES} create role app_rw nologin; grant app_rw to ${OWNER} with admin option;`)
  front = await serveNeonProtocol(
    { exchange: async (message) => (await pglite.execProtocol(message, { throwOnError: false })).messages },
    [OWNER],
    'postgres',
  )
})
afterAll(async () => {
  await front.close()
  await pglite.close()
})

const owner = () => ({ connectionString: front.connectionString(OWNER), httpEndpoint: front.httpEndpoint })
/** The endpoint leaves the session to the user who came last. */
const asSuperuser = (statement: string) => pglite.exec(`set session authorization postgres; ${statement}`)
const POWERS = ['bypassrls', 'superuser']

test.each(POWERS)('no migration runs while app_rw is %s', async (power) => {
  await asSuperuser(`alter role app_rw ${power}`)
  await expect(migrate(owner())).rejects.toThrow(RoleTooPowerful)
  await asSuperuser(`alter role app_rw no${power}`)
})

test('no migration runs while app_rw may act as a role above row-level security', async () => {
  await asSuperuser(`create role above bypassrls; grant above to app_rw`)
  await expect(migrate(owner())).rejects.toThrow(RoleTooPowerful)
  await asSuperuser('revoke above from app_rw')
})

test('an app_rw without such powers is taken as it is', async () => {
  expect(await migrate(owner())).toContain('0001_access.sql')
})

test.each(POWERS)('no project is opened when app_rw became %s since', async (power) => {
  // To the process another address, which it has not entered yet.
  const address = owner()
  const unseen = { ...address, connectionString: `${address.connectionString}?application_name=${power}` }
  await asSuperuser(`alter role app_rw ${power}`)
  const project = createProjectDb(unseen, newId('project', random))
  const thread = () => project.deleteThread(newId('thread', random), new Uint8Array(32))
  await expect(thread()).rejects.toThrow('app_rw sees past row-level security')
  await expect(thread()).rejects.toThrow('app_rw sees past row-level security')
  await asSuperuser(`alter role app_rw no${power}`)
  expect(await thread()).toBe(false)
})

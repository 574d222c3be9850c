import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createAccountDb } from '#edge/db/account.ts'
import { ACCOUNT_RULE } from '#edge/rules/throttle.ts'
import { idToUuid, newId } from '#shared/ids.ts'
import { openTestDatabase, random, sha256, type TestDatabase } from './database.ts'
import { newPerson, newSession } from './person.ts'

let database: TestDatabase
let ours: Actor
let theirs: Actor
beforeAll(async () => {
  database = await openTestDatabase()
  ours = await person('ours@example.com')
  theirs = await person('theirs@example.com')
})
afterAll(() => database.close())

const accounts = () => createAccountDb(database.app)
const all = { after: null, limit: 100 }

const person = (email: string): Promise<Actor> => newPerson(database, email)

/** What the application sees of a table while it acts for somebody. */
async function seen(table: string, actor: Actor | null): Promise<string> {
  const [user, organization] = actor ? [idToUuid(actor.userId), idToUuid(actor.organizationId)] : ['', '']
  const { asApp } = database
  const columns = table === 'users' ? 'id, email, name' : '*'
  const [, rows] = await asApp.transaction([
    asApp.query(
      `select set_config('role', 'app_rw', true), set_config('app.project_id', '', true),
       set_config('app.user_id', $1, true), set_config('app.organization_id', $2, true)`,
      [user, organization],
    ),
    asApp.query(`select ${columns} from ${table}`),
  ])
  return JSON.stringify(rows)
}

test('of a table of accounts one sees the own rows and those of the organization, and nothing without both', async () => {
  await accounts().openSession(newSession(ours, 'ours'))
  await accounts().createProject(ours, { projectId: newId('project', random), name: 'Ours' })
  const tables = ['users', 'organizations', 'memberships', 'sessions', 'email_tokens', 'audit_entries', 'projects']
  for (const table of tables) {
    expect(JSON.parse(await seen(table, ours))).not.toEqual([])
    for (const id of [ours.userId, ours.organizationId]) expect(await seen(table, theirs)).not.toContain(idToUuid(id))
    expect(await seen(table, null)).toBe('[]')
  }
})

test('nobody reads a password or a second factor, not even the own one', async () => {
  const { asApp } = database
  for (const column of ['password_hash', 'totp_secret', '*']) {
    const reading = asApp.transaction([
      asApp.query(`select set_config('role', 'app_rw', true), set_config('app.user_id', $1, true)`, [
        idToUuid(ours.userId),
      ]),
      asApp.query(`select ${column} from users`),
    ])
    await expect(reading).rejects.toMatchObject({ code: '42501' })
  }
})

describe('the audit log', () => {
  test.each(['update audit_entries set action = $1', 'delete from audit_entries where action <> $1'])(
    'cannot be changed: %s',
    async (statement) => {
      const { asApp } = database
      const changing = asApp.transaction([
        asApp.query(`select set_config('role', 'app_rw', true), set_config('app.organization_id', $1, true)`, [
          idToUuid(ours.organizationId),
        ]),
        asApp.query(statement, ['x']),
      ])
      await expect(changing).rejects.toMatchObject({ code: '42501' })
    },
  )

  test("comes in pages, the latest first, and never another organization's", async () => {
    for (let n = 0; n < 5; n++) await accounts().addAudit(ours, { action: `act.${n}`, target: null })
    const first = await accounts().listAudit(ours, { after: null, limit: 3 })
    expect(first.items.map(({ action }) => action)).toEqual(['act.4', 'act.3', 'act.2'])
    expect(first.nextCursor).not.toBeNull()
    expect(JSON.stringify(await accounts().listAudit(theirs, all))).not.toContain('act.')
  })
})

/** An organization keeps an owner, so one who leaves needs another. */
const alsoOwns = (who: Actor, { organizationId }: Actor) =>
  database.asOwner.query(`insert into memberships (organization_id, user_id, role) values ($1, $2, 'owner')`, [
    idToUuid(organizationId),
    idToUuid(who.userId),
  ])

describe('sessions', () => {
  test('are found by their token, and end with the role that they were opened in', async () => {
    const open = async (token: string) => {
      await accounts().openSession(newSession(ours, token))
      return accounts().readSession(sha256(token), null)
    }
    expect(await open('role')).toMatchObject({ ...{ user: { email: ours.email }, role: 'owner' }, pending: false })
    await alsoOwns(theirs, ours)
    const change = (role: string) =>
      database.asOwner.query('update memberships set role = $1 where user_id = $2 and organization_id = $3', [
        ...[role, idToUuid(ours.userId), idToUuid(ours.organizationId)],
      ])
    await change('member')
    expect(await accounts().readSession(sha256('role'), null)).toBeNull()
    expect((await open('role again'))?.role).toBe('member')
    await change('owner')
    await database.asOwner.query('delete from memberships where user_id = $1 and organization_id = $2', [
      ...[idToUuid(theirs.userId), idToUuid(ours.organizationId)],
    ])
    expect(await accounts().readSession(sha256('unknown'), null)).toBeNull()
  })

  test("know the projects of the organization, and no other's", async () => {
    const projectId = newId('project', random)
    await accounts().createProject(ours, { projectId, name: 'Assigned' })
    await accounts().openSession(newSession(ours, 'mine'))
    await accounts().openSession(newSession(theirs, 'other'))
    const known = async (token: string) => (await accounts().readSession(sha256(token), projectId))?.projectKnown
    expect([await known('mine'), await known('other')]).toEqual([true, false])
  })

  test('end with the membership that they stand on', async () => {
    const leaving = await person('leaving@example.com')
    await accounts().openSession(newSession(leaving, 'leaving'))
    await alsoOwns(theirs, leaving)
    await database.asOwner.query('delete from memberships where user_id = $1', [idToUuid(leaving.userId)])
    expect(await accounts().readSession(sha256('leaving'), null)).toBeNull()
  })

  test("are not another person's to list or to end", async () => {
    const mine = newSession(ours, 'kept')
    await accounts().openSession(mine)
    expect(JSON.stringify(await accounts().listSessions(theirs.userId))).not.toContain(mine.id)
    expect(await accounts().endSession(theirs, mine.id)).toBe(false)
    expect(await accounts().endSession(ours, mine.id)).toBe(true)
    expect(await accounts().endSession(ours, mine.id)).toBe(false)
  })
})

test('an address is taken once, also by two at once, and the loser leaves nothing behind', async () => {
  const attempts = await Promise.allSettled([person('twice@example.com'), person('twice@example.com')])
  expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const [row] = await database.asOwner.query(
    `select count(*)::int as n from organizations where name = 'twice@example.com'`,
  )
  expect(row).toEqual({ n: 1 })
})

test('a sign-in forgets the failures of its account', async () => {
  const of = (name: string) => [{ subject: sha256(name), rule: ACCOUNT_RULE, counted: true }]
  for (let count = 0; count < 5; count++)
    await Promise.all([accounts().countAttempt(of('a')), accounts().countAttempt(of('b'))])
  const found = await accounts().readCredentials('nobody@example.com', of('a'))
  expect(found).toEqual({ account: null, retryAfterSeconds: expect.toSatisfy((seconds: number) => seconds > 0) })
  await accounts().openSession(newSession(ours, 'forgiven', { throttled: [sha256('a')] }))
  expect(await accounts().countAttempt(of('a'))).toBe(0)
  expect(await accounts().countAttempt(of('b'))).toBeGreaterThan(0)
})

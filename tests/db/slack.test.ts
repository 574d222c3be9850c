import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProjectSlack, type ProjectSlack } from '#edge/db/slack.ts'
import { createSystemDb } from '#edge/db/system.ts'
import { newId } from '#shared/ids.ts'
import { enter, openTestDatabase, random, type TestDatabase } from './database.ts'
import { snapshot } from './snapshot.ts'

let database: TestDatabase
let ours: Awaited<ReturnType<TestDatabase['newProject']>>
let rows: ProjectSlack
beforeAll(async () => {
  database = await openTestDatabase()
  ours = await database.newProject()
  rows = createProjectSlack(database.app, ours.projectId)
})
afterAll(() => database.close())

const workspace = (teamId: string) => ({
  ...{ teamId, name: 'Acme', botUserId: 'U0', scopes: ['chat:write'], sealedToken: new Uint8Array([1, 2, 255]) },
})
const sent = { type: 'app_mention', body: new Uint8Array([123, 125]), receivedAtMs: Date.UTC(2030, 0, 1) }

test('a workspace is one project’s, and an event of it leads there', async () => {
  const system = createSystemDb(database.app)
  expect(await system.projectOfSlackTeam('T1')).toBeNull()
  for (const teamId of ['T1', 'T2', 'T1']) expect(await rows.connectWorkspace(workspace(teamId))).toBe('connected')
  const theirs = createProjectSlack(database.app, (await database.newProject()).projectId)
  expect(await theirs.connectWorkspace(workspace('T1'))).toBe('taken')
  expect(await theirs.listWorkspaces()).toEqual([])
  expect((await rows.listWorkspaces()).map(({ teamId }) => teamId).toSorted()).toEqual(['T1', 'T2'])
  expect(await system.projectOfSlackTeam('T1')).toBe(ours.projectId)
  expect(await rows.readToken('T1')).toEqual(new Uint8Array([1, 2, 255]))
})

test('an event is one consumer’s at a time, keeps how far it was, and is over once', async () => {
  const event = { eventId: 'Ev1', sent }
  const results = await Promise.all(Array.from({ length: 5 }, () => rows.takeEvent(event)))
  expect(results.filter((result) => result === 'busy')).toHaveLength(4)
  expect(results.find((result) => typeof result === 'object')).toEqual({
    ...{ body: sent.body, attempts: 1, placeholderTs: null, answerId: null },
  })
  const answerId = newId('answer', random)
  await rows.notePlaceholder('Ev1', '1.2')
  await rows.noteAdmission('Ev1', answerId)
  await rows.postponeEvent('Ev1', 'Slack was away.')
  // As the queue brings it again, or the cron.
  const again = { attempts: 2, placeholderTs: '1.2', answerId }
  expect(await rows.takeEvent({ eventId: 'Ev1', sent: null })).toMatchObject(again)
  // A consumer that died with it: after its minute it is anybody's, as far as it had come.
  expect(await rows.takeEvent(event)).toBe('busy')
  const { asApp } = database
  await asApp.transaction([
    enter(asApp, ours.uuid),
    asApp.query(`update slack_answers set taken_until = now() - interval '1 second' where event_id = 'Ev1'`),
  ])
  expect(await rows.takeEvent(event)).toMatchObject({ ...again, attempts: 3 })
  await rows.endEvent('Ev1', 'dead', 'It was refused.')
  expect(await rows.takeEvent(event)).toBe('over')
  expect(await rows.takeEvent({ eventId: 'Ev2', sent })).toMatchObject({ attempts: 1 })
  await rows.endEvent('Ev2', 'done', null)
  expect(await rows.takeEvent({ eventId: 'Ev2', sent })).toBe('over')
  expect(await rows.takeEvent({ eventId: 'Ev3', sent: null })).toBe('over')
})

test('Slack ends what it had begun before, and the organization’s log says so', async () => {
  const at = Date.now()
  expect(await rows.endWorkspace('T2', at - 3_600_000)).toBe(false)
  expect(await rows.endWorkspace('T2', at + 1000)).toBe(true)
  expect(await rows.endWorkspace('T2', null)).toBe(false)
  const [entry] = await database.asOwner.query(
    `select actor_email, target from audit_entries where action = 'slack.disconnected'`,
  )
  expect(entry).toEqual({ actor_email: 'Slack', target: 'T2' })
})

/** Each method on another project's handle, with our ids: nothing of ours may come out or change. */
const attempts: { [Method in keyof ProjectSlack]: (db: ProjectSlack) => Promise<unknown> } = {
  listWorkspaces: async (db) => expect(await db.listWorkspaces()).toEqual([]),
  connectWorkspace: async (db) => expect(await db.connectWorkspace(workspace('T1'))).toBe('taken'),
  readToken: async (db) => expect(await db.readToken('T1')).toBeNull(),
  disconnectWorkspace: async (db) => expect(await db.disconnectWorkspace('T1')).toBe(false),
  endWorkspace: async (db) => expect(await db.endWorkspace('T1', null)).toBe(false),
  takeEvent: async (db) => expect(await db.takeEvent({ eventId: 'Ev9', sent: null })).toBe('over'),
  notePlaceholder: (db) => db.notePlaceholder('Ev9', '9.9'),
  noteAdmission: (db) => db.noteAdmission('Ev9', newId('answer', random)),
  postponeEvent: (db) => db.postponeEvent('Ev9', 'theirs'),
  endEvent: (db) => db.endEvent('Ev9', 'ignored', 'theirs'),
}

test('one project never reaches another’s workspaces or answers, by any method', async () => {
  await rows.takeEvent({ eventId: 'Ev9', sent })
  const theirs = createProjectSlack(database.app, (await database.newProject()).projectId)
  expect(Object.keys(attempts).sort()).toEqual(Object.keys(theirs).sort())
  const before = await snapshot(database, ours.uuid)
  expect(before.slack_answers).toMatch(/^[1-9]/)
  for (const attempt of Object.values(attempts)) await attempt(theirs)
  expect(await snapshot(database, ours.uuid)).toEqual(before)
  expect(await rows.disconnectWorkspace('T1')).toBe(true)
})

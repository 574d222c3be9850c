import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createAccountDb } from '#edge/db/account.ts'
import { openTestDatabase, sha256, type TestDatabase } from './database.ts'
import { newPerson, newSession } from './person.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const accounts = () => createAccountDb(database.app)
const SECRET = sha256('sealed')
const CODES = [sha256('one'), sha256('two')]
const alive = async (token: string) => (await accounts().readSession(sha256(token), null)) !== null

/** Somebody whose second factor is on, with the step 100 accepted last. */
async function guarded(email: string): Promise<Actor> {
  const person = await newPerson(database, email)
  await accounts().openSession(newSession(person, `${email} other`))
  expect(await accounts().beginSecondFactor(person, sha256('an earlier one'))).toBe(true)
  const enabled = { sealedSecret: SECRET, step: 100, codeHashes: CODES, session: newSession(person, email) }
  expect(await accounts().enableSecondFactor(enabled)).toBe(true)
  return person
}

test('what is switched on is the secret that was proved; other sessions end with it, and it is on once', async () => {
  const person = await guarded('on@example.com')
  expect(await accounts().readSecondFactor(sha256('on@example.com'))).toEqual({
    ...{ userId: person.userId, enabled: true, lastStep: 100, sealedSecret: new Uint8Array(SECRET) },
  })
  expect([await alive('on@example.com'), await alive('on@example.com other')]).toEqual([true, false])
  expect(await accounts().beginSecondFactor(person, sha256('another'))).toBe(false)
  const again = { sealedSecret: sha256('x'), step: 1, codeHashes: [], session: newSession(person, 'again') }
  expect(await accounts().enableSecondFactor(again)).toBe(false)
  expect(await alive('again')).toBe(false)
  expect(await accounts().countBackupCodes(person.userId)).toBe(2)
})

describe('a code', () => {
  test('opens one session, also of two that show it at once, and none that is older', async () => {
    const person = await guarded('step@example.com')
    const waiting = newSession(person, 'waiting', { pending: true })
    await accounts().openSession(waiting)
    const use = (token: string, step: number) =>
      accounts().useCode(step, newSession(person, token, { replaces: waiting.id }))
    expect(await use('old', 100)).toBe(false)
    expect(await alive('waiting')).toBe(true)
    expect((await Promise.all([use('first', 101), use('second', 101)])).sort()).toEqual([false, true])
    expect((await Promise.all(['first', 'second'].map(alive))).sort()).toEqual([false, true])
    expect(await alive('waiting')).toBe(false)
    expect(await use('third', 100)).toBe(false)
  })

  test('of the backup is used up, and is nobody else’s', async () => {
    const person = await guarded('backup@example.com')
    const other = await guarded('other@example.com')
    const use = (who: Actor, token: string, code: string) =>
      accounts().useBackupCode(sha256(code), newSession(who, token))
    const opened = await Promise.all([use(person, 'b1', 'one'), use(person, 'b2', 'one')])
    expect(opened.sort()).toEqual([false, true])
    expect(await accounts().countBackupCodes(person.userId)).toBe(1)
    expect(await accounts().countBackupCodes(other.userId)).toBe(2)
    expect(await use(person, 'b3', 'three')).toBe(false)
    expect(await accounts().replaceBackupCodes(person, [sha256('new')])).toBe(true)
    expect(await use(person, 'b4', 'two')).toBe(false)
    expect(await use(person, 'b5', 'new')).toBe(true)
  })

  test('means nothing where no second factor is on', async () => {
    const person = await newPerson(database, 'off@example.com')
    await accounts().beginSecondFactor(person, SECRET)
    expect(await accounts().useCode(500, newSession(person, 'off'))).toBe(false)
    expect(await accounts().replaceBackupCodes(person, CODES)).toBe(false)
    expect(await accounts().countBackupCodes(person.userId)).toBe(0)
    expect(await accounts().removeSecondFactor(newSession(person, 'off'))).toBe(false)
    expect(await alive('off')).toBe(false)
  })
})

test('a new password leaves it on; switching it off takes secret, codes and other sessions away', async () => {
  const person = await guarded('reset@example.com')
  const token = sha256('reset token')
  await accounts().addEmailToken({
    userId: person.userId,
    purpose: 'reset',
    tokenHash: token,
    expiresAtMs: Date.now() + 60_000,
  })
  expect(await accounts().resetPassword(token, 'new hash')).toBe(true)
  const { account } = await accounts().readCredentials('reset@example.com', [])
  expect(account).toMatchObject({ passwordHash: 'new hash', secondFactor: true })

  await accounts().openSession(newSession(person, 'leaves'))
  expect(await accounts().removeSecondFactor(newSession(person, 'stays'))).toBe(true)
  expect([await alive('leaves'), await alive('stays')]).toEqual([false, true])
  expect(await accounts().readSecondFactor(sha256('stays'))).toMatchObject({ enabled: false, sealedSecret: null })
  expect(await accounts().countBackupCodes(person.userId)).toBe(0)
})

test('is found by the token of a session only', async () => {
  await guarded('found@example.com')
  expect(await accounts().readSecondFactor(sha256('unknown'))).toBeNull()
})

import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccountDb } from '#edge/db/account.ts'
import { createProjectSlack } from '#edge/db/slack.ts'
import { slackTokenPlace } from '#edge/flows/connect-slack.ts'
import { totpSecretPlace } from '#edge/flows/second-factor.ts'
import { refreshTokenPlace } from '#edge/flows/social.ts'
import { endpointSecretPlace } from '#edge/flows/verify-delivery.ts'
import { resealAll, SEALED_COLUMNS } from '#edge/local/reseal-values.ts'
import { toHex, utf8 } from '#shared/bytes.ts'
import { issueEndpointId } from '#shared/endpoint-id.ts'
import { idFromUuid, idToUuid } from '#shared/ids.ts'
import { openSealed, type SealedPlace, seal } from '#shared/seal.ts'
import { enter, openTestDatabase, random, type TestDatabase } from './database.ts'
import { newPerson } from './person.ts'

const KEY_A = new Uint8Array(32).fill(1)
const KEY_B = new Uint8Array(32).fill(2)
const old = new Map([['a', KEY_A]])
const rotated = new Map([
  ['a', KEY_A],
  ['b', KEY_B],
])
const onlyNew = new Map([['b', KEY_B]])
const COUNT = 230

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const hex = (bytes: Uint8Array) => `\\x${toHex(bytes)}`
const sealed = async (place: SealedPlace, text: string, keys = old) => hex(await seal(keys, place, utf8(text), random))

async function readAs(keys: typeof old, place: SealedPlace, bytes: unknown): Promise<string | null> {
  const opened = await openSealed(keys, place, new Uint8Array(Buffer.from(String(bytes), 'hex')))
  return opened.ok ? new TextDecoder().decode(opened.value) : null
}

test('it knows every column that holds an envelope', async () => {
  const rows = await database.asOwner.query(
    `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'
     and data_type = 'bytea' and column_name not like '%hash' and column_name not in ('subject', 'body') order by 1`,
  )
  expect(rows.map(({ name }) => name)).toEqual(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort())
})

test('everything is sealed anew, also when it was stopped on the way, and opens without the old key', async () => {
  const { projectId, uuid } = await database.newProject()
  const endpoint = issueEndpointId({ projectId, secrets: old, random })
  const place = endpointSecretPlace(projectId, endpoint)
  const { asApp } = database
  const inProject = async (query: string, values: unknown[] = []) =>
    (await asApp.transaction([enter(asApp, uuid), asApp.query(query, values)]))[1] as Record<string, unknown>[]
  await inProject(
    `insert into webhook_endpoints (project_id, id, kind, provider, label, sealed_secret, replaced_secret, replaced_expires_at)
     values ($1, $2, 'in', 'standard', 'L', $3, $4, now())`,
    [uuid, endpoint, await sealed(place, 'current'), await sealed(place, 'before')],
  )
  const slackToken = slackTokenPlace(projectId, 'T1')
  await createProjectSlack(database.app, projectId).connectWorkspace({
    ...{ teamId: 'T1', name: 'Acme', botUserId: 'U1', scopes: [] },
    sealedToken: await seal(old, slackToken, utf8('xoxb-1'), random),
  })
  const person = await newPerson(database, 'ada@example.com')
  const token = refreshTokenPlace(person.userId, 'https://appleid.apple.com')
  await createAccountDb(database.app).linkIdentity(person, {
    ...{ issuer: 'https://appleid.apple.com', subject: 's' },
    sealedRefreshToken: await seal(old, token, utf8('refresh'), random),
  })
  for (let n = 0; n < COUNT; n++) {
    const id = crypto.randomUUID()
    await database.asOwner.query('insert into users (id, email, name, totp_secret) values ($1, $2, $2, $3)', [
      ...[id, `u${n}@example.com`, await sealed(totpSecretPlace(idFromUuid('user', id)), `secret ${n}`)],
    ])
  }
  // Stopped after its first batch.
  for await (const { resealed } of resealAll(database.owner, rotated)) if (resealed > 0) break
  const totals = new Map<string, number>()
  for await (const { name, resealed, unreadable } of resealAll(database.owner, rotated)) {
    expect(unreadable).toBe(0)
    totals.set(name, resealed)
  }
  expect(Object.fromEntries(totals)).toEqual({
    ...{ 'second factors': COUNT - 100, 'tokens of providers': 1, 'identity secrets': 0 },
    ...{ 'webhook secrets': 1, 'replaced webhook secrets': 1, 'tokens of Slack': 1 },
  })
  const users = await database.asOwner.query(
    `select id, name, encode(totp_secret, 'hex') as sealed from users where totp_secret is not null`,
  )
  const texts = await Promise.all(
    users.map(({ id, sealed: bytes }) => readAs(onlyNew, totpSecretPlace(idFromUuid('user', String(id))), bytes)),
  )
  expect(new Set(texts)).toEqual(new Set(Array.from({ length: COUNT }, (_, n) => `secret ${n}`)))
  const [row] = await inProject(
    `select encode(sealed_secret, 'hex') as now, encode(replaced_secret, 'hex') as before from webhook_endpoints`,
  )
  expect([await readAs(onlyNew, place, row?.now), await readAs(onlyNew, place, row?.before)]).toEqual([
    'current',
    'before',
  ])
  const kept = await createProjectSlack(database.app, projectId).readToken('T1')
  expect(await readAs(onlyNew, slackToken, toHex(kept ?? new Uint8Array()))).toBe('xoxb-1')
  // The gates are told by the next cron.
  const outbox = await inProject('select 1 from policy_outbox')
  expect(outbox.length).toBeGreaterThan(0)
  for await (const { resealed } of resealAll(database.owner, rotated)) expect(resealed).toBe(0)
  expect(idToUuid(person.userId)).toMatch(/-/)
})

test('what no key opens is left as it is, told by number, and fails the command', async () => {
  const id = crypto.randomUUID()
  const lost = await sealed(
    totpSecretPlace(idFromUuid('user', id)),
    'lost',
    new Map([['z', new Uint8Array(32).fill(9)]]),
  )
  await database.asOwner.query(
    `insert into users (id, email, name, totp_secret) values ($1, 'l@example.com', 'L', $2)`,
    [...[id, lost]],
  )
  const run = spawn(process.execPath, ['edge-api/local/reseal.ts'], {
    cwd: new URL('../../', import.meta.url),
    env: {
      ...process.env,
      DATABASE_URL: database.owner.connectionString,
      DATABASE_HTTP_ENDPOINT: database.owner.httpEndpoint,
      SEALING_KEYS: JSON.stringify(
        Object.fromEntries([...rotated].map(([name, key]) => [name, Buffer.from(key).toString('base64url')])),
      ),
    },
  })
  let out = ''
  run.stdout.on('data', (data) => (out += data))
  run.stderr.on('data', (data) => (out += data))
  const code = await new Promise((resolve) => run.on('exit', resolve))
  expect([code, out]).toEqual([1, expect.stringContaining('second factors: 0 sealed anew, 1 that no key opens')])
  const [row] = await database.asOwner.query(`select encode(totp_secret, 'hex') as sealed from users where id = $1`, [
    id,
  ])
  expect(`\\x${row?.sealed}`).toBe(lost)
})

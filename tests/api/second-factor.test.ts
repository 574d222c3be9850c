import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromBase32 } from '#edge/rules/base32.ts'
import { totpCode, totpStep } from '#edge/rules/totp.ts'
import { createDashboardClient, type DashboardClient, mailedToken, newPerson, PASSWORD } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

const answerOf = async (answer: Response) => ({
  status: answer.status,
  code: answer.status === 204 ? null : ((await answer.json()) as { code?: string }).code,
})

/** The code of an authenticator app whose clock is `steps` steps off. */
function codeOf(secret: string, steps = 0): string {
  return totpCode(fromBase32(secret) ?? new Uint8Array(), totpStep(Date.now()) + steps)
}

interface Guarded {
  client: DashboardClient
  secret: string
  backupCodes: string[]
}

/** Confirmed with the code of the step before, so that the present one and the next are still good. */
async function guarded(email: string): Promise<Guarded> {
  const client = await newPerson(harness, email)
  const { secret } = await client.json<{ secret: string }>('POST', '/api/second-factor')
  const { backupCodes } = await client.json<{ backupCodes: string[] }>('POST', '/api/second-factor/confirm', {
    code: codeOf(secret, -1),
  })
  return { client, secret, backupCodes }
}

async function halfway(email: string): Promise<DashboardClient> {
  const client = createDashboardClient(harness)
  expect(await (await client.signIn(email, PASSWORD)).json()).toEqual({ secondFactor: true })
  return client
}

const subjects = (email: string) =>
  harness.mailbox
    .mails()
    .filter(({ to }) => to.includes(email))
    .map(({ subject }) => subject)

describe('switching it on', () => {
  test('needs a right code, ends every other session, and goes on in a new one', async () => {
    const client = await newPerson(harness, 'ada@example.com')
    const phone = createDashboardClient(harness)
    await phone.signIn('ada@example.com', PASSWORD)
    const { uri, secret } = await client.json<{ uri: string; secret: string }>('POST', '/api/second-factor')
    expect(uri).toContain(`otpauth://totp/Pernoex:ada%40example.com?secret=${secret}`)
    expect(await client.json('GET', '/api/second-factor')).toEqual({ enabled: false, backupCodesLeft: 0 })
    expect(await answerOf(await client.send('POST', '/api/second-factor/confirm', { code: '000000' }))).toEqual({
      ...{ status: 401, code: 'code_wrong' },
    })
    const before = client.cookies.get('__Host-pnx_session')
    const confirmed = await client.json<{ backupCodes: string[] }>('POST', '/api/second-factor/confirm', {
      code: codeOf(secret),
    })
    expect(new Set(confirmed.backupCodes).size).toBe(10)
    expect(client.cookies.get('__Host-pnx_session')).not.toBe(before)
    expect(await client.json('GET', '/api/second-factor')).toEqual({ enabled: true, backupCodesLeft: 10 })
    expect((await phone.send('GET', '/api/projects')).status).toBe(401)
    expect(await answerOf(await client.send('POST', '/api/second-factor'))).toEqual({ status: 409, code: 'conflict' })
    await expect.poll(() => subjects('ada@example.com')[0]).toBe('Your second factor was switched on')
  })

  test('asks for a recent proof, which a code gives as well as the password', async () => {
    const { client, secret } = await guarded('proof@example.com')
    await harness.asOwner(`update sessions set proved_at = now() - interval '11 minutes'`)
    for (const [method, path] of [
      ['DELETE', '/api/second-factor'],
      ['POST', '/api/second-factor/backup-codes'],
    ] as const)
      expect((await answerOf(await client.send(method, path))).code).toBe('proof_required')
    expect((await client.send('POST', '/api/proof', { code: '123456' })).status).toBe(401)
    expect((await client.send('POST', '/api/proof', { code: codeOf(secret) })).status).toBe(204)
    const { backupCodes } = await client.json<{ backupCodes: string[] }>('POST', '/api/second-factor/backup-codes')
    expect(backupCodes).toHaveLength(10)
    expect((await client.send('DELETE', '/api/second-factor')).status).toBe(204)
    expect(await (await createDashboardClient(harness).signIn('proof@example.com', PASSWORD)).json()).toEqual({
      secondFactor: false,
    })
  })
})

describe('signing in', () => {
  test('opens nothing before the code, and a new session with it', async () => {
    const { secret } = await guarded('grace@example.com')
    const client = await halfway('grace@example.com')
    expect(await client.json('GET', '/api/session')).toMatchObject({ user: null, role: null, pending: true })
    for (const path of ['/api/projects', '/api/sessions', '/api/second-factor', '/api/members'])
      expect(await answerOf(await client.send('GET', path))).toEqual({ status: 401, code: 'second_factor_required' })
    for (const [path, body] of [
      ['/api/second-factor', undefined],
      ['/api/second-factor/confirm', { code: codeOf(secret) }],
      ['/api/proof', { password: PASSWORD }],
    ] as const)
      expect((await answerOf(await client.send('POST', path, body))).code).toBe('second_factor_required')
    const before = client.cookies.get('__Host-pnx_session')
    expect((await client.send('POST', '/api/sign-in/second-factor', { code: codeOf(secret) })).status).toBe(204)
    expect(client.cookies.get('__Host-pnx_session')).not.toBe(before)
    expect((await client.send('GET', '/api/projects')).status).toBe(200)
    expect((await client.send('POST', '/api/sign-in/second-factor', { code: codeOf(secret) })).status).toBe(404)
    // The cookie of before is worth nothing any more.
    client.cookies.set('__Host-pnx_session', before ?? '')
    expect((await client.send('GET', '/api/session')).status).toBe(200)
    expect((await client.send('GET', '/api/projects')).status).toBe(401)
  })

  test('takes a code once, whoever shows it second', async () => {
    const { secret } = await guarded('replay@example.com')
    const clients = [await halfway('replay@example.com'), await halfway('replay@example.com')]
    const code = codeOf(secret)
    const answers = await Promise.all(clients.map((one) => one.send('POST', '/api/sign-in/second-factor', { code })))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401])
  })

  test('takes each backup code once, tells by mail, and forgets the old ones when there are new', async () => {
    const { client, backupCodes } = await guarded('lost@example.com')
    const [first = '', second = ''] = backupCodes
    const show = async (backupCode: string) =>
      (await halfway('lost@example.com').then((one) => one.send('POST', '/api/sign-in/second-factor', { backupCode })))
        .status
    expect(await show(` ${first.toUpperCase().replaceAll('-', ' ')} `)).toBe(204)
    expect(await show(first)).toBe(401)
    await expect.poll(() => subjects('lost@example.com')[0]).toBe('A backup code was used to sign in')
    expect(await client.json('GET', '/api/second-factor')).toEqual({ enabled: true, backupCodesLeft: 9 })
    const fresh = await client.json<{ backupCodes: string[] }>('POST', '/api/second-factor/backup-codes')
    expect(await show(second)).toBe(401)
    expect(await show(fresh.backupCodes[0] ?? '')).toBe(204)
  })

  test('lets nobody guess codes: five, then a wait', async () => {
    const { secret } = await guarded('guess@example.com')
    const client = await halfway('guess@example.com')
    const wrong = ['000000', '111111', '222222', '333333', '444444'].filter((code) => code !== codeOf(secret))
    const guesses = await Promise.all(
      [...wrong, ...wrong].map((code) => client.send('POST', '/api/sign-in/second-factor', { code })),
    )
    expect(guesses.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5)
    const held = await client.send('POST', '/api/sign-in/second-factor', { code: codeOf(secret) })
    expect(held.status).toBe(429)
    expect(Number(held.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  })

  test('is not shortened by a new password, and the wait for the code ends by itself', async () => {
    await guarded('reset@example.com')
    const client = createDashboardClient(harness)
    await client.json('POST', '/api/password/reset', { email: 'reset@example.com' })
    const token = await mailedToken(harness, 'reset@example.com', 'reset')
    const password = 'nine velvet umbrellas'
    await client.json('POST', '/api/password/reset/confirm', { token, password })
    expect(await (await client.signIn('reset@example.com', password)).json()).toEqual({ secondFactor: true })
    await harness.asOwner(`update sessions set created_at = now() - interval '16 minutes' where pending`)
    expect(await answerOf(await client.send('GET', '/api/projects'))).toEqual({ status: 401, code: 'session_missing' })
  })

  test('can be given up half way', async () => {
    await guarded('leaves@example.com')
    const client = await halfway('leaves@example.com')
    expect((await client.send('POST', '/api/sign-out')).status).toBe(204)
    expect(await client.json('GET', '/api/session')).toMatchObject({ pending: false, user: null })
  })

  test.each([{}, { code: 123456 }, { code: '1'.repeat(21) }, { backupCode: ['x'] }, { code: null }])(
    'refuses %j with a sentence',
    async (body) => {
      const client = await halfway('leaves@example.com')
      expect((await client.send('POST', '/api/sign-in/second-factor', body)).status).toBe(400)
    },
  )
})

test('secret and codes are stored sealed and hashed', async () => {
  const { secret, backupCodes } = await guarded('sealed@example.com')
  const dump = JSON.stringify([
    await harness.asOwner('select * from users'),
    await harness.asOwner('select * from backup_codes'),
    await harness.asOwner('select * from audit_entries'),
    harness.logs(),
  ])
  const raw = Buffer.from(fromBase32(secret) ?? []).toString('hex')
  for (const text of [secret, raw, ...backupCodes, ...backupCodes.map((code) => code.replaceAll('-', ''))])
    expect(dump).not.toContain(text)
})

test('strangers who guess at a password keep its owner out of a new browser only', async () => {
  const client = await newPerson(harness, 'owner@example.com')
  await client.send('POST', '/api/sign-out')
  const stranger = createDashboardClient(harness)
  for (let count = 0; count < 6; count++) await stranger.signIn('owner@example.com', 'wrong wrong wrong 1')
  expect((await stranger.signIn('owner@example.com', PASSWORD)).status).toBe(429)
  expect((await client.signIn('owner@example.com', PASSWORD)).status).toBe(200)
  // What the browser is known by opens nothing, and frees nobody else's address.
  const device = client.cookies.get('__Host-pnx_device') ?? ''
  stranger.cookies.set(
    '__Host-pnx_device',
    device.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
  )
  expect((await stranger.signIn('owner@example.com', PASSWORD)).status).toBe(429)
})

test('guesses at the same time do not slip under the limit together', async () => {
  await newPerson(harness, 'parallel@example.com')
  const guesses = await Promise.all(
    Array.from({ length: 14 }, () =>
      createDashboardClient(harness).signIn('parallel@example.com', 'wrong wrong wrong 1'),
    ),
  )
  const statuses = guesses.map(({ status }) => status)
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5)
  // Busy is an answer too: hashing takes turns.
  for (const status of statuses) expect([401, 429, 503]).toContain(status)
  expect(statuses).toContain(429)
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDashboardClient, type DashboardClient, mailedToken, newPerson, PASSWORD } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
let ada: DashboardClient
beforeAll(async () => {
  harness = await startHarness()
  ada = await newPerson(harness, 'ada@example.com')
})
afterAll(() => harness.close())

const codeOf = async (answer: Response) => ({
  status: answer.status,
  code: ((await answer.json()) as { code: string }).code,
})

describe('signing up and in', () => {
  test('a session is in a cookie that scripts, other hosts and other sites do not get', async () => {
    const client = createDashboardClient(harness)
    const answer = await client.signIn('ada@example.com', PASSWORD)
    expect(await answer.json()).toEqual({ secondFactor: false })
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('__Host-pnx_session=')) ?? ''
    expect(cookie).toMatch(/^__Host-pnx_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(await client.json('GET', '/api/session')).toMatchObject({
      user: { email: 'ada@example.com', name: 'ada', secondFactor: false },
      organization: { name: 'ada' },
      role: 'owner',
    })
  })

  test('an unconfirmed address does not sign in, and learns so only with the right password', async () => {
    const client = createDashboardClient(harness)
    await client.json('POST', '/api/sign-up', { email: 'Bob@Example.com ', password: PASSWORD, name: 'Bob' })
    expect(await codeOf(await client.signIn('bob@example.com', 'another password 99'))).toMatchObject({
      code: 'credentials_wrong',
    })
    expect(await codeOf(await client.signIn('bob@example.com', PASSWORD))).toEqual({
      status: 403,
      code: 'email_unverified',
    })
  })

  test('whether an address has an account is told by its mail only', async () => {
    const client = createDashboardClient(harness)
    const body = { password: PASSWORD, name: 'Eve' }
    const known = await client.send('POST', '/api/sign-up', { ...body, email: 'ada@example.com' })
    const fresh = await client.send('POST', '/api/sign-up', { ...body, email: 'eve@example.com' })
    expect([known.status, await known.text()]).toEqual([fresh.status, await fresh.text()])
    await expect
      .poll(() => harness.mailbox.mails().filter(({ to }) => to.includes('ada@example.com'))[0]?.subject)
      .toBe('You already have an account')
    expect(await codeOf(await client.signIn('ada@example.com', 'not the password at all'))).toEqual(
      await codeOf(await client.signIn('nobody@example.com', 'not the password at all')),
    )
    for (const email of ['ada@example.com', 'nobody@example.com'])
      expect((await client.send('POST', '/api/password/reset', { email })).status).toBe(202)
  })

  test('wrong passwords slow the address down, known or not, and never for good', async () => {
    const client = createDashboardClient(harness)
    for (const email of ['carl@example.com', 'eve@example.com']) {
      for (let n = 0; n < 5; n++) await client.signIn(email, 'wrong wrong wrong 1')
      const answer = await client.signIn(email, 'wrong wrong wrong 1')
      expect(answer.status).toBe(429)
      expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    }
  })

  test.each([
    [{ email: 'x@example.com', password: 'short', name: 'X' }, 'password_too_short'],
    [{ email: 'x@example.com', password: 'passwordpassword123', name: 'X' }, 'password_common'],
    [{ email: 'x@example.com', password: '123456789012345678', name: 'X' }, 'password_common'],
    [{ email: 'nope', password: PASSWORD, name: 'X' }, undefined],
    [{ email: 'a@b.example\r\nBcc: c@d.example', password: PASSWORD, name: 'X' }, undefined],
    [{ email: 'x@example.com', password: PASSWORD, name: '  ' }, undefined],
    [{ email: 'x@example.com', password: PASSWORD, name: 'a\u0000b' }, undefined],
    [{ email: ['x@example.com'], password: PASSWORD, name: 'X' }, undefined],
    [{}, undefined],
  ])('signing up with %j is refused with a sentence', async (body, reason) => {
    const answer = await createDashboardClient(harness).send('POST', '/api/sign-up', body)
    expect(answer.status).toBe(400)
    const problem = (await answer.json()) as { reason?: string; errors: { message: string }[] }
    expect(problem.reason).toBe(reason)
    expect(problem.errors[0]?.message).toMatch(/\.$/)
  })
})

describe('what another site can make a browser send', () => {
  test.each([
    ['no token', { 'x-csrf-token': '' }, 'csrf_wrong'],
    ['a made-up token', { 'x-csrf-token': 'A'.repeat(64) }, 'csrf_wrong'],
    ['another origin', { origin: 'https://evil.example' }, 'csrf_wrong'],
    ['the edge host', { origin: 'http://127.0.0.1:1' }, 'csrf_wrong'],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, 'csrf_wrong'],
    ['a same-site fetch', { 'sec-fetch-site': 'same-site' }, 'csrf_wrong'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'media_type_unsupported'],
    ['plain text', { 'content-type': 'text/plain' }, 'media_type_unsupported'],
  ])('%s changes nothing, and asks no database', async (_, headers, code) => {
    await ada.csrfToken()
    const before = harness.database.statements()
    const answer = await ada.send('POST', '/api/projects', { name: 'Forged' }, headers)
    expect((await answer.json()) as object).toMatchObject({ code })
    // The token that the client reads first is one look at the session.
    expect(harness.database.statements() - before).toBeLessThanOrEqual(2)
    expect(JSON.stringify(await ada.json('GET', '/api/projects'))).not.toContain('Forged')
  })

  test("a token of another session does not fit, and the sign-in page's own is bound to its browser", async () => {
    const other = await createDashboardClient(harness).csrfToken()
    expect(await codeOf(await ada.send('POST', '/api/projects', { name: 'X' }, { 'x-csrf-token': other }))).toEqual({
      status: 403,
      code: 'csrf_wrong',
    })
    const body = { email: 'ada@example.com', password: PASSWORD }
    const stranger = createDashboardClient(harness)
    expect(await codeOf(await stranger.send('POST', '/api/sign-in', body, { 'x-csrf-token': other }))).toMatchObject({
      code: 'csrf_wrong',
    })
  })
})

describe('sessions and passwords', () => {
  test('signing out ends the session on the server', async () => {
    const client = createDashboardClient(harness)
    await client.signIn('ada@example.com', PASSWORD)
    const kept = new Map(client.cookies)
    expect((await client.send('POST', '/api/sign-out')).status).toBe(204)
    for (const [name, value] of kept) client.cookies.set(name, value)
    expect(await codeOf(await client.send('GET', '/api/projects'))).toEqual({ status: 401, code: 'session_missing' })
  })

  test('a session can be ended from another one, and only by its own person', async () => {
    const phone = createDashboardClient(harness)
    await phone.signIn('ada@example.com', PASSWORD)
    const mallory = await newPerson(harness, 'mallory@example.com')
    const { items } = await phone.json<{ items: { id: string; current: boolean }[] }>('GET', '/api/sessions')
    const current = items.find((session) => session.current)?.id
    expect((await mallory.send('DELETE', `/api/sessions/${current}`)).status).toBe(404)
    expect((await phone.send('GET', '/api/projects')).status).toBe(200)
    expect((await ada.send('DELETE', `/api/sessions/${current}`)).status).toBe(204)
    expect((await phone.send('GET', '/api/projects')).status).toBe(401)
  })

  test('a new password ends every other session and wants the old one', async () => {
    const first = await newPerson(harness, 'grace@example.com')
    const second = createDashboardClient(harness)
    await second.signIn('grace@example.com', PASSWORD)
    const next = 'seven quiet harbours'
    expect((await second.send('PUT', '/api/password', { current: 'not it, not at all', next })).status).toBe(401)
    expect((await second.send('PUT', '/api/password', { current: PASSWORD, next })).status).toBe(204)
    expect((await first.send('GET', '/api/projects')).status).toBe(401)
    expect((await second.send('GET', '/api/projects')).status).toBe(200)
    expect((await first.signIn('grace@example.com', PASSWORD)).status).toBe(401)
    expect((await first.signIn('grace@example.com', next)).status).toBe(200)
  })

  test('a link resets the password once, and ends every session', async () => {
    const client = await newPerson(harness, 'joan@example.com')
    await client.json('POST', '/api/password/reset', { email: 'joan@example.com' })
    const token = await mailedToken(harness, 'joan@example.com', 'reset')
    const password = 'eleven copper kettles'
    const answers = await Promise.all(
      [1, 2].map(() => client.send('POST', '/api/password/reset/confirm', { token, password })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
    expect((await client.send('GET', '/api/projects')).status).toBe(401)
    expect((await client.signIn('joan@example.com', password)).status).toBe(200)
  })
})

describe('a project', () => {
  test('is made, opened for a domain and given a key that answers; revoked, it refuses the next request', async () => {
    const { id } = await ada.json<{ id: string }>('POST', '/api/projects', { name: 'Docs' })
    const rule = await ada.json<{ id: string; rule: string }>('POST', `/api/projects/${id}/origins`, {
      rule: ' Docs.Example ',
    })
    expect(rule.rule).toBe('docs.example')
    const made = { label: 'Site', environment: 'live', scopes: ['config', 'answers', 'search'] }
    const key = await ada.json<{ id: string; key: string }>('POST', `/api/projects/${id}/keys`, made)
    const { jobId } = await ada.json<{ jobId: string }>('POST', `/api/projects/${id}/documents`, {
      path: 'guide/zebra.md',
      content: '# Zebra crossings\n\nA zebra crossing is striped black and white.\n',
    })
    await expect
      .poll(async () => (await ada.json<{ state: string }>('GET', `/api/projects/${id}/jobs/${jobId}`)).state, {
        timeout: 15_000,
      })
      .toBe('done')
    const ask = () =>
      fetch(`${harness.edge}/v1/answers?key=${key.key}`, {
        method: 'POST',
        headers: { origin: 'https://docs.example', accept: 'application/json' },
        body: JSON.stringify({ question: 'How is a zebra crossing striped?' }),
      })
    expect(await (await ask()).json()).toMatchObject({ outcome: 'answered' })
    expect(
      await ada.json('POST', `/api/projects/${id}/origins/explain`, { origin: 'https://docs.example' }),
    ).toMatchObject({ allowed: true })
    const secret = { label: 'Server', environment: 'live', scopes: ['search'], kind: 'secret' }
    const hidden = await ada.json<{ key: string }>('POST', `/api/projects/${id}/keys`, secret)
    const listed = await ada.json<{ items: { key: string | null }[] }>('GET', `/api/projects/${id}/keys`)
    // A public key stands in pages for all to read; a secret one is shown once.
    expect(listed.items.map((item) => item.key)).toEqual([key.key, null])
    expect(JSON.stringify(listed)).not.toContain(hidden.key)
    expect((await ada.send('DELETE', `/api/projects/${id}/keys/${key.id}`)).status).toBe(204)
    expect(await codeOf(await ask())).toEqual({ status: 401, code: 'key_revoked' })
    const audit = await ada.json<{ items: { action: string; actor: { email: string } }[] }>('GET', '/api/audit')
    expect(audit.items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['project.created', 'origin.added', 'key.created', 'document.uploaded', 'key.revoked']),
    )
    expect(JSON.stringify(audit)).not.toContain(key.key)
    const found = async (query: string) =>
      (await ada.json<typeof audit>('GET', `/api/audit?${query}`)).items.map(({ action }) => action)
    expect(await found('action=key.revoked')).toEqual(['key.revoked'])
    expect(await found(`text=${key.id}%20REVOKED`)).toEqual(['key.revoked'])
    expect(await found('text=100%25')).toEqual([])
    for (const wrong of ['action=key', `text=${'x'.repeat(201)}`])
      expect((await ada.send('GET', `/api/audit?${wrong}`)).status).toBe(400)
  })

  test('of another organization answers exactly as one that does not exist', async () => {
    const { id } = await ada.json<{ id: string }>('POST', '/api/projects', { name: 'Private' })
    const mallory = createDashboardClient(harness)
    await mallory.signIn('mallory@example.com', PASSWORD)
    const shapes = async (project: string) => {
      const answer = await mallory.send('GET', `/api/projects/${project}/keys`)
      return { ...((await answer.json()) as object), requestId: '', status: answer.status }
    }
    expect(await shapes(id)).toEqual(await shapes('prj_0000000000000000000001'))
    expect(await shapes(id)).toEqual(await shapes('nonsense'))
    expect(JSON.stringify(await mallory.json('GET', '/api/projects'))).not.toContain('Private')
  })

  test('keys open nothing here', async () => {
    const { id } = await ada.json<{ id: string }>('POST', '/api/projects', { name: 'Keys' })
    const made = { label: 'Server', environment: 'live', scopes: ['search'], kind: 'secret' }
    const { key } = await ada.json<{ key: string }>('POST', `/api/projects/${id}/keys`, made)
    const answer = await fetch(`${harness.app}/api/projects/${id}/keys?key=${key}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(answer.status).toBe(401)
  })
})

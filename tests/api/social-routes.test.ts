import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromBase32 } from '#edge/rules/base32.ts'
import { totpCode, totpStep } from '#edge/rules/totp.ts'
import { createDashboardClient, type DashboardClient, newPerson, PASSWORD } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ providers: true })
})
afterAll(() => harness.close())

type Provider = 'google' | 'apple'

/** What the provider's page sends the browser back with, once the person has chosen an account. */
async function consent(at: string, email: string): Promise<URLSearchParams> {
  const url = new URL(at)
  const page = await (await fetch(url)).text()
  const form = new URLSearchParams(url.searchParams)
  form.set('email', email)
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1] ?? ''
  const answer = await fetch(new URL(action, url), { method: 'POST', body: form, redirect: 'manual' })
  const location = answer.headers.get('location')
  if (location !== null) return new URL(location).searchParams
  const fields = (await answer.text()).matchAll(/name="([^"]+)" value="([^"]*)"/g)
  return new URLSearchParams([...fields].map(([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')]))
}

/** As a browser does it that comes from the provider's page: no token, no origin of ours. */
function comeBack(client: DashboardClient, provider: Provider, answer: URLSearchParams): Promise<Response> {
  if (provider === 'google') return client.send('GET', `/api/sign-in/google/callback?${answer}`)
  return client.send('POST', '/api/sign-in/apple/callback', answer.toString(), {
    ...{ 'content-type': 'application/x-www-form-urlencoded', 'x-csrf-token': '', origin: 'https://appleid.apple.com' },
    'sec-fetch-site': 'cross-site',
  })
}

async function go(client: DashboardClient, provider: Provider, email: string, from = '/api/sign-in'): Promise<string> {
  const { url } = await client.json<{ url: string }>('POST', `${from}/${provider}`)
  const answer = await comeBack(client, provider, await consent(url, email))
  expect(answer.status).toBe(303)
  return answer.headers.get('location') ?? ''
}

const session = (client: DashboardClient) => client.json<{ user: { email: string } | null }>('GET', '/api/session')

describe.each([
  ['google', 'grace@gmail.example'],
  ['apple', 'ada@icloud.example'],
] as const)('with %s', (provider, email) => {
  test('somebody new gets an account, and comes back to it', async () => {
    const client = createDashboardClient(harness)
    expect(await client.json('GET', '/api/sign-in')).toEqual({ providers: ['google', 'apple'] })
    expect(await go(client, provider, email)).toBe('/')
    expect(await session(client)).toMatchObject({ user: { email }, role: 'owner', pending: false })
    const again = createDashboardClient(harness)
    expect(await go(again, provider, email)).toBe('/')
    expect((await session(again)).user).toEqual((await session(client)).user)
    expect(await client.json('GET', '/api/identities')).toMatchObject({ items: [{ provider }], password: false })
    // The only way in is not taken away.
    expect((await client.send('DELETE', `/api/identities/${provider}`)).status).toBe(409)
  })

  test('an answer counts once, in the browser that asked, for the provider that was asked', async () => {
    const client = createDashboardClient(harness)
    const { url } = await client.json<{ url: string }>('POST', `/api/sign-in/${provider}`)
    const answer = await consent(url, email)
    const other = createDashboardClient(harness)
    await other.json('POST', `/api/sign-in/${provider}`)
    for (const stranger of [other, createDashboardClient(harness)]) {
      const refused = await comeBack(stranger, provider, answer)
      expect(refused.headers.get('location')).toBe('/sign-in#problem=answer_wrong')
      expect((await session(stranger)).user).toBeNull()
    }
    const otherProvider = provider === 'google' ? 'apple' : 'google'
    const kept = new Map(client.cookies)
    expect((await comeBack(client, otherProvider, answer)).headers.get('location')).toContain('problem=answer_wrong')
    for (const [name, value] of kept) client.cookies.set(name, value)
    expect((await comeBack(client, provider, answer)).headers.get('location')).toBe('/')
    expect((await comeBack(client, provider, answer)).headers.get('location')).toContain('problem=answer_wrong')
    // The cookie is ours alone to write.
    const journey = kept.get('__Host-pnx_journey') ?? ''
    for (const forged of [journey.slice(0, -1), `x${journey}`, 'e30.00', '']) {
      const forger = createDashboardClient(harness)
      forger.cookies.set('__Host-pnx_journey', forged)
      expect((await comeBack(forger, provider, answer)).headers.get('location')).toContain('problem=answer_wrong')
    }
  })

  test('a second factor is asked for here too', async () => {
    const client = createDashboardClient(harness)
    await go(client, provider, email)
    const { secret } = await client.json<{ secret: string }>('POST', '/api/second-factor')
    const code = (steps: number) => totpCode(fromBase32(secret) ?? new Uint8Array(), totpStep(Date.now()) + steps)
    await client.json('POST', '/api/second-factor/confirm', { code: code(-1) })
    const again = createDashboardClient(harness)
    await go(again, provider, email)
    expect(await session(again)).toMatchObject({ user: null, pending: true })
    expect((await again.send('GET', '/api/projects')).status).toBe(401)
    expect((await again.send('POST', '/api/sign-in/second-factor', { code: code(0) })).status).toBe(204)
    expect((await session(again)).user?.email).toBe(email)
    expect((await again.send('DELETE', '/api/second-factor')).status).toBe(204)
  })
})

test('an address that has an account is entered by its own proof only, and linked with it', async () => {
  const owner = await newPerson(harness, 'ada@gmail.example')
  const stranger = createDashboardClient(harness)
  expect(await go(stranger, 'google', 'ada@gmail.example')).toBe('/sign-in#problem=account_exists')
  expect((await session(stranger)).user).toBeNull()

  await harness.asOwner(`update sessions set proved_at = now() - interval '11 minutes'`)
  expect((await owner.send('POST', '/api/identities/google')).status).toBe(401)
  await owner.json('POST', '/api/proof', { password: PASSWORD })
  expect(await go(owner, 'google', 'ada@gmail.example', '/api/identities')).toBe('/security#linked=google')
  expect(await owner.json('GET', '/api/identities')).toMatchObject({ items: [{ provider: 'google' }], password: true })
  expect(await go(stranger, 'google', 'ada@gmail.example')).toBe('/')
  expect((await session(stranger)).user?.email).toBe('ada@gmail.example')

  // It is one person's, and leaves with the link.
  const other = await newPerson(harness, 'other@example.com')
  expect(await go(other, 'google', 'ada@gmail.example', '/api/identities')).toBe('/sign-in#problem=identity_taken')
  expect((await owner.send('DELETE', '/api/identities/google')).status).toBe(204)
  expect((await owner.send('DELETE', '/api/identities/google')).status).toBe(404)
  expect(await go(stranger, 'google', 'ada@gmail.example')).toBe('/sign-in#problem=account_exists')
})

test('who says no at the provider is back on the page for signing in', async () => {
  const client = createDashboardClient(harness)
  const { url } = await client.json<{ url: string }>('POST', '/api/sign-in/google')
  const state = new URL(url).searchParams.get('state') ?? ''
  const answer = await comeBack(client, 'google', new URLSearchParams({ error: 'access_denied', state }))
  expect(answer.headers.get('location')).toBe('/sign-in#problem=sign_in_cancelled')
})

test('a provider’s token is stored sealed', async () => {
  const rows = await harness.asOwner('select issuer, refresh_token from user_identities')
  const apple = rows.find(({ refresh_token: token }) => token !== null)
  // Version and key letter of the envelope, and nothing that a token is made of.
  const bytes = Buffer.from(apple?.refresh_token as Uint8Array)
  expect([bytes[0], String.fromCharCode(bytes[1] ?? 0)]).toEqual([1, 'a'])
  expect(bytes.toString('latin1')).not.toMatch(/[\w.-]{16}/)
})

test('a provider that is not there is not found, and one that is not configured is not offered', async () => {
  const client = createDashboardClient(harness)
  for (const name of ['facebook', '__proto__', 'second-factor%00'])
    expect((await client.send('POST', `/api/sign-in/${name}`)).status).toBe(404)
})

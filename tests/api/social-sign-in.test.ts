import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IdentityProvider } from '#edge/account-ports.ts'
import { createApple } from '#edge/providers/identity/apple.ts'
import { createGoogle } from '#edge/providers/identity/google.ts'
import type { Endpoints } from '#edge/providers/identity/identity.ts'
import { newAttempt } from '#edge/rules/social.ts'

const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)
const CALLBACK = 'http://localhost:9/callback'
const APP = { redirect_uris: [CALLBACK], name: 'Pernoex', client_id: 'client', client_secret: 'shh' }

let google: Emulator
let apple: Emulator

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

beforeAll(async () => {
  const googleSeed = {
    users: [{ email: 'ada@example.com', name: 'Ada Lovelace', email_verified: true }],
    oauth_clients: [APP],
  }
  const appleSeed = {
    users: [{ email: 'ada@icloud.com', name: 'Ada Lovelace', given_name: 'Ada', family_name: 'Lovelace' }],
    oauth_clients: [{ client_id: 'client', team_id: 'TEAM', redirect_uris: [CALLBACK], name: 'Pernoex' }],
  }
  google = await createEmulator({ service: 'google', port: await freePort(), seed: { google: googleSeed } })
  apple = await createEmulator({ service: 'apple', port: await freePort(), seed: { apple: appleSeed } })
})

afterAll(async () => {
  await google?.close()
  await apple?.close()
})

/** As the emulated provider tells them. */
async function discover(url: string): Promise<Endpoints> {
  const response = await fetch(`${url}/.well-known/openid-configuration`)
  const found = (await response.json()) as Record<string, string>
  const {
    issuer = '',
    authorization_endpoint = '',
    token_endpoint = '',
    jwks_uri = '',
    revocation_endpoint = '',
  } = found
  return {
    issuer,
    authorize: authorization_endpoint,
    token: token_endpoint,
    keys: jwks_uri,
    revoke: revocation_endpoint,
  }
}

/** The person's part: the page on which an account is chosen, and what comes back to the callback. */
async function consent(url: URL, email: string): Promise<URLSearchParams> {
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

const options = async (emulator: Emulator) => ({
  endpoints: await discover(emulator.url),
  clientId: 'client',
  redirectUri: CALLBACK,
  fetch,
})

async function signIn(provider: IdentityProvider, email: string) {
  const attempt = newAttempt(random)
  const answer = await consent(await provider.begin(attempt), email)
  return { attempt, answer, verdict: await provider.finish(answer, attempt) }
}

describe('with a provider’s own protocol', () => {
  test('Google signs in, once for each code, and not with another attempt’s verifier', async () => {
    const provider = createGoogle({ ...(await options(google)), clientSecret: 'shh' })
    const { attempt, answer, verdict } = await signIn(provider, 'ada@example.com')
    expect(verdict).toMatchObject({
      ok: true,
      value: { issuer: google.url, email: 'ada@example.com', emailVerified: true },
    })
    expect(await provider.finish(answer, attempt)).toEqual({ ok: false, reason: 'token_wrong' })

    const second = newAttempt(random)
    const stolen = await consent(await provider.begin(second), 'ada@example.com')
    const other = { ...second, codeVerifier: newAttempt(random).codeVerifier }
    expect(await provider.finish(stolen, other)).toEqual({ ok: false, reason: 'token_wrong' })
  })

  test('Google refuses a wrong client secret', async () => {
    const provider = createGoogle({ ...(await options(google)), clientSecret: 'wrong' })
    expect((await signIn(provider, 'ada@example.com')).verdict).toEqual({ ok: false, reason: 'token_wrong' })
  })

  test('Apple signs in by a form, tells the name once, and forgets', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const identity = { teamId: 'TEAM', keyId: 'KEY', privateKey: pem, nowMs: Date.now }
    const provider = createApple({ ...(await options(apple)), ...identity })
    const first = (await signIn(provider, 'ada@icloud.com')).verdict
    expect(first).toMatchObject({
      ok: true,
      value: { issuer: apple.url, name: 'Ada Lovelace', email: 'ada@icloud.com' },
    })
    const again = (await signIn(provider, 'ada@icloud.com')).verdict
    expect(again).toMatchObject({ ok: true, value: { name: null } })
    if (!first.ok || !again.ok) throw new Error('not signed in')
    expect(again.value.subject).toBe(first.value.subject)
    expect(await provider.revoke(again.value.refreshToken ?? '')).toBe(true)
  })
})

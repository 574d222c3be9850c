import { createHash } from 'node:crypto'
import { exportJWK, exportPKCS8, generateKeyPair, importJWK, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { APPLE, createApple } from '#edge/providers/identity/apple.ts'
import { createGoogle, GOOGLE } from '#edge/providers/identity/google.ts'
import { type Attempt, newAttempt } from '#edge/rules/social.ts'
import { random } from './policy-source.ts'

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>
let provider: KeyPair
let stranger: KeyPair
let elliptic: KeyPair
let appleKey: string

beforeAll(async () => {
  provider = await generateKeyPair('RS256', { extractable: true })
  stranger = await generateKeyPair('RS256', { extractable: true })
  elliptic = await generateKeyPair('ES256', { extractable: true })
  appleKey = await exportPKCS8(elliptic.privateKey)
})

/** What a provider that lies or is broken may change about an honest answer. */
interface Lies {
  claims?: Record<string, unknown>
  header?: Partial<JWTHeaderParameters>
  key?: CryptoKey | Uint8Array
  token?: (honest: string) => string
  response?: () => Response
  fails?: boolean
}

/** The providers' token and key endpoints, with whatever lie; remembers what it was asked. */
function hostile(issuer: string, nonce: string, lies: Lies = {}) {
  const asked: { url: string; form: URLSearchParams }[] = []
  const answer = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = String(input instanceof Request ? input.url : input)
    asked.push({ url, form: new URLSearchParams(String(init?.body ?? '')) })
    if (lies.fails) throw new TypeError('network lost')
    if (url === GOOGLE.keys || url === APPLE.keys)
      return Response.json({
        keys: [{ ...(await exportJWK(provider.publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' }],
      })
    if (url === GOOGLE.revoke || url === APPLE.revoke) return lies.response?.() ?? new Response(null, { status: 200 })
    if (lies.response) return lies.response()
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer, aud: 'client', sub: 's1', nonce, iat: now, exp: now + 600, ...lies.claims }
    const header = { alg: 'RS256', kid: 'k1', ...lies.header }
    const honest = await new SignJWT(claims).setProtectedHeader(header).sign(lies.key ?? provider.privateKey)
    const idToken = lies.token ? lies.token(honest) : honest
    return Response.json({ access_token: 'a1', token_type: 'Bearer', refresh_token: 'r1', id_token: idToken })
  }
  return { asked, fetch: answer as typeof fetch }
}

const client = { clientId: 'client', redirectUri: 'https://app.pernoex.example/api/sign-in/google/callback' }

function googleWith(lies: Lies = {}, attempt: Attempt = newAttempt(random)) {
  const { asked, fetch } = hostile(GOOGLE.issuer, attempt.nonce, lies)
  const google = createGoogle({ ...client, endpoints: GOOGLE, clientSecret: 'shh', fetch })
  const finish = (answer: Record<string, string> | string = { code: 'c1', state: attempt.state }) =>
    google.finish(new URLSearchParams(answer), attempt)
  return { google, attempt, asked, finish }
}

function appleWith(lies: Lies = {}) {
  const attempt = newAttempt(random)
  const { asked, fetch } = hostile(APPLE.issuer, attempt.nonce, lies)
  const identity = { teamId: 'TEAM', keyId: 'KEY', privateKey: appleKey, nowMs: Date.now }
  const apple = createApple({ ...client, ...identity, endpoints: APPLE, fetch })
  const finish = (more: Record<string, string> = {}) =>
    apple.finish(new URLSearchParams({ code: 'c1', state: attempt.state, ...more }), attempt)
  return { apple, attempt, asked, finish }
}

describe('Google', () => {
  test('is asked for a code with state, nonce and PKCE, each new every time', async () => {
    const { google, attempt } = googleWith()
    const url = await google.begin(attempt)
    expect(url.origin + url.pathname).toBe(GOOGLE.authorize)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: client.redirectUri,
      scope: 'openid email profile',
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: createHash('sha256').update(attempt.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      prompt: 'select_account',
    })
    expect(new Set([...Object.values(attempt), ...Object.values(newAttempt(random))]).size).toBe(6)
  })

  test('vouches for issuer and subject; the code is redeemed with verifier and secret', async () => {
    const claims = { email: 'ada@example.com', email_verified: true, name: 'Ada', hd: 'example.com' }
    const { finish, asked, attempt } = googleWith({ claims })
    expect(await finish()).toEqual({
      ok: true,
      value: {
        issuer: GOOGLE.issuer,
        subject: 's1',
        email: 'ada@example.com',
        emailVerified: true,
        name: 'Ada',
        hostedDomain: 'example.com',
        privateRelay: false,
        refreshToken: 'r1',
      },
    })
    expect(asked[0]?.url).toBe(GOOGLE.token)
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: 'c1',
      redirect_uri: client.redirectUri,
      code_verifier: attempt.codeVerifier,
      client_id: 'client',
      client_secret: 'shh',
    })
  })

  test.each<[string, Record<string, unknown>]>([
    ['absent', {}],
    ['false', { email_verified: false }],
    ['a text', { email_verified: 'true' }],
    ['without an address', { email: undefined, email_verified: true }],
  ])('does not vouch for an address whose mark is %s', async (_, claims) => {
    const verdict = await googleWith({ claims: { email: 'ada@example.com', ...claims } }).finish()
    expect(verdict).toMatchObject({ ok: true, value: { emailVerified: false } })
  })
})

describe('an answer is refused', () => {
  test.each<[string, Record<string, string> | string]>([
    ['without state', 'code=c1'],
    ['with the state of another attempt', { code: 'c1', state: newAttempt(random).state }],
    ['without code', 'STATE'],
    ['with an empty code', 'STATE&code='],
    ['with two states', 'STATE&STATE&code=c1'],
    ['with two codes', 'STATE&code=c1&code=c2'],
    ['of another issuer', 'STATE&code=c1&iss=https://evil.example'],
    ['with a token of its own', 'STATE&code=c1&id_token=x.y.z'],
  ])('%s, before anybody is asked', async (_, answer) => {
    const { finish, attempt, asked } = googleWith()
    const text = typeof answer === 'string' ? answer.replaceAll('STATE', `state=${attempt.state}`) : answer
    expect(await finish(text)).toEqual({ ok: false, reason: 'answer_wrong' })
    expect(asked).toEqual([])
  })

  test('with an error: a refusal by the person is told apart, and only with the right state', async () => {
    const { finish, attempt } = googleWith()
    for (const error of ['access_denied', 'user_cancelled_authorize'])
      expect(await finish({ error, state: attempt.state })).toEqual({ ok: false, reason: 'sign_in_cancelled' })
    expect(await finish({ error: 'server_error', state: attempt.state })).toEqual({ ok: false, reason: 'answer_wrong' })
    expect(await finish({ error: 'access_denied', state: 'x' })).toEqual({ ok: false, reason: 'answer_wrong' })
  })
})

describe('a token is refused', () => {
  const past = Math.floor(Date.now() / 1000) - 120
  const resign = (change: (parts: [string, string, string]) => string[]) => (honest: string) =>
    change(honest.split('.') as [string, string, string]).join('.')
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test.each<[string, () => Lies]>([
    ['with another nonce', () => ({ claims: { nonce: 'other' } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['for another client', () => ({ claims: { aud: 'other' } })],
    ['for several clients, asked for by another', () => ({ claims: { aud: ['client', 'other'], azp: 'other' } })],
    ['for several clients, asked for by nobody', () => ({ claims: { aud: ['client', 'other'] } })],
    ['of another issuer', () => ({ claims: { iss: 'https://evil.example' } })],
    ['of an issuer with a slash more', () => ({ claims: { iss: `${GOOGLE.issuer}/` } })],
    ['that has expired', () => ({ claims: { exp: past } })],
    ['without an expiry', () => ({ claims: { exp: undefined } })],
    ['without a subject', () => ({ claims: { sub: undefined } })],
    ['with a number for a subject', () => ({ claims: { sub: 1 } })],
    ['signed by a stranger', () => ({ key: stranger.privateKey })],
    ['naming a key that is not the provider’s', () => ({ header: { kid: 'k2' } })],
    ['signed with another algorithm', () => ({ header: { alg: 'ES256' }, key: elliptic.privateKey })],
    ['signed with a shared secret', () => ({ header: { alg: 'HS256' }, key: new Uint8Array(32) })],
    ['signed not at all', () => ({ token: resign(([, claims]) => [encode({ alg: 'none' }), claims, '']) })],
    ['with its signature cut off', () => ({ token: resign(([header, claims]) => [header, claims, '']) })],
    [
      'with claims changed after signing',
      () => ({
        token: resign(([header, claims, signature]) => {
          const honest = JSON.parse(Buffer.from(claims, 'base64url').toString())
          return [header, encode({ ...honest, sub: 'somebody else' }), signature]
        }),
      }),
    ],
    ['that is none', () => ({ token: () => 'x.y' })],
    ['that is missing', () => ({ response: () => Response.json({ access_token: 'a', token_type: 'Bearer' }) })],
    ['with the code', () => ({ response: () => Response.json({ error: 'invalid_grant' }, { status: 400 }) })],
    ['as a page', () => ({ response: () => new Response('<html>', { headers: { 'content-type': 'text/html' } }) })],
    ['from elsewhere', () => ({ response: () => Response.redirect('https://evil.example', 302) })],
  ])('%s', async (_, lies) => {
    expect(await googleWith(lies()).finish()).toEqual({ ok: false, reason: 'token_wrong' })
  })

  test('and a provider that cannot be reached, or breaks, is told apart', async () => {
    expect(await googleWith({ fails: true }).finish()).toEqual({ ok: false, reason: 'provider_unavailable' })
    const broken = () => new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } })
    expect(await googleWith({ response: broken }).finish()).toEqual({ ok: false, reason: 'provider_unavailable' })
  })
})

describe('Apple', () => {
  test('answers by a form, and is asked for name and address', async () => {
    const { apple, attempt } = appleWith()
    const url = await apple.begin(attempt)
    expect(url.origin + url.pathname).toBe(APPLE.authorize)
    expect(url.searchParams.get('response_mode')).toBe('form_post')
    expect(url.searchParams.get('scope')).toBe('name email')
    expect(url.searchParams.get('nonce')).toBe(attempt.nonce)
    expect(apple.answers).toBe('form_post')
  })

  test('gets a client secret of five minutes, signed for it', async () => {
    const { finish, asked } = appleWith()
    await finish()
    const secret = asked[0]?.form.get('client_secret') ?? ''
    const publicKey = await importJWK(await exportJWK(elliptic.publicKey), 'ES256')
    const { payload, protectedHeader } = await jwtVerify(secret, publicKey, { algorithms: ['ES256'] })
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'KEY' })
    expect(payload).toMatchObject({ iss: 'TEAM', sub: 'client', aud: APPLE.issuer })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300)
  })

  test('takes the address from the token, and the name from the form', async () => {
    const claims = { email: 'x@privaterelay.appleid.com', email_verified: 'true', is_private_email: 'true' }
    const user = JSON.stringify({ name: { firstName: 'Ada\u0000', lastName: 'Lovelace' }, email: 'evil@example.com' })
    const verdict = await appleWith({ claims }).finish({ user })
    expect(verdict).toMatchObject({
      ok: true,
      value: { email: 'x@privaterelay.appleid.com', emailVerified: true, privateRelay: true, name: 'Ada Lovelace' },
    })
  })

  test.each([
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '{"name":1}',
    '{"name":{"firstName":{}}}',
    '{"name":null}',
    `{"name":{"firstName":"${'x'.repeat(3000)}"}}`,
  ])('is believed without a name for the form “%.20s”', async (user) => {
    expect(await appleWith().finish({ user })).toMatchObject({ ok: true, value: { name: null } })
  })

  test('does not vouch for an address that it marks “false”', async () => {
    const claims = { email: 'a@b.example', email_verified: 'false' }
    expect(await appleWith({ claims }).finish()).toMatchObject({ ok: true, value: { emailVerified: false } })
  })

  test('refuses a token of another attempt', async () => {
    expect(await appleWith({ claims: { nonce: 'other' } }).finish()).toEqual({ ok: false, reason: 'token_wrong' })
  })

  test('is told to forget, with the token and a fresh secret; that it could not be told is no error', async () => {
    const { apple, asked } = appleWith()
    expect(await apple.revoke('r1')).toBe(true)
    expect(asked[0]?.url).toBe(APPLE.revoke)
    expect(asked[0]?.form.get('token')).toBe('r1')
    expect(asked[0]?.form.get('client_secret')).toMatch(/^ey/)
    expect(await appleWith({ fails: true }).apple.revoke('r1')).toBe(false)
  })
})

import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, startHarness, type TestProject } from '#tests/api/harness.ts'
import { ORIGIN_CORPUS } from '#tests/vectors/origins.ts'

/**
 * The running Worker, before a database that refuses everything: a refusal must be the guard's own, and never the 503 that
 * asking the database would bring.
 */
let harness: Harness
let project: TestProject
let other: TestProject

beforeAll(async () => {
  harness = await startHarness()
  project = await harness.createProject({ rules: ['docs.acme.example', 'https://*.apps.acme.example'] })
  other = await harness.createProject({ rules: ['other.example'] })
  // Policies reach the gates before the database goes away.
  expect((await project.get('/v1/config', { headers: { Origin: ALLOWED } })).status).toBe(200)
  expect((await other.get('/v1/config', { headers: { Origin: 'https://other.example' } })).status).toBe(200)
  harness.database.break()
  harness.database.reset()
})
afterAll(() => harness.close())

const ALLOWED = 'https://docs.acme.example'

interface Sent {
  method?: string
  path: string
  /** In order, duplicates kept: what `fetch` would not send. */
  headers?: [string, string][]
  body?: string
}

interface Got {
  status: number
  code: string | undefined
  headers: Record<string, string | string[] | undefined>
}

function send({ method = 'GET', path, headers = [], body }: Sent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(harness.edge)
    const raw = [
      ['host', `${hostname}:${port}`],
      ...headers,
      ...(body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))]]),
    ]
    const call = httpRequest({ hostname, port, path, method, headers: raw.flat() }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => {
        const isProblem = response.headers['content-type'] === 'application/problem+json'
        const code = isProblem && text !== '' ? (JSON.parse(text) as { code: string }).code : undefined
        resolve({ status: response.statusCode ?? 0, code, headers: response.headers })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}

/** What Node's client can put on the wire as it stands: no line ends, no edges that HTTP trims, one byte a character. */
const sendable = (origin: string): boolean => /^[\t\x20-\x7e\x80-\xff]+$/.test(origin) && origin.trim() === origin

const config = (key: string, ...origins: string[]): Sent => ({
  path: `/v1/config?key=${key}`,
  headers: origins.map((origin) => ['origin', origin]),
})
const ask = (key: string, origin: string): Sent => ({
  method: 'POST',
  path: `/v1/answers?key=${key}`,
  headers: [
    ['origin', origin],
    ['content-type', 'text/plain'],
  ],
  body: JSON.stringify({ question: 'How do I proxy?' }),
})

describe('every hostile origin of the corpus', () => {
  test.each(Object.entries(ORIGIN_CORPUS))('%s', async (_, origins) => {
    for (const [origin, admittedBy] of Object.entries(origins)) {
      if (!sendable(origin) || origin.length > 8000) continue
      const got = await send(config(project.publicKey, origin))
      const code = admittedBy === 'malformed' ? 'origin_malformed' : 'origin_not_allowed'
      expect([origin, got.status, got.code]).toEqual([origin, 403, code])
      expect(got.headers['access-control-allow-origin']).toBeUndefined()
      expect(String(got.headers.vary).toLowerCase()).toContain('origin')
    }
    expect(harness.database.statements()).toBe(0)
  })
})

const changeAt = (key: string, index: number): string =>
  key.slice(0, index) + (key[index] === 'x' ? 'y' : 'x') + key.slice(index + 1)

describe('keys', () => {
  test('with any one character changed are not ours', async () => {
    for (const key of [project.publicKey, project.testKey])
      for (let index = 0; index < key.length; index++) {
        const got = await send(config(changeAt(key, index), ALLOWED))
        expect([index, got.status, got.code]).toEqual([index, 401, 'key_malformed'])
      }
    expect(harness.database.statements()).toBe(0)
  })

  test('cut off at any length are not ours', async () => {
    for (let length = 1; length < project.publicKey.length; length++)
      expect((await send(config(project.publicKey.slice(0, length), ALLOWED))).code).toBe('key_malformed')
    expect((await send(config('', ALLOWED))).code).toBe('key_missing')
    expect(harness.database.statements()).toBe(0)
  })

  test('of one project do not open another, whichever way they are mixed', async () => {
    const mixed: [Sent, number, string][] = [
      [config(other.publicKey, ALLOWED), 403, 'origin_not_allowed'],
      [config(project.publicKey, 'https://other.example'), 403, 'origin_not_allowed'],
      [config(project.secretKey, ALLOWED), 401, 'key_malformed'],
      [config(`${project.publicKey}%00`, ALLOWED), 401, 'key_malformed'],
      [config(`${project.publicKey},${other.publicKey}`, ALLOWED), 401, 'key_malformed'],
      [config(`x&key=${project.publicKey}`, ALLOWED), 401, 'key_malformed'],
      [config(project.publicKey), 403, 'origin_missing'],
      [config(project.publicKey, ''), 403, 'origin_missing'],
    ]
    for (const [sent, status, code] of mixed) {
      const got = await send(sent)
      expect([sent.path, got.status, got.code]).toEqual([sent.path, status, code])
    }
    expect(harness.database.statements()).toBe(0)
  })

  test('a secret key opens nothing beside an Origin, not even an allowed one', async () => {
    for (const origin of [ALLOWED, 'null', 'https://evil.test', 'http://localhost:3000']) {
      const got = await send({
        path: '/v1/search?q=a',
        headers: [
          ['authorization', `Bearer ${project.secretKey}`],
          ['origin', origin],
        ],
      })
      expect([origin, got.status, got.code]).toEqual([origin, 403, 'origin_not_allowed'])
    }
    expect(harness.database.statements()).toBe(0)
  })
})

test('two Origin headers are none that a browser sends, in either order', async () => {
  for (const origins of [
    [ALLOWED, 'https://evil.test'],
    ['https://evil.test', ALLOWED],
    [ALLOWED, ALLOWED],
    ['null', ALLOWED],
  ])
    expect((await send(config(project.publicKey, ...origins))).code).toBe('origin_malformed')
  expect(harness.database.statements()).toBe(0)
})

test('bodies are refused by what they are, readable to the page, and before the database', async () => {
  const post = (headers: [string, string][], body: string): Sent => ({
    ...ask(project.publicKey, ALLOWED),
    headers: [['origin', ALLOWED], ...headers],
    body,
  })
  const cases: [Sent, number, string][] = [
    [post([['content-type', 'text/html']], '{}'), 415, 'media_type_unsupported'],
    [post([], '{}'), 415, 'media_type_unsupported'],
    [post([['content-type', 'text/plain']], ''), 400, 'body_invalid'],
    [post([['content-type', 'text/plain']], '{'), 400, 'body_invalid'],
    [post([['content-type', 'application/json']], JSON.stringify({ question: 'x'.repeat(2001) })), 400, 'body_invalid'],
    [post([['content-type', 'application/json']], '"\ud800"'.toWellFormed()), 400, 'body_invalid'],
    [post([['content-type', 'application/json']], ' '.repeat(70_000)), 413, 'body_too_large'],
    [post([['content-type', 'application/json']], ' '.repeat(1_000_000)), 413, 'body_too_large'],
  ]
  for (const [sent, status, code] of cases) {
    const got = await send(sent)
    expect([status, got.status, got.code]).toEqual([status, status, code])
    expect(got.headers['access-control-allow-origin']).toBe(ALLOWED)
  }
  expect(harness.database.statements()).toBe(0)
})

test('what is admitted does ask the database, so the counts above mean something', async () => {
  harness.database.reset()
  expect(await send(ask(project.publicKey, ALLOWED))).toMatchObject({ status: 503, code: 'unavailable' })
  expect(harness.database.statements()).toBeGreaterThan(0)
})

import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Harness, startHarness, type TestProject } from './harness.ts'

let harness: Harness
let project: TestProject
let other: TestProject

beforeAll(async () => {
  harness = await startHarness()
  project = await harness.createProject({ rules: ['https://docs.example', '*.apps.example'] })
  other = await harness.createProject({ rules: ['https://other.example'] })
})
afterAll(() => harness.close())
beforeEach(() => harness.database.reset())

interface RawAnswer {
  status: number
  headers: Map<string, string>
  body: string
}

/** What no client library sends: headers twice or empty, bodies that lie about their length. `head` without the host. */
function raw(head: string, body = ''): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(harness.edge)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () =>
      socket.write(`${head.replace('\r\n', `\r\nHost: ${host}\r\nConnection: close\r\n`)}\r\n\r\n${body}`, 'latin1'),
    )
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => (text += chunk))
    socket.on('error', reject)
    socket.on('end', () => {
      const [start = '', ...lines] = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n')
      const headers = new Map(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
      )
      resolve({ status: Number(start.split(' ')[1]), headers, body: text.slice(text.indexOf('\r\n\r\n') + 4) })
    })
  })
}

/** The contract's problem JSON, no SQL, and the origin named to the browser only where that is promised. */
async function expectRefusal(
  answer: Response | RawAnswer,
  status: number,
  code: string,
  readableBy: string | null = null,
) {
  const body = answer instanceof Response ? await answer.text() : answer.body
  expect([answer.status, JSON.parse(body)]).toEqual([
    status,
    {
      type: `/docs/problems#${code}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      code,
      requestId: expect.any(String),
    },
  ])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('vary')).toBe('Origin')
  expect(answer.headers.get('access-control-allow-origin') ?? null).toBe(readableBy)
  expect(answer.headers.get('access-control-allow-credentials') ?? null).toBeNull()
  if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /)
  expect(harness.database.statements()).toBe(0)
}

const config = (key: string, headers: Record<string, string> = { Origin: 'https://docs.example' }) =>
  fetch(`${harness.edge}/v1/config?key=${key}`, { headers })

test('an admitted page reads the config: exact origin, exposed headers, no credentials, no SQL', async () => {
  const answer = await project.get('/v1/config')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    project: { name: 'Example docs' },
    capabilities: ['answers', 'search', 'feedback', 'threads'],
  })
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://docs.example')
  expect(answer.headers.get('access-control-expose-headers')).toBe('Retry-After, RateLimit-Policy, RateLimit')
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  expect(answer.headers.get('vary')).toBe('Origin')
  expect(answer.headers.get('ratelimit-policy')).toContain('"network";q=')
  expect(harness.database.statements()).toBe(0)
})

test('without an Origin a public key is refused', async () => {
  await expectRefusal(await config(project.publicKey, {}), 403, 'origin_missing')
})

test.each([
  ['null', 'origin_not_allowed'],
  ['https://docs.example/', 'origin_malformed'],
  ['https://DOCS.example', 'origin_malformed'],
  ['https://docs.example:443', 'origin_malformed'],
  ['https://docs.example, https://docs.example', 'origin_malformed'],
  ['https://docs.example.evil.example', 'origin_not_allowed'],
  ['https://evil-docs.example', 'origin_not_allowed'],
  ['http://docs.example', 'origin_not_allowed'],
  ['https://docs.example:8443', 'origin_not_allowed'],
  ['https://docs.example.', 'origin_not_allowed'],
  ['https://apps.example', 'origin_not_allowed'],
  [`https://${'a.'.repeat(4000)}apps.example`, 'origin_malformed'],
])('Origin: %s is refused', async (origin, code) => {
  await expectRefusal(await config(project.publicKey, { Origin: origin }), 403, code)
})

test('an Origin sent twice is refused, also when both are the same allowed one', async () => {
  const head = `GET /v1/config?key=${project.publicKey} HTTP/1.1\r\nOrigin: https://docs.example\r\nOrigin: https://docs.example`
  await expectRefusal(await raw(head), 403, 'origin_malformed')
})

test('an empty Origin is refused', async () => {
  const answer = await raw(`GET /v1/config?key=${project.publicKey} HTTP/1.1\r\nOrigin: `)
  expect(answer.status).toBe(403)
  expect(JSON.parse(answer.body).code).toMatch(/^origin_(missing|malformed)$/)
  expect(harness.database.statements()).toBe(0)
})

test('a wildcard admits any depth below it', async () => {
  for (const origin of ['https://a.apps.example', 'https://a.b.c.d.e.f.g.h.apps.example'])
    expect((await config(project.publicKey, { Origin: origin })).headers.get('access-control-allow-origin')).toBe(
      origin,
    )
})

test('keys that are none of the project are refused before any look-up', async () => {
  const { publicKey } = project
  await expectRefusal(await config(''), 401, 'key_missing')
  await expectRefusal(await config(publicKey.slice(0, -1)), 401, 'key_malformed')
  await expectRefusal(
    await config(`${publicKey.slice(0, -1)}${publicKey.endsWith('0') ? '1' : '0'}`),
    401,
    'key_malformed',
  )
  await expectRefusal(await config(publicKey.replace('live', 'test')), 401, 'key_malformed')
  await expectRefusal(await config(project.secretKey), 401, 'key_malformed')
  await expectRefusal(await config(`${publicKey}${publicKey}`), 401, 'key_malformed')
})

test("a key of another project opens that project's list, not this one's", async () => {
  await expectRefusal(await config(other.publicKey), 403, 'origin_not_allowed')
  expect((await config(other.publicKey, { Origin: 'https://other.example' })).status).toBe(200)
})

test('a test key also admits loopback on any port; a live key does not', async () => {
  for (const origin of ['http://localhost:3000', 'http://127.0.0.1:5173', 'http://localhost']) {
    expect((await config(project.testKey, { Origin: origin })).status).toBe(200)
    await expectRefusal(await config(project.publicKey, { Origin: origin }), 403, 'origin_not_allowed')
  }
  for (const origin of [
    'https://localhost:3000',
    'http://localhost.evil.example',
    'http://127.0.0.2:3000',
    'http://[::1]:3000',
  ])
    await expectRefusal(await config(project.testKey, { Origin: origin }), 403, 'origin_not_allowed')
})

test('a secret key works from a server, and is refused as soon as an Origin is there', async () => {
  const bearer = { Authorization: `Bearer ${project.secretKey}` }
  const server = await fetch(`${harness.edge}/v1/config`, { headers: bearer })
  expect(server.status).toBe(200)
  expect(server.headers.get('access-control-allow-origin')).toBeNull()
  const page = { ...bearer, Origin: 'https://docs.example' }
  await expectRefusal(await fetch(`${harness.edge}/v1/config`, { headers: page }), 403, 'origin_not_allowed')
  await expectRefusal(await config(project.publicKey, page), 403, 'origin_not_allowed')
  const forged = {
    Authorization: `Bearer ${project.secretKey.slice(0, -1)}${project.secretKey.endsWith('0') ? '1' : '0'}`,
  }
  await expectRefusal(await fetch(`${harness.edge}/v1/config`, { headers: forged }), 401, 'key_malformed')
})

test('a body over the limit is refused readably, declared or chunked, and costs no SQL', async () => {
  const body = JSON.stringify({ question: 'x'.repeat(1_000_000) })
  await expectRefusal(
    await project.post('/v1/answers', undefined, { body }),
    413,
    'body_too_large',
    'https://docs.example',
  )
  const chunked = new ReadableStream({
    start(controller) {
      for (let index = 0; index < 100; index++) controller.enqueue(new TextEncoder().encode('x'.repeat(1000)))
      controller.close()
    },
  })
  const init = { body: chunked, duplex: 'half' } as RequestInit
  await expectRefusal(await project.post('/v1/answers', undefined, init), 413, 'body_too_large', 'https://docs.example')
})

test('a body that is longer than it says is cut off at what it said', async () => {
  const path = `/v1/answers?key=${project.publicKey}`
  const head = `POST ${path} HTTP/1.1\r\nOrigin: https://docs.example\r\nContent-Type: text/plain\r\nContent-Length: 5`
  const answer = await raw(head, '{"question":"How do I proxy?"}')
  expect(answer.status).toBe(400)
  expect(harness.database.statements()).toBe(0)
})

test('an empty body is refused readably', async () => {
  const answer = await project.post('/v1/answers', undefined, { body: '' })
  expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'body_invalid' }])
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://docs.example')
  expect(harness.database.statements()).toBe(0)
})

test('a revoked, expired or narrower key is refused readably, and a stranger with it learns only that he is one', async () => {
  const change = async (sql: string) => {
    await other.sql(sql)
    await other.publish()
    await new Promise((resolve) => setTimeout(resolve, 5100))
    harness.database.reset()
    return config(other.publicKey, { Origin: 'https://other.example' })
  }
  await expectRefusal(
    await change(`update keys set scopes = '{search}'`),
    403,
    'scope_missing',
    'https://other.example',
  )
  await expectRefusal(await change(`update keys set expires_at = now()`), 401, 'key_expired', 'https://other.example')
  await expectRefusal(await change(`update keys set revoked_at = now()`), 401, 'key_revoked', 'https://other.example')
  await expectRefusal(await config(other.publicKey), 403, 'origin_not_allowed')
}, 60_000)

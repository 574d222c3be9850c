import { expect, test } from 'vitest'
import { dataRoutes, webhookRoutes } from '#edge/app.ts'
import { createHosts } from './hosts.ts'
import { HOST, ORIGIN, spyWorld } from './spy-ports.ts'

const world = spyWorld()

/** All that a stranger can reach. A new line here is a decision; make it in review. */
const SURFACE = {
  '/v1/config': { GET: 'spend-rate' },
  '/v1/answers': { POST: 'open-project' },
  '/v1/search': { GET: 'open-project' },
  '/v1/feedback': { POST: 'open-project' },
  '/v1/threads/:id': { GET: 'open-project', DELETE: 'open-project' },
}
/** Signed by whoever sends them. */
const WEBHOOKS = ['/webhooks/in/:endpointId', '/webhooks/voice/:endpointId', '/webhooks/stripe', '/webhooks/slack']
const OPEN = ['/healthz', '/.well-known/security.txt', '/docs/problems']

const paths = Object.entries(SURFACE).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => [method, path.replace(':id', 'thr_1')] as const),
)

function send(path: string, init: RequestInit = {}, host = HOST): Promise<Response> {
  return Promise.resolve(createHosts(world.ports).fetch(new Request(host + path, init)))
}

test('the data plane is this list, each route with the last check of its door', () => {
  const found = Object.entries(dataRoutes(world.ports)).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, { door }]) => [method, door.at(-1)?.name])),
  ])
  expect(Object.fromEntries(found)).toEqual(SURFACE)
})

test.each(paths)('%s %s refuses a stranger, with every header that a refusal has', async (method, path) => {
  const answer = await send(path, { method, ...(method === 'POST' ? { body: '{}' } : {}) })
  expect(answer.status).toBe(403)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('vary')).toBe('Origin')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
})

test.each(paths)('%s %s is not there on the app host, nor on a host that nobody configured', async (method, path) => {
  for (const host of [
    'http://app.example.test',
    'http://edge.example.test.evil.example',
    'http://edge.example.test:8080',
  ]) {
    const headers = { Origin: ORIGIN }
    const init = { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) }
    expect((await send(`${path}?key=${world.keys.good}`, init, host)).status).toBe(404)
  }
})

test.each(Object.entries(SURFACE))('%s says which methods it has to one that it has not', async (path, methods) => {
  const allow = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  for (const method of ['PUT', 'PATCH', 'PROPFIND', 'OPTIONS']) {
    const answer = await send(path.replace(':id', 'thr_1'), { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual([...allow, 'OPTIONS'].sort())
    expect(await answer.json()).toMatchObject({ code: 'method_not_allowed', status: 405 })
  }
})

test('webhooks come in at these addresses, by POST on the edge host, and unsigned at none', async () => {
  expect(Object.keys(webhookRoutes(world.ports))).toEqual(WEBHOOKS)
  for (const path of WEBHOOKS.map((pattern) => pattern.replace(':endpointId', `whe_${'a'.repeat(48)}`))) {
    const refused = await send(path, { method: 'POST', body: '{}' })
    expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'signature_missing' }])
    const read = await send(path)
    expect([read.status, read.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await send(path, { method: 'POST', body: '{}' }, 'http://app.example.test')).status).toBe(404)
  }
})

test.each(OPEN)('%s answers anyone on both hosts, and only to be read', async (path) => {
  for (const host of [HOST, 'http://app.example.test']) {
    expect((await send(path, {}, host)).status).toBe(200)
    expect((await send(path, { method: 'POST' }, host)).headers.get('allow')).toBe('GET, HEAD')
  }
})

test.each(['/openapi.json', '/docs', '/docs/style.css'])('%s is read by anyone, from the edge host', async (path) => {
  expect((await send(path, { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD')
  const files: string[] = []
  const assets: typeof world.ports.assets = {
    fetch: async (file) => {
      files.push(file)
      return new Response('the file')
    },
  }
  const answer = await createHosts({ ...world.ports, assets }).fetch(new Request(HOST + path))
  expect(files).toEqual([expect.stringMatching(/^\/reference\//)])
  expect(await answer.text()).toBe('the file')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test.each([
  '/',
  '/v1',
  '/v1/',
  '/v1/config/',
  '/v1/CONFIG',
  '/v1//config',
  '/v2/config',
  '/v1/threads',
  '/api/session',
  '/%2e%2e/v1',
  '/.env',
])('%s is nothing', async (path) => {
  const answer = await send(`${path}?key=${world.keys.good}`, { headers: { Origin: ORIGIN } })
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: 'not_found' })
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
})

test('security.txt has what RFC 9116 asks for', async () => {
  const text = await (await send('/.well-known/security.txt')).text()
  expect(text).toMatch(/^Contact: mailto:security@example\.test$/m)
  expect(text).toMatch(/^Expires: 2027-06-01T00:00:00Z$/m)
  expect(text).toMatch(/^Canonical: https:\/\/edge\.example\.test\/\.well-known\/security\.txt$/m)
})

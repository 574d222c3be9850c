import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, startHarness, type TestProject } from './harness.ts'

let harness: Harness
let project: TestProject

beforeAll(async () => {
  harness = await startHarness()
  project = await harness.createProject({ rules: ['https://docs.example'] })
  harness.database.reset()
})
afterAll(() => harness.close())

function preflight(path: string, origin: string, method = 'POST', key = project.publicKey): Promise<Response> {
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': method,
    'Access-Control-Request-Headers': 'content-type, x-evil',
  }
  return fetch(`${harness.edge}${path}?key=${key}`, { method: 'OPTIONS', headers })
}

const corsHeaders = (answer: Response) =>
  Object.fromEntries(
    [...answer.headers].filter(
      ([name]) => name.startsWith('access-control-allow') || name === 'access-control-max-age',
    ),
  )

test.each([
  ['/v1/config', 'GET'],
  ['/v1/answers', 'POST'],
  ['/v1/search', 'GET'],
  ['/v1/feedback', 'POST'],
  ['/v1/threads/thr_1', 'GET, DELETE'],
])('a preflight for %s from an allowed page names that page, our methods and our headers', async (path, methods) => {
  const answer = await preflight(path, 'https://docs.example')
  expect(answer.status).toBe(204)
  expect(corsHeaders(answer)).toEqual({
    'access-control-allow-origin': 'https://docs.example',
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'Authorization, Content-Type',
    'access-control-max-age': '7200',
  })
  expect(answer.headers.get('vary')).toContain('Origin')
})

test.each(['https://evil.example', 'null', 'http://docs.example', 'https://docs.example.evil.example'])(
  'a preflight from %s names nobody and allows nothing',
  async (origin) => {
    const answer = await preflight('/v1/answers', origin)
    expect(answer.status).toBe(403)
    expect(corsHeaders(answer)).toEqual({})
    expect(answer.headers.get('vary')).toBe('Origin')
  },
)

test('a preflight without a key, or with a made-up one, allows nothing', async () => {
  for (const key of ['', 'pnx_pk_live_x', `${project.publicKey.slice(0, -2)}00`]) {
    const answer = await preflight('/v1/answers', 'https://docs.example', 'POST', key)
    expect(answer.status).toBe(401)
    expect(corsHeaders(answer)).toEqual({})
  }
})

test('an OPTIONS that is no preflight is a method that is not allowed', async () => {
  const answer = await fetch(`${harness.edge}/v1/answers?key=${project.publicKey}`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://docs.example' },
  })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
})

test('a removed domain is stopped at the request itself, whatever preflight the browser still remembers', async () => {
  expect((await preflight('/v1/answers', 'https://docs.example')).status).toBe(204)
  await project.sql('delete from origin_rules')
  await project.publish()
  harness.database.reset()
  const answer = await project.post('/v1/answers', { question: 'How do I proxy?' })
  expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'origin_not_allowed' }])
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  expect(answer.headers.get('vary')).toBe('Origin')
  expect(harness.database.statements()).toBe(0)
})

test('no preflight touched the database', () => {
  expect(harness.database.statements()).toBe(0)
})

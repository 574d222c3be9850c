import { beforeEach, expect, test } from 'vitest'
import { dataRoutes } from '#edge/app.ts'
import { createDoors } from '#edge/guard/doors.ts'
import { createHosts } from './hosts.ts'
import { HOST, ORIGIN, type SpyWorld, spyWorld } from './spy-ports.ts'

/** README's picture: what a request meets, from left to right. */
const PICTURE = [
  'require-origin',
  'require-key',
  'load-policy',
  'match-origin',
  'require-scope',
  'limit-body',
  'spend-rate',
  'open-project',
]

let world: SpyWorld
beforeEach(() => {
  world = spyWorld()
})

async function send(path: string, init: RequestInit): Promise<{ code: string; reached: string[] }> {
  const reached: string[] = []
  const app = createHosts(world.ports, (name) => reached.push(name))
  const answer = await app.fetch(new Request(HOST + path, init))
  const body = (await answer.json().catch(() => ({}))) as { code?: string }
  return { code: body.code ?? String(answer.status), reached }
}

const upTo = (last: string) => PICTURE.slice(0, PICTURE.indexOf(last) + 1)

test('every door of the data plane is the picture, in its order; one that needs no database ends before it', () => {
  for (const methods of Object.values(dataRoutes(world.ports)))
    for (const { door } of Object.values(methods)) {
      const names = door.map(({ name }) => name)
      expect([PICTURE, PICTURE.slice(0, -1)]).toContainEqual(names)
    }
  expect(createDoors(world.ports).preflight.map(({ name }) => name)).toEqual(upTo('match-origin'))
})

const PATHS: [string, string][] = [
  ['GET', '/v1/config'],
  ['POST', '/v1/answers'],
  ['GET', '/v1/search'],
  ['POST', '/v1/feedback'],
  ['GET', '/v1/threads/thr_1'],
  ['DELETE', '/v1/threads/thr_1'],
]

type Refusal = [code: string, last: string, change: (request: Mutable) => void]
interface Mutable {
  key: string | null
  headers: { Origin?: string }
}

const REFUSALS: Refusal[] = [
  ['origin_missing', 'require-origin', ({ headers }) => delete headers.Origin],
  ['origin_malformed', 'require-origin', ({ headers }) => (headers.Origin = `${ORIGIN}/`)],
  ['key_missing', 'require-key', (request) => (request.key = null)],
  ['key_malformed', 'require-key', (request) => (request.key = world.keys.good.slice(0, -1))],
  ['key_unknown', 'load-policy', (request) => (request.key = world.keys.unpublished)],
  ['origin_not_allowed', 'match-origin', ({ headers }) => (headers.Origin = 'https://evil.example')],
  ['key_revoked', 'require-scope', (request) => (request.key = world.keys.revoked)],
  ['key_expired', 'require-scope', (request) => (request.key = world.keys.expired)],
  ['scope_missing', 'require-scope', (request) => (request.key = world.keys.noScope)],
  ['rate_limited', 'spend-rate', () => world.exhausted.add('network')],
]

for (const [method, path] of PATHS)
  test.each(REFUSALS)(`${method} ${path} refused as %s has gone as far as %s`, async (code, last, change) => {
    const request: Mutable = { key: world.keys.good, headers: { Origin: ORIGIN } }
    change(request)
    const query = request.key === null ? '' : `?key=${request.key}`
    const init = { method, headers: request.headers, ...(method === 'POST' ? { body: '{}' } : {}) }
    expect(await send(path + query, init)).toEqual({ code, reached: upTo(last) })
  })

test.each(['/v1/answers', '/v1/feedback'])(
  'a body that says it is too large stops %s before anything is counted',
  async (path) => {
    world.exhausted.add('network')
    const headers = { Origin: ORIGIN, 'Content-Length': '65537' }
    const sent = await send(`${path}?key=${world.keys.good}`, { method: 'POST', headers, body: '{}' })
    expect(sent).toEqual({ code: 'body_too_large', reached: upTo('limit-body') })
  },
)

test('an admitted request has met every check once', async () => {
  expect(await send(`/v1/config?key=${world.keys.good}`, { headers: { Origin: ORIGIN } })).toEqual({
    code: '200',
    reached: PICTURE.slice(0, -1),
  })
})

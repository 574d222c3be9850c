import { beforeEach, expect, test } from 'vitest'
import { managementRoutes } from '#edge/management-routes.ts'
import { createHosts } from './hosts.ts'
import { type SpyWorld, spyWorld } from './spy-ports.ts'

const APP = 'https://app.example.test'

/** All that a browser can reach on the app host: with which door, and how far in it asks the database who is calling. */
const SURFACE = {
  '/api/session': { GET: 'stranger' },
  '/api/sign-up': { POST: 'stranger' },
  '/api/verification': { POST: 'stranger' },
  '/api/verification/confirm': { POST: 'stranger' },
  '/api/sign-in': { GET: 'stranger', POST: 'stranger' },
  '/api/sign-in/second-factor': { POST: 'person' },
  '/api/sign-in/google/callback': { GET: 'stranger' },
  '/api/sign-in/apple/callback': { POST: 'returning' },
  '/api/sign-in/:provider': { POST: 'stranger' },
  '/api/identities': { GET: 'person' },
  '/api/identities/:provider': { POST: 'proved', DELETE: 'proved' },
  '/api/password/reset': { POST: 'stranger' },
  '/api/password/reset/confirm': { POST: 'stranger' },
  '/api/sign-out': { POST: 'person' },
  '/api/password': { PUT: 'person' },
  '/api/proof': { POST: 'person' },
  '/api/second-factor': { GET: 'person', POST: 'proved', DELETE: 'proved' },
  '/api/second-factor/confirm': { POST: 'person' },
  '/api/second-factor/backup-codes': { POST: 'proved' },
  '/api/sessions': { GET: 'person', DELETE: 'person' },
  '/api/sessions/:id': { DELETE: 'person' },
  '/api/session/organization': { PUT: 'person' },
  '/api/organizations': { GET: 'person' },
  '/api/account': { DELETE: 'proved' },
  '/api/account/export': { GET: 'proved' },
  '/api/export': { GET: 'proved role' },
  '/api/organization': { PATCH: 'role', DELETE: 'proved role' },
  '/api/organization/owner': { POST: 'proved role' },
  '/api/billing': { GET: 'role' },
  '/api/billing/checkout': { POST: 'proved role' },
  '/api/billing/portal': { POST: 'proved role' },
  '/api/members': { GET: 'role' },
  '/api/members/:id': { PATCH: 'proved role', DELETE: 'proved role' },
  '/api/invitations': { GET: 'role', POST: 'proved role' },
  '/api/invitations/preview': { POST: 'stranger' },
  '/api/invitations/accept': { POST: 'person' },
  '/api/invitations/:id': { DELETE: 'proved role' },
  '/api/audit': { GET: 'role' },
  '/api/projects': { GET: 'role', POST: 'role' },
  '/api/projects/:project/origins': { GET: 'project', POST: 'project' },
  '/api/projects/:project/origins/explain': { POST: 'project' },
  '/api/projects/:project/origins/observed': { GET: 'project' },
  '/api/projects/:project/origins/:id': { DELETE: 'project' },
  '/api/projects/:project/keys': { GET: 'project', POST: 'proved project' },
  '/api/projects/:project/keys/:id': { DELETE: 'proved project' },
  '/api/projects/:project/keys/:id/rotate': { POST: 'proved project' },
  '/api/projects/:project/webhooks': { GET: 'project', POST: 'proved project' },
  '/api/projects/:project/webhooks/deliveries': { GET: 'project' },
  '/api/projects/:project/webhooks/deliveries/:id/replay': { POST: 'proved project' },
  '/api/projects/:project/webhooks/:id': { DELETE: 'proved project' },
  '/api/projects/:project/webhooks/:id/rotate': { POST: 'proved project' },
  '/api/slack/callback': { GET: 'person' },
  '/api/projects/:project/slack': { GET: 'project', POST: 'proved project' },
  '/api/projects/:project/slack/:team': { DELETE: 'proved project' },
  '/api/projects/:project': { GET: 'project', PATCH: 'project', DELETE: 'proved project' },
  '/api/projects/:project/export': { GET: 'project' },
  '/api/projects/:project/widget': { GET: 'project', PUT: 'project' },
  '/api/projects/:project/limits': { GET: 'project', PUT: 'project' },
  '/api/projects/:project/identity': { GET: 'project', PUT: 'project' },
  '/api/projects/:project/identity/keys': { POST: 'proved project' },
  '/api/projects/:project/identity/keys/:id': { DELETE: 'proved project' },
  '/api/projects/:project/site': { GET: 'project', PUT: 'project' },
  '/api/projects/:project/documents': { GET: 'project', POST: 'project' },
  '/api/projects/:project/documents/:id': { GET: 'project', DELETE: 'project' },
  '/api/projects/:project/conversations': { GET: 'project' },
  '/api/projects/:project/conversations/:id': { GET: 'project', DELETE: 'project' },
  '/api/projects/:project/playground': { POST: 'project' },
  '/api/projects/:project/jobs/:id': { GET: 'project' },
}

const FRONT = ['require-same-origin', 'require-csrf', 'limit-body', 'spend-rate']
const DOORS: Record<string, string[]> = {
  stranger: FRONT,
  // Apple answers by a form on its own page: tests/api/social-routes.test.ts holds what stands in for the token.
  returning: ['limit-body', 'spend-rate'],
  person: [...FRONT, 'require-person'],
  proved: [...FRONT, 'require-person', 'require-proof'],
  role: [...FRONT, 'require-person', 'require-role'],
  'proved role': [...FRONT, 'require-person', 'require-role', 'require-proof'],
  project: [...FRONT, 'require-person', 'require-role', 'open-management'],
  'proved project': [...FRONT, 'require-person', 'require-role', 'require-proof', 'open-management'],
}

let world: SpyWorld
beforeEach(() => {
  world = spyWorld()
})

test('the management API is this list, each route behind its door, in the order of the checks', () => {
  const found = Object.entries(managementRoutes(world.ports)).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, { door }]) => [method, door.map(({ name }) => name)])),
  ])
  const wanted = Object.entries(SURFACE).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, door]) => [method, DOORS[door]])),
  ])
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted))
})

const calls = Object.entries(SURFACE).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, door]) => ({ path, method, door })),
)
const address = (path: string) =>
  path.replace(':project', 'prj_0000000000000000000001').replace(':id', 'key_1').replace(':provider', 'google')
const send = (path: string, init: RequestInit, host = APP) =>
  Promise.resolve(createHosts(world.ports).fetch(new Request(host + address(path), init)))

test.each(calls.filter(({ method, door }) => method !== 'GET' && door !== 'returning'))(
  '$method $path refuses what another site, or no page of ours, has sent, without a look-up',
  async ({ method, path }) => {
    const json = { 'content-type': 'application/json' }
    const cookie = `__Host-pnx_session=${'A'.repeat(43)}`
    const refusals: [Record<string, string>, string][] = [
      [{ ...json, cookie }, 'csrf_wrong'],
      [{ ...json, cookie, origin: 'https://evil.example' }, 'csrf_wrong'],
      [{ ...json, cookie, origin: APP, 'sec-fetch-site': 'cross-site' }, 'csrf_wrong'],
      [{ ...json, cookie, origin: APP }, 'csrf_wrong'],
      [{ ...json, cookie, origin: APP, 'x-csrf-token': 'A'.repeat(64) }, 'csrf_wrong'],
      [{ ...json, origin: APP }, 'session_missing'],
      [{ 'content-type': 'text/plain', cookie, origin: APP }, 'media_type_unsupported'],
    ]
    for (const [headers, code] of refusals) {
      const answer = await send(path, { method, headers, ...(method === 'DELETE' ? {} : { body: '{}' }) })
      expect(await answer.json()).toMatchObject({ code })
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.has('access-control-allow-origin')).toBe(false)
    }
  },
)

test.each(calls.filter(({ method, door }) => method === 'GET' && door !== 'stranger'))(
  '$method $path tells a stranger nothing, whatever key they bring',
  async ({ path }) => {
    for (const key of [world.keys.good, '']) {
      const answer = await send(`${path}?key=${key}`, { headers: { authorization: `Bearer ${key}` } })
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ code: 'session_missing' })
    }
  },
)

test.each(calls)('$method $path is not there on the edge host', async ({ method, path }) => {
  const answer = await send(path, { method }, 'http://edge.example.test')
  expect(answer.status).toBe(404)
})

test.each(Object.entries(SURFACE))('%s answers no preflight and names its methods', async (path, methods) => {
  const answer = await send(path, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  })
  expect(answer.status).toBe(405)
  const allow = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  expect(answer.headers.get('allow')).toBe(allow.join(', '))
})

test.each(calls.filter(({ method }) => method === 'GET'))(
  '$method $path has a counter of its own, before anybody is looked up',
  async ({ path }) => {
    world.exhausted.add('app')
    const answer = await send(path, { headers: { cookie: `__Host-pnx_session=${'A'.repeat(43)}` } })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
    // A page that embeds the widget on the same network does not spend it.
    world.exhausted.delete('app')
    world.exhausted.add('network')
    expect((await send(path, {})).status).not.toBe(429)
  },
)

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, startHarness, type TestProject } from './harness.ts'

let harness: Harness
let project: TestProject

beforeAll(async () => {
  harness = await startHarness()
  project = await harness.createProject()
})
afterAll(() => harness.close())

test('documents put through the real queue and Worker can be asked about, over workerd', async () => {
  const ingested = await project.ingest({
    'proxy.md': '# Proxy\n\n## Forwarding API requests\n\nSet `server.proxy` to forward API requests to a backend.\n',
  })
  expect(ingested).toMatchObject({ processed: 1, failed: [] })
  const response = await project.post('/v1/answers', { question: 'How do I forward API requests to a backend?' })
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('https://docs.example/proxy.md#forwarding-api-requests')
})

test('the proxy counts each statement that the Worker sends, and none for a refused origin', async () => {
  harness.database.reset()
  const refused = await project.get('/v1/config', { headers: { Origin: 'https://elsewhere.example' } })
  expect(refused.status).toBe(403)
  expect(harness.database.statements()).toBe(0)
  const found = await project.get('/v1/search?q=proxy')
  expect(found.status).toBe(200)
  expect(harness.database.statements()).toBeGreaterThan(0)
})

test('a broken database is a 503, and healing it needs no restart', async () => {
  harness.database.break()
  const away = await project.get('/v1/search?q=proxy')
  expect(away.status).toBe(503)
  expect(await away.json()).toMatchObject({ code: 'unavailable' })
  harness.database.heal()
  const back = await project.get('/v1/search?q=proxy')
  expect(back.status).toBe(200)
})

test('two projects of one harness have their own keys, rules and documents', async () => {
  const other = await harness.createProject({ rules: ['https://other.example'] })
  expect((await other.get('/v1/config')).status).toBe(200)
  expect((await other.get('/v1/config', { headers: { Origin: project.origin } })).status).toBe(403)
  const hits = await (await other.get('/v1/search?q=proxy')).json()
  expect(hits).toEqual({ hits: [] })
})

test('what SQL changes in keys is in force for the very next answer once it is published', async () => {
  const ask = () => project.post('/v1/answers', { question: 'How are API requests forwarded?' })
  expect((await ask()).status).toBe(200)
  await project.sql(`update keys set revoked_at = now() where kind = 'public' and environment = 'live'`)
  await project.publish()
  const refused = await ask()
  expect(refused.status).toBe(401)
  expect(await refused.json()).toMatchObject({ code: 'key_revoked' })
})

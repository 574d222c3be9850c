import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEndpoint, listDeliveries, rotateEndpointSecret } from '#edge/flows/manage-webhooks.ts'
import { type Harness, startHarness, type TestProject } from './harness.ts'

let harness: Harness
let project: TestProject
let url: string
let secret: string

beforeAll(async () => {
  harness = await startHarness()
  project = await harness.createProject()
  const made = await createEndpoint(project.management, { label: 'Wiki', kind: 'in' })
  if (!made.ok) throw new Error(made.reason)
  secret = made.value.secret
  url = `${harness.edge}/webhooks/in/${made.value.id}`
}, 240_000)
afterAll(() => harness.close())
beforeEach(() => harness.database.reset())

let count = 0

interface Sent {
  id?: string
  atSeconds?: number
  with?: string
  to?: string
  change?: Record<string, string>
}

function sign(body: string, { id = `msg_${count++}`, atSeconds = 0, with: key = secret }: Sent = {}) {
  const timestamp = String(Math.floor(Date.now() / 1000) + atSeconds)
  const mac = createHmac('sha256', Buffer.from(key.slice(6), 'base64')).update(`${id}.${timestamp}.${body}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac.digest('base64')}` }
}

async function send(body: string, sent: Sent = {}): Promise<string> {
  const headers = { ...sign(body, sent), ...sent.change }
  const answer = await fetch(sent.to ?? url, { method: 'POST', headers, body })
  const { code } = (await answer.json()) as { code?: string }
  return code === undefined ? String(answer.status) : `${answer.status} ${code}`
}

const upsert = (path: string, words: string) =>
  JSON.stringify({
    type: 'documents.upsert',
    timestamp: new Date().toISOString(),
    data: { path, content: `# ${path}\n\n${words}\n`, siteUrl: 'https://wiki.example' },
  })

async function found(words: string): Promise<string[]> {
  const answer = await project.get(`/v1/search?q=${encodeURIComponent(words)}`)
  const { hits } = (await answer.json()) as { hits: { url: string }[] }
  return hits.map((hit) => hit.url.replace(/#.*/, ''))
}

async function until<Value>(read: () => Promise<Value>, wanted: (value: Value) => boolean): Promise<Value> {
  for (let attempt = 0; ; attempt++) {
    const value = await read()
    if (wanted(value) || attempt > 200) return value
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

const deliveries = async () => {
  const list = await listDeliveries(project.management, { limit: 100 })
  return list.ok ? list.value.items : []
}

describe('refused', () => {
  beforeAll(() => harness.database.break())
  afterAll(() => harness.database.heal())

  const body = upsert('refused.md', 'zebra')
  test.each<[string, string, () => Promise<string>]>([
    ['unsigned', '401 signature_missing', () => send(body, { change: { 'webhook-signature': '' } })],
    ['of another form', '401 signature_malformed', () => send(body, { change: { 'webhook-signature': 'v1=abc' } })],
    ['too old', '401 timestamp_outside_window', () => send(body, { atSeconds: -302 })],
    ['too new', '401 timestamp_outside_window', () => send(body, { atSeconds: 302 })],
    [
      'by another secret',
      '401 signature_wrong',
      () => send(body, { with: `whsec_${Buffer.alloc(32).toString('base64')}` }),
    ],
    ['for another id', '401 signature_wrong', () => send(body, { change: { 'webhook-id': 'msg_other' } })],
    [
      'to an address of the other kind',
      '401 signature_wrong',
      () => send(body, { to: url.replace('/in/', '/voice/') }),
    ],
    ['to a made-up address', '401 signature_wrong', () => send(body, { to: `${url.slice(0, -1)}!` })],
    [
      'to a changed address',
      '401 signature_wrong',
      () => send(body, { to: url.slice(0, -1) + (url.endsWith('x') ? 'y' : 'x') }),
    ],
    ['too large', '413 body_too_large', () => send(' '.repeat(200_000))],
  ])('%s: %s', async (_, expected, attempt) => {
    expect(await attempt()).toBe(expected)
    expect(harness.database.statements()).toBe(0)
  })

  test('not so what is signed: it is received while the database is away', async () => {
    expect(await send(upsert('away.md', 'yak'), { id: 'away' })).toBe('200')
  })
})

test('a body that does not say its length, or goes on beyond the limit, is cut off', async () => {
  const chunked = (bytes: number) =>
    new Promise<number>((resolve) => {
      const call = httpRequest(
        url,
        { method: 'POST', headers: { 'transfer-encoding': 'chunked', ...sign('') } },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? 0)
        },
      )
      call.on('error', () => resolve(-1))
      for (let sent = 0; sent < bytes; sent += 10_000) call.write(' '.repeat(10_000))
      call.end()
    })
  expect(await chunked(20_000)).toBe(401)
  expect([413, -1]).toContain(await chunked(1_000_000))
  expect(harness.database.statements()).toBe(0)
})

test('what was signed while the database was away takes effect when it is back', async () => {
  expect(
    await until(
      () => found('yak'),
      (hits) => hits.length > 0,
    ),
  ).toEqual(['https://wiki.example/away.md'])
}, 120_000)

test('a pushed page is found, a deleted one is not', async () => {
  expect(await send(upsert('okapi.md', 'okapi'))).toBe('200')
  expect(
    await until(
      () => found('okapi'),
      (hits) => hits.length > 0,
    ),
  ).toEqual(['https://wiki.example/okapi.md'])
  const remove = JSON.stringify({ type: 'documents.delete', data: { path: 'okapi.md' } })
  expect(await send(remove)).toBe('200')
  expect(
    await until(
      () => found('okapi'),
      (hits) => hits.length === 0,
    ),
  ).toEqual([])
}, 120_000)

test('200 deliveries at once, a fifth of them repeated, each take effect once', async () => {
  const events = Array.from({ length: 160 }, (_, n) => ({
    id: `load_${n}`,
    body: upsert(`load/${n}.md`, `quagga ${n}`),
  }))
  const answers = await Promise.all([...events, ...events.slice(0, 40)].map(({ id, body }) => send(body, { id })))
  expect(new Set(answers)).toEqual(new Set(['200']))
  const mine = async () =>
    project.sql(`select event_id, state, attempts from webhook_deliveries where event_id like 'load_%'`)
  const done = await until(mine, (rows) => rows.length === 160 && rows.every(({ state }) => state === 'done'))
  expect(done.length).toBe(160)
  expect(done.every(({ state }) => state === 'done')).toBe(true)
  const pages = async () => project.sql(`select count(*)::int as n from documents where path like 'load/%'`)
  expect(await until(pages, ([row]) => row?.n === 160)).toEqual([{ n: 160 }])
}, 240_000)

test('a rotated secret and the one before it both open, until the grace ends', async () => {
  const id = url.slice(url.lastIndexOf('/') + 1)
  const rotated = await rotateEndpointSecret(project.management, id, { graceSeconds: 3600 })
  if (!rotated.ok) throw new Error(rotated.reason)
  const old = secret
  secret = rotated.value.secret
  const body = upsert('rotated.md', 'quokka')
  expect(
    await until(
      () => send(body),
      (answer) => answer === '200',
    ),
  ).toBe('200')
  expect(await send(body, { with: old })).toBe('200')
  const ended = await rotateEndpointSecret(project.management, id, { graceSeconds: 0 })
  if (!ended.ok) throw new Error(ended.reason)
  expect(
    await until(
      () => send(body),
      (answer) => answer !== '200',
    ),
  ).toBe('401 signature_wrong')
  secret = ended.value.secret
  expect(await send(body)).toBe('200')
}, 60_000)

describe('the example', () => {
  const folder = fileURLToPath(new URL('../../examples/04-push-documents/', import.meta.url))
  test.each([
    ['push.ts', process.execPath],
    ['push.sh', 'bash'],
  ])(
    '%s pushes a page',
    async (file, command) => {
      const docs = mkdtempSync(join(tmpdir(), 'pernoex-push-'))
      const name = file.replace('.', '-')
      writeFileSync(join(docs, `${name}.md`), `# "Quotes" \\ and 🙂\n\nNumbat ${name}.\n`)
      const env = {
        ...{ PATH: process.env.PATH, PERNOEX_WEBHOOK_URL: url, PERNOEX_WEBHOOK_SECRET: secret },
        PERNOEX_SITE_URL: 'https://wiki.example',
      }
      const run = () => spawnSync(command, [folder + file, `${name}.md`], { cwd: docs, env, encoding: 'utf8' })
      expect(run()).toMatchObject({ status: 0, stderr: '' })
      const hits = await until(
        () => found(`numbat ${name}`),
        (urls) => urls.some((hit) => hit.includes(name)),
      )
      expect(hits.some((hit) => hit.includes(`${name}.md`))).toBe(true)
      rmSync(docs, { recursive: true })
    },
    120_000,
  )
})

test('the log names refused deliveries by address and reason, and no signature, body or secret', async () => {
  await send('{"secret":"okapi-in-the-body"}', { with: `whsec_${Buffer.alloc(32, 1).toString('base64')}` })
  const lines = harness.logs().map(({ message }) => message)
  const refused = lines.filter((line) => line.includes('webhook_refused'))
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.at(-1)).toContain('signature_wrong')
  expect(lines.join('\n')).not.toMatch(/okapi-in-the-body|whsec_|v1,/)
})

test('the list of deliveries names each event once, the newest first', async () => {
  const listed = await deliveries()
  const times = listed.map(({ receivedAt }) => Date.parse(receivedAt))
  expect(times).toEqual(times.toSorted((left, right) => right - left))
  expect(new Set(listed.map(({ eventId }) => eventId)).size).toBe(listed.length)
})

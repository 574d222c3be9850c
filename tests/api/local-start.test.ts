import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { ReadyLine } from '#edge/local/cloud.ts'
import { OWNER, startNeonEndpoint } from '#edge/local/pglite.ts'
import { startDatabaseProxy } from './database-proxy.ts'
import { bareStart, npmStart, type StartProcess, stopAll } from './start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'pernoex-start-'))
afterAll(() => {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
})

function makeDocs(name: string, pages: Record<string, string | Uint8Array>): string {
  const docs = join(folder, name)
  mkdirSync(docs, { recursive: true })
  for (const [path, content] of Object.entries(pages)) writeFileSync(join(docs, path), content)
  return docs
}

const PROXY_PAGE = `# Server

## Forwarding API requests

Set \`server.proxy\` to forward API requests to another backend during development.
`
const QUESTION = 'How do I forward API requests to another backend?'

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

function ask(ready: ReadyLine, question: string, origin = new URL(ready.demoPage).origin): Promise<Response> {
  return fetch(`${ready.api}/v1/answers?key=${ready.publicKey}`, {
    method: 'POST',
    headers: { Origin: origin, 'Content-Type': 'text/plain', Accept: 'text/event-stream' },
    body: JSON.stringify({ question }),
  })
}

/** Milliseconds from the signal to the end of npm. */
async function stopped(start: ReturnType<typeof npmStart>, signal: 'SIGTERM' | 'SIGINT'): Promise<number> {
  const before = performance.now()
  start.signal(signal)
  await start.exit
  return performance.now() - before
}

test('npm start answers from a folder, keeps its state, refuses a second start, and stops at once', async () => {
  const docs = makeDocs('small', {
    'server.md': PROXY_PAGE,
    'picture.md': new Uint8Array([0x89, 0x50, 0, 1]),
    'latin.txt': new Uint8Array([0x63, 0x61, 0x66, 0xe9]),
    'notes.json': '{}',
  })
  symlinkSync(docs, join(docs, 'loop'))
  const data = join(folder, 'data')
  const port = await freePort()
  const args = ['--json', '--docs', docs, '--data', data, '--port', String(port)]

  const first = npmStart(args)
  const ready = await first.ready
  expect(Object.keys(ready)).toEqual([
    ...['api', 'app', 'demoPage', 'projectId', 'publicKey', 'testKey', 'secretKey', 'mailbox', 'owner', 'webhooks'],
  ])
  expect(ready.api).toBe(`http://127.0.0.1:${port}`)
  expect(ready.app).toBe(`http://localhost:${port}`)
  expect(
    first
      .stdout()
      .split('\n')
      .filter((line) => line.startsWith('{')),
  ).toHaveLength(1)
  expect(first.stderr()).toMatch(/picture\.md: .*binary/)
  expect(first.stderr()).toMatch(/latin\.txt: .*UTF-8/)
  expect(first.stderr()).toMatch(/loop: .*link/)
  expect(first.stderr()).toMatch(/Documents: 1 processed, 0 unchanged, 0 removed, 3 failed/)
  expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600)

  const answer = await (await ask(ready, QUESTION)).text()
  expect(answer).toMatch(/event: answer\.delta\n/)
  const url = /"url":"([^"]+)"/.exec(answer)?.[1] ?? ''
  expect(url).toBe(`${ready.demoPage}docs/server.md#forwarding-api-requests`)
  expect(await (await fetch(url)).text()).toContain('id="forwarding-api-requests"')
  const stray = await fetch(new URL('/server', ready.demoPage), { redirect: 'manual' })
  expect(stray.headers.get('location')).toBe(`${ready.demoPage}docs/server.md`)
  expect(await (await fetch(ready.demoPage)).text()).toContain(`data-key="${ready.publicKey}"`)
  expect((await fetch(`${ready.app}/v1/config`)).status).toBe(404)
  expect((await fetch(`${ready.api}/widget.js`)).status).toBe(200)

  const second = bareStart(['--json', '--docs', docs, '--data', data])
  const taken = bareStart(['--json', '--docs', docs, '--data', join(folder, 'other'), '--port', String(port)])
  expect(await second.exit).toBe(1)
  expect(second.stderr().trim()).toMatch(/^The data folder .* is in use by another start .*\.$/)
  expect(await taken.exit).toBe(1)
  expect(taken.stderr().trim()).toBe(`Port ${port} is taken; stop what uses it, or choose another with --port.`)
  expect(await stopped(first, 'SIGTERM')).toBeLessThan(3000)

  const again = npmStart(args)
  const same = await again.ready
  // The workspace lives in emulate's memory, and is another one after each start.
  const kept = ({ webhooks, ...line }: ReadyLine) => ({ ...line, webhooks: { ...webhooks, slack: null } })
  expect(kept(same)).toEqual(kept(ready))
  expect(again.stderr()).toMatch(/Documents: 0 processed/)
  expect(await (await ask(same, QUESTION)).text()).toContain('"outcome":"answered"')
  expect(await stopped(again, 'SIGINT')).toBeLessThan(3000)
}, 150_000)

test('with DATABASE_URL the Worker asks that database, and an unlisted origin costs it no statement', async () => {
  const database = await startNeonEndpoint()
  const proxy = await startDatabaseProxy(database.httpEndpoint)
  const docs = makeDocs('outside', { 'server.md': PROXY_PAGE })
  const start = npmStart(['--json', '--docs', docs, '--data', join(folder, 'outside-data')], {
    DATABASE_URL: database.connectionString(OWNER),
    DATABASE_HTTP_ENDPOINT: proxy.endpoint,
  })
  const ready = await start.ready
  proxy.reset()
  const refused = await ask(ready, QUESTION, 'https://unlisted.example')
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({ code: 'origin_not_allowed' })
  expect(proxy.queries()).toEqual([])
  expect(await (await ask(ready, QUESTION)).text()).toContain('"outcome":"answered"')
  expect(proxy.statements()).toBeGreaterThan(0)
  start.signal('SIGTERM')
  await start.exit
  await proxy.close()
  await database.close()
}, 150_000)

test('an ingest that was killed is finished by the next start, on the same port, with nothing twice', async () => {
  const filler = 'A sentence that fills this page with words to be cut and indexed. '.repeat(60)
  const pages = Array.from({ length: 120 }, (_, n) => [`page-${n}.md`, `# Page ${n}\n\n## Topic${n}zz\n\n${filler}`])
  const docs = makeDocs('many', Object.fromEntries(pages))
  const data = join(folder, 'many-data')
  const args = ['--json', '--docs', docs, '--data', data, '--port', String(await freePort())]
  const killed = npmStart(args)
  await killed.said(/\d+\/120 documents/)
  killed.kill(data)
  await killed.exit
  expect(killed.stdout()).toBe('')

  const next = npmStart(args)
  const ready = await next.ready
  expect(next.stderr()).toMatch(/Documents: \d+ processed, \d+ unchanged, 0 removed, 0 failed/)
  for (const n of [0, 60, 119]) {
    const response = await fetch(`${ready.api}/v1/search?key=${ready.publicKey}&q=topic${n}zz`, {
      headers: { Origin: new URL(ready.demoPage).origin },
    })
    const { hits } = (await response.json()) as { hits: { title: string; headings: string[] }[] }
    const found = hits.filter(({ headings }) => headings.includes(`Topic${n}zz`))
    expect(new Set(found.map(({ title }) => title))).toEqual(new Set([`Page ${n}`]))
  }
  expect(await stopped(next, 'SIGTERM')).toBeLessThan(3000)
}, 150_000)

test('what a person can mend is said in one sentence, with a non-zero exit', async () => {
  const empty = makeDocs('empty', { 'picture.png': 'x' })
  const data = (name: string) => ['--data', join(folder, name)]
  const cases: [string[], Record<string, string>, number, RegExp][] = [
    [['--colour'], {}, 2, /^Unknown option '--colour'\.\n\nUsage: npm start/],
    [['--port', 'x'], {}, 2, /^--port must be a whole number/],
    [['--docs', join(folder, 'nowhere'), ...data('a')], {}, 1, /^The docs folder .* does not exist\.$/],
    [['--docs', empty, ...data('b')], {}, 1, /^The docs folder .* holds no \.md.*file\.$/],
    [['--origin', '*.com', ...data('c')], {}, 1, /^--origin \*\.com: Anyone can register/],
    [data('d'), { DATABASE_URL: 'nonsense' }, 1, /^DATABASE_URL must be an address like/],
    [
      data('e'),
      { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/db', DATABASE_HTTP_ENDPOINT: 'http://127.0.0.1:9/sql' },
      1,
      /^The database at 127\.0\.0\.1:9 cannot be reached/,
    ],
    [['--data', empty], {}, 1, /^The data folder .* holds other files \(picture\.png\)/],
  ]
  const starts = cases.map(([args, env]) => bareStart(args, env))
  for (const [n, [args, , code, sentence]] of cases.entries()) {
    const start = starts[n] as StartProcess
    expect(await start.exit, args.join(' ')).toBe(code)
    expect(start.stderr().trim()).toMatch(sentence)
    expect(start.stderr()).not.toContain('hunter2')
    expect(start.stdout()).toBe('')
  }
  expect(readFileSync(join(empty, 'picture.png'), 'utf8')).toBe('x')
}, 150_000)

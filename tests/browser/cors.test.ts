import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Harness, startHarness, type TestProject } from '#tests/api/harness.ts'
import { closeBrowser, browserTest as it, openBrowser } from './browser.ts'
import {
  type Call,
  callFromPage,
  callFromSandbox,
  type Learned,
  type Site,
  serveSite,
  type WatchedApi,
  watchApi,
} from './cors-world.ts'

let harness: Harness
let api: WatchedApi
let allowed: Site
let other: Site
let project: TestProject
let context: BrowserContext
let page: Page

const QUESTION = {
  method: 'POST',
  headers: { 'Content-Type': 'text/plain' },
  body: '{"question":"How do I install it?"}',
}

beforeAll(async () => {
  harness = await startHarness({ limits: 'on' })
  api = await watchApi(harness.edge)
  allowed = await serveSite()
  other = await serveSite()
  project = await harness.createProject({ rules: [allowed.origin] })
  await project.ingest({ 'install.md': '# Install\n\nInstall it with the package manager of your system.\n' })
  context = await (await openBrowser()).newContext()
  page = await context.newPage()
  page.setDefaultTimeout(8000)
  await visit(allowed.origin)
})
afterAll(async () => {
  await context?.close()
  await closeBrowser()
  await Promise.all([allowed?.close(), other?.close(), api?.close()])
  await harness?.close()
})

/** Goes to the page and forgets what its coming asked of the API. */
async function visit(address: string): Promise<void> {
  await page.goto(address)
  api.seen()
}

const url = (path: string, key = project.publicKey) =>
  `${api.address}${path}${path.includes('?') ? '&' : '?'}key=${encodeURIComponent(key)}`
const call = (path: string, init?: Call['init'], key?: string): Promise<Learned> =>
  page.evaluate(callFromPage, init ? { url: url(path, key), init } : { url: url(path, key) })
const codeOf = ({ body = '{}' }: Learned) => JSON.parse(body).code as string
const methods = () => api.seen().map(({ method }) => method)

/** The page learns that something failed and nothing else, though the API did answer. */
async function expectOpaque(learned: Learned, origin: string): Promise<void> {
  expect(learned).toEqual({ failed: 'TypeError' })
  const [seen, ...more] = api.seen()
  expect(more).toEqual([])
  expect(seen).toMatchObject({ status: 403, headers: { origin } })
  expect(Object.keys(seen?.answered ?? {}).filter((name) => name.startsWith('access-control'))).toEqual([])
}

it('a page on an allowed origin reads config, searches and asks without one preflight', async () => {
  await visit(allowed.origin)
  expect((await call('/v1/config')).status).toBe(200)
  const found = await call('/v1/search?q=install')
  expect([found.status, found.body]).toEqual([200, expect.stringContaining('package manager')])
  const asked = await call('/v1/answers', QUESTION)
  expect(asked.status).toBe(200)
  expect(asked.body).toContain('event: answer.done')
  expect(methods()).toEqual(['GET', 'GET', 'POST'])
})

it('a conversation read with its secret is preflighted once, and the browser remembers that for its two hours', async () => {
  await visit(allowed.origin)
  const path = '/v1/threads/thr_0000000000000000000000'
  const init = { headers: { Authorization: 'Bearer abc' } }
  expect(codeOf(await call(path, init))).toBe('not_found')
  const [preflight, read] = api.seen()
  expect([preflight?.method, read?.method]).toEqual(['OPTIONS', 'GET'])
  expect(preflight?.answered).toMatchObject({
    'access-control-allow-origin': allowed.origin,
    'access-control-max-age': '7200',
  })
  expect(codeOf(await call(path, init))).toBe('not_found')
  expect(methods()).toEqual(['GET'])
})

it('a page on the allowed host but another port learns nothing, not even without CORS', async () => {
  await visit(other.origin)
  await expectOpaque(await call('/v1/config'), other.origin)
  await expectOpaque(await call('/v1/answers', QUESTION), other.origin)
  const path = '/v1/threads/thr_0000000000000000000001'
  await expectOpaque(await call(path, { headers: { Authorization: 'Bearer abc' } }), other.origin)
  // A browser names no origin here; were the answer let in as an opaque one, it could still be embedded and timed.
  expect(await call('/v1/config', { mode: 'no-cors' })).toEqual({ failed: 'TypeError' })
  expect(api.seen()).toMatchObject([{ status: 403, answered: { 'cross-origin-resource-policy': 'same-origin' } }])
})

it('a page on the allowed host and port but another scheme learns nothing', async () => {
  const secure = await harness.createProject({ rules: [allowed.origin.replace('http:', 'https:')] })
  await visit(allowed.origin)
  await expectOpaque(await call('/v1/config', undefined, secure.publicKey), allowed.origin)
})

it('a sandboxed frame in an allowed page is nobody, and refused', async () => {
  await visit(allowed.origin)
  await expectOpaque(await callFromSandbox(page, { url: url('/v1/config') }), 'null')
})

it('a page opened from a file is nobody, and refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-file-page-'))
  const path = join(folder, 'page.html')
  writeFileSync(path, '<!doctype html><title>file</title>')
  await visit(pathToFileURL(path).href)
  await expectOpaque(await call('/v1/config'), 'null')
  rmSync(folder, { recursive: true })
})

it('an allowed page reads that its key was revoked; another one does not', async () => {
  const retired = await harness.createProject({ rules: [allowed.origin] })
  await retired.sql('update keys set revoked_at = now()')
  await retired.publish()
  await visit(allowed.origin)
  const refused = await call('/v1/answers', QUESTION, retired.publicKey)
  expect([refused.status, codeOf(refused)]).toEqual([401, 'key_revoked'])
  await visit(other.origin)
  await expectOpaque(await call('/v1/answers', QUESTION, retired.publicKey), other.origin)
})

it('an allowed page reads that it asked too often, and when it may ask again', async () => {
  const small = await harness.createProject({ rules: [allowed.origin] })
  await small.sql(`update projects set limits = '{"answersPerDay":1}'`)
  await small.publish()
  await visit(allowed.origin)
  expect((await call('/v1/answers', QUESTION, small.publicKey)).status).toBe(200)
  const refused = await call('/v1/answers', QUESTION, small.publicKey)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers?.['retry-after'])).toBeGreaterThan(0)
})

it('no cookie of the API host travels, and a page that insists on sending one reads nothing', async () => {
  // On the API's own site, where browsers do send cookies to another origin when the page asks for it.
  const neighbour = await serveSite('127.0.0.1')
  const near = await harness.createProject({ rules: [neighbour.origin] })
  await context.addCookies([{ name: 'session', value: 'x', domain: '127.0.0.1', path: '/', sameSite: 'Lax' }])
  await visit(neighbour.origin)
  expect((await call('/v1/config', undefined, near.publicKey)).status).toBe(200)
  expect(api.seen()[0]?.headers).toEqual(expect.not.objectContaining({ cookie: expect.anything() }))
  expect(await call('/v1/config', { credentials: 'include' }, near.publicKey)).toEqual({ failed: 'TypeError' })
  const [insisted] = api.seen()
  expect(insisted).toMatchObject({ status: 200, headers: { cookie: 'session=x' } })
  expect(insisted?.answered).not.toHaveProperty('access-control-allow-credentials')
  expect(insisted?.answered).not.toHaveProperty('set-cookie')
  await neighbour.close()
})

it('an isolated page (COEP require-corp) may load the script, but no answer of the API as one', async () => {
  const isolated = await serveSite('localhost', (response) => {
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
  })
  await visit(isolated.origin)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  const load = (src: string) =>
    page.evaluate(
      (address) =>
        new Promise<string>((resolve) => {
          const script = document.createElement('script')
          script.onload = () => resolve('loaded')
          script.onerror = () => resolve('blocked')
          script.src = address
          document.head.append(script)
        }),
      src,
    )
  expect(await load(`${api.address}/widget.js`)).toBe('loaded')
  expect(await load(url('/v1/config'))).toBe('blocked')
  await isolated.close()
})

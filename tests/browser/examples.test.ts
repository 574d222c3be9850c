import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { buildWidget } from '#widget/build.ts'
import { axeViolations } from './axe.ts'
import { closeBrowser, browserTest as it } from './browser.ts'
import { ask, field, launcher, openPanel, panel } from './customer-page.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import { openPage, type Site, serveExample, type Visit } from './site.ts'

const TURBO = createRequire(import.meta.url).resolve('@hotwired/turbo/dist/turbo.es2017-esm.js')
const STRICT = fileURLToPath(new URL('../../examples/06-strict-csp/serve.ts', import.meta.url))

let api: FakeApi
let sites: Site[] = []
let visits: Visit[] = []

beforeAll(async () => {
  api = await startFakeApi()
})
beforeEach(() => api.reset())
afterEach(async () => {
  api.release()
  for (const { page } of visits) await page.context().close()
  for (const site of sites) await site.close()
  visits = []
  sites = []
})
afterAll(async () => {
  await closeBrowser()
  await api.close()
})

async function open(address: string): Promise<Visit> {
  const visit = await openPage(address)
  visits.push(visit)
  return visit
}

async function openExample(folder: string, { path = '/', values = {}, extra = {} } = {}): Promise<Visit> {
  const filled = { EDGE: api.origin, KEY: 'pnx_pk_live_first', KEY2: 'pnx_pk_live_second', ...values }
  const site = await serveExample(folder, filled, extra)
  sites.push(site)
  return open(`${site.origin}${path}`)
}

const keysOfAsks = () => api.received.filter(({ path }) => path === '/v1/answers').map(({ query }) => query.get('key'))

it('06: pinned, under the strictest policy and cross-origin isolated, nothing is violated and nobody else is asked', async () => {
  const env = { PATH: process.env.PATH, PERNOEX_API: api.origin, PERNOEX_KEY: 'pnx_pk_live_example' }
  const server: ChildProcess = spawn(process.execPath, [STRICT], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const address = server.stdout ? String((await once(server.stdout, 'data'))[0]).trim() : ''
    const { page, complaints } = await open(address)
    const asked = new Set<string>()
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    await openPanel(page)
    await ask(page, 'How do I proxy?')
    await page.getByRole('button', { name: 'Source 1: Server options' }).first().click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'No, not helpful' }).click()
    await page.getByRole('button', { name: 'Send feedback' }).click()
    await page.getByText('Thank you').waitFor()
    expect(await page.evaluate(() => self.crossOriginIsolated)).toBe(true)
    expect(complaints).toEqual([])
    expect([...asked]).toEqual([api.origin])
    expect(api.received[1]?.path).toMatch(/^\/widget-[0-9a-f]{8}\.js$/)
    // The policy does bite: without that, nothing above would mean anything.
    const refused = await page.evaluate(() => {
      try {
        document.createElement('script').src = 'https://elsewhere.example/a.js'
        return 'nothing'
      } catch (error) {
        return (error as Error).name
      }
    })
    expect(refused).toBe('TypeError')
  } finally {
    server.kill('SIGTERM')
  }
})

it('06: another file than the one that was pinned does not run, and the page is whole', async () => {
  const { loader, panel: other } = await buildWidget({
    outDir: fileURLToPath(new URL('../../dist/test-widget', import.meta.url)),
  })
  const values = { FILE: loader.file, INTEGRITY: other.integrity, NONCE: 'x' }
  const { page, complaints } = await openExample('06-strict-csp', { values })
  await expect.poll(() => complaints.join()).toContain('integrity')
  expect(await launcher(page).count()).toBe(0)
  expect(await page.getByRole('heading').isVisible()).toBe(true)
})

it('07: two widgets with two keys on one page, each with its own conversation', async () => {
  const { page, complaints } = await openExample('07-two-widgets')
  const inline = page.getByRole('region', { name: 'Ask Fernway' })
  const askIn = async (box: typeof inline, question: string) => {
    const ends = box.getByText('Was this helpful?')
    const before = await ends.count()
    await box.getByLabel('Your question').fill(question)
    await box.getByLabel('Your question').press('Enter')
    await ends.nth(before).waitFor()
  }
  await askIn(inline, 'Which endpoints are there?')
  await openPanel(page)
  await askIn(panel(page), 'How do I proxy?')
  expect(await inline.getByText('How do I proxy?').count()).toBe(0)
  expect(await panel(page).getByText('Which endpoints are there?').count()).toBe(0)
  expect(api.asks().map(({ thread }) => thread)).toEqual([undefined, undefined])
  expect(keysOfAsks()).toEqual(['pnx_pk_live_second', 'pnx_pk_live_first'])
  // The page's own properties reach the inline one, by its box.
  expect((await inline.boundingBox())?.height).toBe(34 * 16)
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  expect(await inline.isVisible()).toBe(true)
  await page.evaluate(() => (window as unknown as { Pernoex: { destroy(): void } }).Pernoex.destroy())
  await expect.poll(() => page.locator('pernoex-stage').count()).toBe(1)
  await askIn(inline, 'And limits?')
  expect(complaints).toEqual([])
})

it('08: pushState that replaces the body inside a view transition, in the middle of an answer', async () => {
  api.turns = ['hang']
  const { page, complaints } = await openExample('08-spa-navigation')
  await openPanel(page)
  await field(page).fill('How do I proxy?')
  await field(page).press('Enter')
  await page.locator('.answer pre').waitFor()
  await page.getByRole('link', { name: 'Prices' }).click()
  await page.getByRole('heading', { name: 'Prices' }).waitFor()
  api.release()
  await page.getByText('Was this helpful?').waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  expect(await panel(page).isVisible()).toBe(true)
  expect(api.asks()).toHaveLength(1)
  api.turns = ['answer']
  await ask(page, 'And WebSockets?')
  expect(api.asks()[1]?.thread?.id).toBe('thr_0000000000000000000001')
  expect(complaints).toEqual([])
})

it('08: Turbo, with the tag in the body: visits replace it, refreshes morph it, one widget stays', async () => {
  const { page, complaints } = await openExample('08-spa-navigation', {
    path: '/turbo-one',
    extra: { '/turbo.js': TURBO },
  })
  await openPanel(page)
  await ask(page, 'How do I proxy?')
  await page.getByRole('link', { name: 'Page two' }).click()
  await page.getByRole('heading', { name: 'Page two' }).waitFor()
  const refreshed = page.evaluate(() => new Promise((done) => addEventListener('turbo:morph', done, { once: true })))
  await page.getByRole('link', { name: 'This page again' }).click()
  await refreshed
  expect(await page.locator('pernoex-stage').count()).toBe(1)
  expect(await panel(page).isVisible()).toBe(true)
  await ask(page, 'And WebSockets?')
  expect(await page.locator('.turn').count()).toBe(2)
  expect(complaints).toEqual([])
})

it('09: a custom element in plain HTML, with its attributes, properties and events', async () => {
  const { page, complaints } = await openExample('09-custom-element')
  const element = page.locator('pernoex-widget')
  const title = page.getByRole('region', { name: 'Ask the Fernway handbook' })
  await title.waitFor()
  // What the page sets before the element is known counts too.
  await page.route('**/widget-element.js', async (route) => {
    await page.waitForFunction(() => 'words' in (document.querySelector('pernoex-widget') ?? {}))
    await route.continue()
  })
  await page.reload({ waitUntil: 'commit' })
  await title.waitFor()
  await ask(page, 'How do I proxy?')
  await expect.poll(() => page.locator('#heard').innerText()).toBe('answered')
  await page.getByRole('link', { name: 'Talk to a person' }).waitFor()
  // Moved, and changed in place: the conversation stays.
  await element.evaluate((moved) => document.body.prepend(moved))
  await element.evaluate((changed) => changed.setAttribute('mode', 'modal'))
  await panel(page).waitFor()
  expect(await page.locator('.turn').count()).toBe(1)
  // Another key is another project.
  await element.evaluate((other) => other.setAttribute('public-key', 'pnx_pk_live_other'))
  await element.evaluate((shown) => (shown as unknown as { open(): void }).open())
  await ask(page, 'And WebSockets?')
  expect(await page.locator('.turn').count()).toBe(1)
  expect(keysOfAsks()).toEqual(['pnx_pk_live_first', 'pnx_pk_live_other'])
  await element.evaluate((removed) => removed.remove())
  await expect.poll(() => page.locator('pernoex-stage').count()).toBe(0)
  expect(complaints).toEqual([])
})

it('09: an element that is given its key after it was inserted waits for it', async () => {
  const { page, complaints } = await openExample('09-custom-element')
  await page.evaluate(() => {
    const late = document.createElement('pernoex-widget')
    document.querySelector('pernoex-widget')?.replaceWith(late)
    for (const [name, value] of Object.entries({ mode: 'inline', 'public-key': 'pnx_pk_live_late' }))
      late.setAttribute(name, value)
  })
  await ask(page, 'How do I proxy?')
  expect(keysOfAsks()).toEqual(['pnx_pk_live_late'])
  expect(complaints).toEqual([])
})

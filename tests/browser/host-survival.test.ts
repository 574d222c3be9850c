import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { browserTest as it } from './browser.ts'
import { ask, field, launcher, openPanel, panel } from './customer-page.ts'
import type { FakeApi } from './fake-api.ts'
import { ready, tagged, type Visit } from './site.ts'
import { useWrittenPages } from './written-pages.ts'

const pages = useWrittenPages()

async function start(body: string): Promise<Visit> {
  const opened = await pages.open(body)
  await ready(opened.page)
  return opened
}

/** What in the page itself keeps it from coming back whole; a browser that is driven by tests never takes one in. */
async function objections(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Page.enable')
  const told = new Promise<string[]>((resolve) => {
    session.once('Page.backForwardCacheNotUsed', ({ notRestoredExplanations }) =>
      resolve(notRestoredExplanations.filter(({ type }) => type === 'PageSupportNeeded').map(({ reason }) => reason)),
    )
  })
  await page.goto(`${pages.site.origin}/other`)
  // After the call: it would end with the page that it runs in.
  await page.evaluate(() => void setTimeout(() => history.back()))
  return told
}

const stages = (page: Page) => page.locator('pernoex-stage').count()
const ours = (complaints: string[]) => complaints.filter((text) => text.includes('Pernoex'))

describe('the page changes under it', () => {
  it('a document that is drawn again, or loses the widget: it comes back with its conversation', async () => {
    const { page, complaints } = await start(tagged(pages.api.origin))
    await openPanel(page)
    await ask(page, 'How do I proxy?')
    await page.evaluate(() => document.querySelector('pernoex-stage')?.remove())
    await page.getByRole('heading', { name: 'How do I proxy?' }).waitFor()
    await page.evaluate(() => {
      const fresh = document.createElement('html')
      fresh.append(document.createElement('head'), document.createElement('body'))
      document.documentElement.replaceWith(fresh)
    })
    await page.getByRole('heading', { name: 'How do I proxy?' }).waitFor()
    expect(await stages(page)).toBe(1)
    await ask(page, 'And WebSockets?')
    expect(pages.api.asks()[1]?.thread?.id).toBe('thr_0000000000000000000001')
    expect(complaints).toEqual([])
  })

  it('an inline widget whose place is drawn again moves there on update', async () => {
    const body = '<main><div id="ask"></div></main>'
    const { page } = await start(tagged(pages.api.origin, 'data-mode="inline" data-target="#ask"', { body }))
    await ask(page, 'How do I proxy?')
    await page.evaluate(() => {
      document.querySelector('main')?.replaceChildren(Object.assign(document.createElement('div'), { id: 'ask' }))
      window.Pernoex.update({ target: '#ask' })
    })
    await page.getByRole('heading', { name: 'How do I proxy?' }).waitFor()
  })

  it('nothing of it keeps a page out of the back-forward cache, not even an open panel with an answer', async () => {
    const { page } = await start(tagged(pages.api.origin))
    await openPanel(page)
    await ask(page, 'How do I proxy?')
    expect(await objections(page)).toEqual([])
    // The browser does object where there is something to object to: an answer on its way.
    pages.api.turns = ['hang']
    await openPanel(page)
    await field(page).fill('And WebSockets?')
    await field(page).press('Enter')
    await page.locator('.answer pre').waitFor()
    expect(await objections(page)).not.toEqual([])
  })

  it('the tag twice, and once more after the page: one widget, and the calls made before any of them', async () => {
    const tag = `<script async src="${pages.api.origin}/widget.js" data-key="pnx_pk_live_example"></script>`
    const head = '<script>window.Pernoex = [["ask", "How do I proxy?"]]</script>'
    const { page, complaints } = await start(tagged(pages.api.origin, '', { head, body: `<h1>Page</h1>${tag}` }))
    await page.getByText('Was this helpful?').waitFor()
    await page.addScriptTag({ url: `${pages.api.origin}/widget.js` })
    expect(await stages(page)).toBe(1)
    expect(pages.api.asks()).toHaveLength(1)
    expect(complaints).toEqual([])
  })
})

describe('hostile surroundings', () => {
  const HOSTILE = `
    body *, pernoex-stage, button, section, p { all: unset !important; display: none !important; position: static !important; font-size: 60px !important; color: red !important }
    button, section, textarea { transform: rotate(9deg) !important; visibility: hidden !important }
    html { font-size: 3px } body { zoom: 2; transform: translateX(300px); filter: blur(4px) }
    pernoex-stage { opacity: 0 !important; transform: scale(0) !important; visibility: hidden !important; pointer-events: none !important }`

  it('style sheets that hide and twist everything change nothing inside', async () => {
    const { page } = await start(tagged(pages.api.origin))
    await openPanel(page)
    const expected = await panel(page).boundingBox()
    await page.addStyleTag({ content: HOSTILE })
    expect(await panel(page).boundingBox()).toEqual(expected)
    await ask(page, 'How do I proxy?')
    const looks = await page
      .locator('.answer p')
      .first()
      .evaluate((node) => {
        const { fontSize, visibility, transform } = getComputedStyle(node)
        return { fontSize, visibility, transform }
      })
    expect(looks).toEqual({ fontSize: '15px', visibility: 'visible', transform: 'none' })
  })

  it('globals from another age: extended and frozen prototypes, an AMD loader, names we might want', async () => {
    const head = `<script>
      Array.prototype.each = function () { throw new Error('called') }
      Object.prototype.extend = function () { throw new Error('called') }
      window.define = function () { throw new Error('called') }; window.define.amd = {}
      window.module = {}; window.exports = {}; window.process = {}; window.h = window.render = window.name = window.script = 1
      for (const { prototype } of [Object, Array, Function, Promise, String]) Object.freeze(prototype)
      Math.random = Date.now = () => 4
    </script>`
    const { page, complaints } = await start(tagged(pages.api.origin, '', { head }))
    await openPanel(page)
    await ask(page, 'How do I proxy?')
    await page.getByRole('button', { name: 'No, not helpful' }).click()
    await page.getByLabel('Out of date').check({ force: true })
    await page.getByRole('button', { name: 'Send feedback' }).click()
    await page.getByText('Thank you').waitFor()
    expect(complaints).toEqual([])
  })

  it('a blocked panel: the button says so, listeners hear it, one line in the console, the page is whole', async () => {
    const { page, complaints } = await start(tagged(pages.api.origin))
    await page.route('**/pernoex-*.js', (route) => route.abort('blockedbyclient'))
    await page.evaluate(() => {
      window.log = []
      window.Pernoex.on('error', (detail) => window.log.push(detail))
    })
    await launcher(page).click()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    expect(await page.evaluate(() => window.log)).toEqual([{ code: 'blocked' }])
    expect(ours(complaints)).toHaveLength(1)
    expect(await page.getByRole('heading', { name: 'Page' }).isVisible()).toBe(true)
  })

  it('a blocked loader: the page’s own calls wait in their array and throw nothing', async () => {
    const head = '<script>window.Pernoex = []; Pernoex.push(["open"])</script>'
    const { page, complaints } = await pages.open(tagged('http://127.0.0.1:9', '', { head }))
    expect(await page.evaluate(() => (window.Pernoex as unknown as unknown[]).length)).toBe(1)
    expect(complaints.filter((text) => !text.includes('ERR_'))).toEqual([])
  })

  it.each<[string, string, (page: Page) => Promise<unknown>]>([
    [
      'an API that answers nonsense',
      'Pernoex: internal_error on',
      (page) => page.route('**/v1/**', (route) => route.fulfill({ status: 502, body: '<html>bad gateway' })),
    ],
    [
      'an API that a blocker stops',
      'Pernoex: refused on',
      (page) => page.route('**/v1/**', (route) => route.abort('blockedbyclient')),
    ],
  ])('%s: words in the panel, one line in the console that says where to look', async (_, line, break_) => {
    const { page, complaints } = await start(tagged(pages.api.origin))
    await break_(page)
    await openPanel(page)
    await page.locator('.notice').waitFor()
    expect(ours(complaints)).toEqual([expect.stringContaining(line)])
    expect(ours(complaints)[0]).toContain(`${pages.api.origin}/docs`)
    expect(complaints.filter((text) => !text.includes('ERR_') && !text.includes('502'))).toEqual(ours(complaints))
  })

  it('a sandboxed frame, whose origin is null, reads what its frame lacks', async () => {
    pages.api.allowed = false
    const frame = tagged(pages.api.origin).replaceAll('"', '&quot;')
    const { page, complaints } = await pages.open(
      `<!doctype html><title>Outer</title><iframe sandbox="allow-scripts" width="600" height="600" srcdoc="${frame}"></iframe>`,
    )
    const inner = page.frameLocator('iframe')
    await inner.locator('[part=launcher]').click()
    await inner.getByText('allow-same-origin').first().waitFor()
    expect(ours(complaints)).toHaveLength(1)
  })
})

/** Counts what is added to the page's own objects and not taken away again. */
const CENSUS = `<script>
  window.census = { listeners: 0, observers: new Set(), timers: new Set() }
  const own = (target) => [window, document, document.documentElement, document.body].includes(target ?? window)
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (own(this)) { census.listeners++; options?.signal && add.call(options.signal, 'abort', () => census.listeners--) }
    return add.call(this ?? window, type, listener, options)
  }
  EventTarget.prototype.removeEventListener = function (...given) { if (own(this)) census.listeners--; return remove.apply(this ?? window, given) }
  const { observe, disconnect } = MutationObserver.prototype
  MutationObserver.prototype.observe = function (target, options) { if (own(target)) census.observers.add(this); return observe.call(this, target, options) }
  MutationObserver.prototype.disconnect = function () { census.observers.delete(this); return disconnect.call(this) }
  const set = setTimeout, clear = clearTimeout
  window.setTimeout = (run, ms, ...rest) => { const id = set(() => { census.timers.delete(id); run(...rest) }, ms); census.timers.add(id); return id }
  window.clearTimeout = (id) => { census.timers.delete(id); clear(id) }
  window.count = () => ({
    listeners: census.listeners, observers: census.observers.size, timers: census.timers.size,
    nodes: document.querySelectorAll('*').length, styles: document.adoptedStyleSheets.length + document.styleSheets.length,
  })
</script>`

describe('destroy', () => {
  it.each<FakeApi['turns']>([['hang'], ['drop']])(
    'leaves no node, listener, observer, timer or style behind, in the middle of an answer that is %s',
    async (turn) => {
      pages.api.turns = [turn]
      const { page } = await pages.open(tagged(pages.api.origin, '', { head: CENSUS }))
      await launcher(page).waitFor()
      const before = await page.evaluate('count()')
      await page.evaluate(() => {
        // Another instance stays as it is.
        window.Pernoex.init({ key: 'pnx_pk_live_second', label: 'Second' })
        window.Pernoex.open()
      })
      await panel(page).waitFor()
      expect(await page.evaluate('count()')).toMatchObject({ listeners: 2, observers: 1 })
      await field(page).fill('How do I proxy?')
      await field(page).press('Enter')
      await page.locator('.answer pre').waitFor()
      await page.evaluate(() => window.Pernoex.destroy())
      expect(before).toMatchObject({ listeners: 0, observers: 0, timers: 0, styles: 0 })
      await expect.poll(() => page.evaluate('count()')).toEqual(before)
      await page.getByRole('button', { name: 'Second' }).click()
      await panel(page).waitFor()
    },
  )
})

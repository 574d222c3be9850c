import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { axeViolations } from './axe.ts'
import { closeBrowser, browserTest as it } from './browser.ts'
import { ask, field, launcher, openPanel, panel } from './customer-page.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import { openPage, ready, type Site, serveSite, tagged, type Visitor } from './site.ts'

let api: FakeApi
let site: Site
let html = ''
let page: Page

beforeAll(async () => {
  api = await startFakeApi()
  site = await serveSite(async (path) => (path === '/' ? { body: html } : null))
})
beforeEach(() => {
  api.reset()
  api.config.capabilities.push('threads')
})
afterEach(async () => {
  api.release()
  await page.context().close()
})
afterAll(async () => {
  await closeBrowser()
  await site.close()
  await api.close()
})

async function start(given: string, visitor: Visitor = {}): Promise<void> {
  html = given
  page = (await openPage(site.origin, visitor)).page
  await ready(page)
}

const CONTRAST = ['color-contrast', 'link-in-text-block']

/** Everything that axe knows in light; in dark what colours can change. */
async function expectClean(state: string): Promise<void> {
  expect(await axeViolations(page), state).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await axeViolations(page, CONTRAST), `${state}, dark`).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
}

const press = (name: string) => page.getByRole('button', { name, exact: true }).click()

async function fail(turn: FakeApi['turns'][number], question: string): Promise<void> {
  api.turns = [turn]
  await field(page).fill(question)
  await field(page).press('Enter')
  await page.locator('.turn:last-child .notice').waitFor()
}

it('axe finds nothing in any state, in light and in dark', async () => {
  await start(tagged(api.origin, 'data-handoff="mailto:help@fernway.example"'))
  await expectClean('closed')
  await openPanel(page)
  await page.getByRole('button', { name: 'How do I roll back?' }).waitFor()
  await expectClean('open')
  api.turns = ['hang']
  await field(page).fill('How do I proxy?')
  await field(page).press('Enter')
  await page.locator('.answer pre').waitFor()
  await expectClean('streaming')
  await press('Stop')
  await expectClean('stopped')
  api.turns = ['answer']
  await ask(page, 'How do I proxy?')
  await page.getByRole('link', { name: 'Talk to a person' }).waitFor()
  await expectClean('answered, with the way to a person')
  await press('No, not helpful')
  await page.getByLabel('Out of date').check({ force: true })
  await expectClean('feedback form')
  await page.getByRole('button', { name: 'Source 1: Server options' }).last().click()
  await page.getByRole('complementary', { name: 'Source 1' }).waitFor()
  await expectClean('source')
  await page.keyboard.press('Escape')
  await fail({ status: 429, code: 'quota_exceeded', retryAfter: 7200 }, 'And now?')
  await expectClean('quota used up')
  const icons = page.locator('[part=header] button svg')
  expect(await icons.count()).toBe(3)
  const tops = await icons.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top))
  expect(new Set(tops).size, 'the icons of the head stand in one line').toBe(1)
  await press('Earlier conversations')
  await press('Delete all conversations')
  await expectClean('earlier conversations')
})

it('axe finds nothing where the service refuses, is away, or the visitor is offline', async () => {
  api.allowed = false
  await start(tagged(api.origin))
  await openPanel(page)
  await page.locator('.notice').waitFor()
  await expectClean('refused')
  api.allowed = true
  await page.reload()
  await openPanel(page)
  await ask(page, 'How do I proxy?')
  await page.context().setOffline(true)
  await fail('answer', 'And now?')
  await expectClean('offline')
})

it('axe finds nothing in a side panel, a dialog, a part of the page, at 400 % zoom, or in forced colours', async () => {
  await start(tagged(api.origin, 'data-mode="side"', { body: '<h1>Page</h1><div id="ask"></div>' }))
  await openPanel(page)
  await ask(page, 'How do I proxy?')
  await expectClean('side')
  await page.evaluate(() => window.Pernoex.update({ mode: 'modal' }))
  await expectClean('modal')
  await page.emulateMedia({ forcedColors: 'active' })
  await expectClean('forced colours')
  await page.emulateMedia({ forcedColors: 'none' })
  await page.evaluate(() => window.Pernoex.update({ mode: 'inline', target: '#ask' }))
  await page.getByRole('region', { name: 'Ask Fernway' }).waitFor()
  await expectClean('inline')
  await page.setViewportSize({ width: 320, height: 256 })
  await page.evaluate(() => window.Pernoex.update({ mode: 'bubble' }))
  await panel(page).waitFor()
  await expectClean('400 % zoom')
  expect(await panel(page).boundingBox()).toEqual({ x: 0, y: 0, width: 320, height: 256 })
  const thread = page.locator('.thread')
  expect(await thread.evaluate((box) => box.scrollWidth <= box.clientWidth)).toBe(true)
  expect(await thread.evaluate((box) => box.clientHeight)).toBeGreaterThan(80)
})

it('contrast is kept whatever the accent', async () => {
  await start(tagged(api.origin))
  await openPanel(page)
  await ask(page, 'How do I proxy?')
  await page.getByRole('button', { name: 'Source 1: Server options' }).first().click()
  for (const accent of ['#ffd400', '#7a0000', '#808080', '#00e5a0', '#000', '#fff']) {
    await page.evaluate((colour) => window.Pernoex.update({ accent: colour }), accent)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await axeViolations(page, CONTRAST), `${accent}, ${colorScheme}`).toEqual([])
    }
    await page.evaluate(() => window.Pernoex.close())
    expect(await axeViolations(page, CONTRAST), `${accent}, launcher`).toEqual([])
    await page.evaluate(() => window.Pernoex.open())
  }
})

it('on a phone, full screen, axe finds nothing, and what is pressed is large enough: 24 px, or as far apart', async () => {
  await start(tagged(api.origin), { width: 360, height: 740, touch: true })
  await openPanel(page)
  await ask(page, 'How do I proxy?')
  await expectClean('answered')
  await page.getByRole('button', { name: 'Source 1: Server options' }).last().click()
  await expectClean('source')
  expect(await axeViolations(page, ['target-size'])).toEqual([])
  const small = await panel(page)
    .getByRole('button')
    .evaluateAll((buttons) =>
      buttons
        .filter((button) => button.checkVisibility() && !button.matches('.cite'))
        .filter((button) => Math.min(button.clientHeight, button.clientWidth) < 24)
        .map((button) => button.outerHTML),
    )
  expect(small).toEqual([])
  expect((await launcher(page).count()) > 0).toBe(true)
})

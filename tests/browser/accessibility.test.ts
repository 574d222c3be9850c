import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { closeBrowser, browserTest as it } from './browser.ts'
import {
  type CustomerPage,
  field,
  launcher,
  openPanel,
  panel,
  serveCustomerPage,
  type Visitor,
  visit,
} from './customer-page.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'

let api: FakeApi
let site: CustomerPage
let pages: Page[] = []

beforeAll(async () => {
  api = await startFakeApi()
  // Without Trusted Types: axe itself writes script text.
  site = await serveCustomerPage(api.origin, '')
})
beforeEach(() => api.reset())
afterEach(async () => {
  api.release()
  for (const page of pages) await page.context().close()
  pages = []
})
afterAll(async () => {
  await closeBrowser()
  await site.close()
  await api.close()
})

async function start(visitor?: Visitor): Promise<Page> {
  const { page } = await visit(site.origin, visitor)
  pages.push(page)
  return page
}

/** The element that has the focus, as a screen reader would name it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.querySelector('pernoex-stage')?.shadowRoot?.activeElement ?? document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? ''
  })

it('the launcher keeps the focus and a press that is under way when the panel arrives', async () => {
  const page = await start()
  const arrives = () =>
    page.waitForFunction(() => document.querySelector('pernoex-stage')?.shadowRoot?.querySelector('section'))
  const begun = await focused(page)
  await launcher(page).focus()
  const named = await focused(page)
  expect(named).not.toBe(begun)
  await arrives()
  expect(await focused(page)).toBe(named)

  await page.reload()
  await launcher(page).waitFor()
  const box = await launcher(page).boundingBox()
  await page.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 10)
  await page.mouse.down()
  await arrives()
  await page.mouse.up()
  await panel(page).waitFor()
})

it('everything can be done by keyboard, in the order of reading', async () => {
  const page = await start()
  await launcher(page).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('Your question')
  await page.getByRole('button', { name: 'How do I roll back?' }).waitFor()
  await page.keyboard.type('How do I proxy?')
  await page.keyboard.press('Enter')
  await page.getByText('Was this helpful?').waitFor()
  expect(await focused(page)).toBe('Your question')

  await page.getByRole('button', { name: 'New conversation' }).focus()
  const order: string[] = []
  for (let step = 0; step < 16; step++) {
    order.push(await focused(page))
    await page.keyboard.press('Tab')
  }
  expect(order).toEqual([
    'New conversation',
    'Close',
    'Conversation',
    'Source 1: Server options',
    'Copy',
    'Code, vite.config.ts',
    'Source 1: Server options',
    'Table',
    'in its guide',
    'Source 2: Backend integration',
    '1Server optionsserver.proxy (opens in a new tab)',
    '2Backend integrationWorking with a backend › During development (opens in a new tab)',
    'Yes, helpful',
    'No, not helpful',
    'Your question',
    'Send',
  ])
})

it('Escape closes the panel and the focus goes back to where it came from', async () => {
  const page = await start()
  await openPanel(page)
  await page.keyboard.press('Escape')
  expect(await panel(page).isVisible()).toBe(false)
  expect(await focused(page)).toBe('Ask the docs')

  await page.getByRole('link', { name: 'Features' }).focus()
  await page.evaluate(() => window.Pernoex.open())
  await panel(page).waitFor()
  await page.keyboard.press('Escape')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Features')
})

it('the live region gets whole sentences, each once, and nothing else in the panel is live', async () => {
  const page = await start()
  await openPanel(page)
  await field(page).fill('How do I proxy?')
  await field(page).press('Enter')
  const region = page.locator('.live')
  await expect.poll(() => region.locator('p').allInnerTexts()).toContain('Answer complete. Sources: 2.')
  const said = await region.locator('p').allInnerTexts()
  expect(said).toEqual([
    'Reading the documentation…',
    'Set server.proxy in your config.',
    'Requests whose path begins with the key are sent to the target instead.',
    'Code.',
    'What to watch for',
    'Keys that begin with ^ are read as regular expressions.',
    'Set ws: true for WebSockets:',
    'restart the server,',
    'reload the page.',
    'Table.',
    'A backend that renders its own HTML is described in its guide.',
    'Answer complete. Sources: 2.',
  ])
  const live = await page.locator('.panel [aria-live]:not(.live), .panel .answer[role]').count()
  expect(live).toBe(0)
})

it('on a phone the panel is modal: it covers the screen, keeps Tab inside, and does not bring up the keyboard', async () => {
  const page = await start({ width: 360, height: 740, touch: true })
  await launcher(page).tap()
  await panel(page).waitFor()
  const box = await panel(page).boundingBox()
  expect(box).toEqual({ x: 0, y: 0, width: 360, height: 740 })
  expect(await panel(page).getAttribute('aria-modal')).toBe('true')
  expect(await focused(page)).toBe('Close')
  for (let step = 0; step < 12; step++) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('pernoex-stage')
  }
})

it('what vanishes with its own click does not take the focus along', async () => {
  const page = await start()
  await openPanel(page)
  // By keyboard, so that nothing but the widget decides where the focus goes.
  const press = async (name: string) => {
    await page.getByRole('button', { name, exact: true }).focus()
    await page.keyboard.press('Enter')
  }
  await press('How do I roll back?')
  await page.locator('.feedback').waitFor()
  expect(await focused(page)).toBe('Conversation')
  await press('Yes, helpful')
  await expect.poll(() => page.locator('.feedback').innerText()).toContain('Thank')
  expect(await focused(page)).toBe('Conversation')
  await press('New conversation')
  await page.getByRole('button', { name: 'How do I roll back?' }).waitFor()
  expect(await focused(page)).toBe('Conversation')
})

it('right-to-left pages get a right-to-left panel', async () => {
  const page = await start()
  await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
  await openPanel(page)
  const send = await page.getByRole('button', { name: 'Send' }).boundingBox()
  const input = await field(page).boundingBox()
  expect(send?.x).toBeLessThan(input?.x ?? 0)
})

it('nothing moves for visitors who asked for that', async () => {
  const page = await start()
  await openPanel(page)
  const moving = await page.evaluate(() => {
    const parts = document.querySelector('pernoex-stage')?.shadowRoot?.querySelectorAll('*') ?? []
    return [...parts].filter((part) => part.getAnimations().length > 0).length
  })
  expect(moving).toBe(0)
})

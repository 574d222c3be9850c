import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { closeBrowser, browserTest as it } from './browser.ts'
import {
  ask,
  type CustomerPage,
  field,
  launcher,
  openPanel,
  panel,
  serveCustomerPage,
  strictPolicy,
  visit,
} from './customer-page.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'

let api: FakeApi
let site: CustomerPage
beforeAll(async () => {
  api = await startFakeApi()
})
beforeEach(async () => {
  api.reset()
  site = await serveCustomerPage(api.origin)
})
afterEach(() => site.close())
afterAll(async () => {
  await closeBrowser()
  await api.close()
})

const paths = () => api.received.map(({ path }) => path)

describe('what a page pays', () => {
  it('nothing but the loader is fetched before a visitor shows intent', async () => {
    const { page } = await visit(site.origin)
    await page.mouse.move(300, 300)
    await page.mouse.wheel(0, 600)
    await page.waitForTimeout(400)
    expect(paths()).toEqual(['/widget.js'])
    await page.context().close()
  })

  it('hovering fetches the panel and nothing of the API; opening fetches the configuration', async () => {
    const { page } = await visit(site.origin)
    await launcher(page).hover()
    await expect.poll(paths).toHaveLength(2)
    expect(paths()[1]).toMatch(/^\/pernoex-[0-9a-f]{8}\.js$/)
    await launcher(page).click()
    await page.getByText('Ask Fernway').waitFor()
    expect(paths()[2]).toBe('/v1/config')
    expect(paths()).toHaveLength(3)
    await page.context().close()
  })

  it('the launcher shifts nothing and leaves no trace but one element and one global: no prototype touched, nothing stored', async () => {
    const { page } = await visit(site.origin)
    const found = await page.evaluate(() => {
      const plain = document.createElement('iframe')
      document.body.append(plain)
      const known = new Set(Object.getOwnPropertyNames(plain.contentWindow))
      const shifts = performance.getEntriesByType('layout-shift').length
      const globals = Object.getOwnPropertyNames(window).filter(
        (name) => !known.has(name) && Number.isNaN(Number(name)),
      )
      const names = ['Object', 'Array', 'Function', 'String', 'Promise', 'Element', 'Node', 'EventTarget'] as const
      const built = (from: Window) =>
        names.map((name) => Object.getOwnPropertyNames((from as unknown as typeof globalThis)[name].prototype).length)
      const touched = String(built(window)) !== String(built(plain.contentWindow as Window))
      plain.remove()
      return { touched, globals, shifts, cookies: document.cookie, stored: localStorage.length + sessionStorage.length }
    })
    expect(found).toMatchObject({ touched: false, globals: ['Pernoex'], shifts: 0, cookies: '', stored: 0 })
    await page.context().close()
  })
})

describe('a strict content security policy', () => {
  it.each([
    ['nonce and strict-dynamic, Trusted Types required', strictPolicy],
    [
      'our host by name, Trusted Types required',
      (edge: string) => strictPolicy(edge).replace(/script-src [^;]+/, `script-src ${edge}`),
    ],
    [
      'no Trusted Types',
      (edge: string) => `default-src 'none'; script-src ${edge}; connect-src ${edge}; style-src 'self'; img-src data:`,
    ],
  ])('is not violated once, from loading to feedback: %s', async (_, policy) => {
    const strict = await serveCustomerPage(api.origin, policy(api.origin))
    const { page, complaints } = await visit(strict.origin)
    await openPanel(page)
    await ask(page, 'How do I proxy?')
    await page.getByRole('button', { name: 'Source 1: Server options' }).first().click()
    await page.getByRole('link', { name: 'Open the page' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'No, not helpful' }).click()
    await page.getByRole('button', { name: 'Send feedback' }).click()
    await page.getByText('Thank you').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
    await strict.close()
  })

  it('that leaves our policy name out: the page keeps working and the button says so', async () => {
    const policy = strictPolicy(api.origin).replace('trusted-types pernoex', "trusted-types 'none'")
    const strict = await serveCustomerPage(api.origin, policy)
    const { page, complaints } = await visit(strict.origin)
    await launcher(page).click()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    expect(complaints.some((text) => text.includes('Pernoex'))).toBe(true)
    await page.context().close()
    await strict.close()
  })
})

it('a panel whose bytes were changed on the way is not run', async () => {
  const { page } = await visit(site.origin)
  await page.route('**/pernoex-*.js', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: `${await response.text()};window.tampered = true` })
  })
  await launcher(page).click()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
  expect(await page.evaluate(() => 'tampered' in window)).toBe(false)
  await page.context().close()
})

it('a panel that could not be fetched is fetched again on the next click', async () => {
  const { page } = await visit(site.origin)
  await page.route('**/pernoex-*.js', (route) => route.abort(), { times: 1 })
  await launcher(page).click()
  await page.getByRole('button', { name: 'Try again' }).click()
  await panel(page).waitFor()
  await page.context().close()
})

it('calls made before the script has arrived, and before the panel has, are carried out in order', async () => {
  const { page } = await visit(site.origin)
  const late = await page.context().newPage()
  await late.addInitScript(() => {
    const calls: unknown[] = []
    const log: string[] = []
    Object.assign(window, { Pernoex: calls, log })
    calls.push(['on', 'ask', () => log.push('ask')])
    calls.push((widget: { on(name: string, listener: () => void): void }) =>
      widget.on('answer', () => log.push('answer')),
    )
    calls.push(['ask', 'How do I proxy?'])
  })
  await late.goto(site.origin)
  await late.getByText('Was this helpful?').waitFor()
  expect(await late.evaluate(() => (window as unknown as { log: string[] }).log)).toEqual(['ask', 'answer'])
  await page.context().close()
})

it('destroy takes away everything it brought', async () => {
  const { page } = await visit(site.origin)
  await openPanel(page)
  await field(page).fill('half a question')
  await page.evaluate(() => (window as unknown as { Pernoex: { destroy(): void } }).Pernoex.destroy())
  expect(await page.locator('pernoex-stage').count()).toBe(0)
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true)
  await page.context().close()
})

it('destroyed before its panel has arrived, it leaves nothing behind either', async () => {
  const { page } = await visit(site.origin)
  await page.evaluate(() => {
    const { Pernoex } = window as unknown as { Pernoex: { open(): void; destroy(): void } }
    Pernoex.open()
    Pernoex.destroy()
  })
  await expect.poll(() => api.received.some(({ path }) => path.startsWith('/pernoex-'))).toBe(true)
  await page.waitForTimeout(300)
  expect(await page.locator('pernoex-stage').count()).toBe(0)
})

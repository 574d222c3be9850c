import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { closeBrowser, browserTest as it } from './browser.ts'
import { ask, field, openPanel, panel, serveCustomerPage, visit } from './customer-page.ts'

interface Stack {
  api: string
  demoPage: string
  publicKey: string
}

let child: ChildProcess | undefined
let data = ''
let stack: Stack

/** What `npm start` starts, with its own data folder and ports: Worker in workerd, database, queue, the handbook ingested. */
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'pernoex-demo-'))
  const entry = join(import.meta.dirname, '../../edge-api/local/start.ts')
  child = spawn(process.execPath, [entry, '--json', '--data', data, '--port', String(await freePort())], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  stack = await readyLine(child)
}, 180_000)

afterAll(async () => {
  await closeBrowser()
  if (child?.exitCode === null) {
    const gone = new Promise((exit) => child?.once('exit', exit))
    child.kill('SIGTERM')
    await gone
  }
  await rm(data, { recursive: true, force: true })
})

async function readyLine({ stdout, stderr }: ChildProcess): Promise<Stack> {
  let log = ''
  stderr?.on('data', (text) => {
    log += text
  })
  if (!stdout) throw new Error('no standard output')
  for await (const line of createInterface({ input: stdout })) if (line.startsWith('{')) return JSON.parse(line)
  throw new Error(`the stack did not start:\n${log}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

it('a visitor asks on the demo page and reads an answer whose source opens at its heading', async () => {
  const { page, complaints } = await visit(stack.demoPage)
  await openPanel(page)
  await ask(page, 'How do I allow my domain?')
  expect((await page.locator('.answer').innerText()).length).toBeGreaterThan(60)
  expect(complaints).toEqual([])

  const cite = page.locator('.answer .cite').first()
  await cite.click()
  const quote = await page.getByRole('blockquote').innerText()
  expect(quote.length).toBeGreaterThan(10)
  const opened = page.context().waitForEvent('page')
  await page.getByRole('link', { name: 'Open the page' }).click()
  const source = await opened
  await source.waitForLoadState()
  expect(new URL(source.url()).pathname).toContain('allowed-domains')
  expect(await headingOf(source)).toBe(true)
  await page.context().close()
})

/** Whether the address names a heading that the page has, and the reader sees it or the quote below it. */
const headingOf = (source: Page) =>
  source.evaluate(() => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    return target !== null && target.getBoundingClientRect().top < innerHeight
  })

it('the questions that the demo suggests are answered by the handbook', async () => {
  const { page } = await visit(stack.demoPage)
  await openPanel(page)
  const starters = page.locator('.welcome li button')
  await starters.first().waitFor()
  const questions = (await starters.allInnerTexts()).map((text) => text.trim())
  expect(questions).toHaveLength(3)
  for (const question of questions) {
    await page.getByRole('button', { name: question }).click()
    await page.getByRole('heading', { name: 'Sources' }).waitFor()
    await page.getByRole('button', { name: 'New conversation' }).click()
  }
  await page.context().close()
})

it('a follow-up after the page has changed goes on with the same conversation', async () => {
  const { page } = await visit(stack.demoPage)
  await openPanel(page)
  await ask(page, 'How do I allow my domain?')
  await page.reload()
  await openPanel(page)
  await page.getByRole('heading', { name: 'How do I allow my domain?' }).waitFor()
  await ask(page, 'How do I rotate a key?')
  expect(await page.locator('.turn').count()).toBe(2)
  await page.context().close()
})

it('a page that is not on the list reads that it is not, and nothing else', async () => {
  const stranger = await serveCustomerPage(stack.api, undefined, stack.publicKey)
  const { page } = await visit(stranger.origin)
  await openPanel(page)
  await expect.poll(() => panel(page).innerText()).toContain(`add ${stranger.origin} to the allowed domains`)
  await field(page).fill('How do I allow my domain?')
  await field(page).press('Enter')
  await expect.poll(() => page.locator('.turn').innerText()).toContain('not set up to use this assistant')
  expect(await page.locator('.answer').innerText()).toBe('')
  await page.context().close()
  await stranger.close()
})

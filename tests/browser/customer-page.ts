import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openBrowser } from './browser.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/01-script-tag')

export interface CustomerPage {
  origin: string
  close(): Promise<void>
}

/** The policy of a careful customer: a nonce, no inline style, Trusted Types required, our policy's name admitted. */
export function strictPolicy(edge: string): string {
  return [
    "default-src 'none'",
    "script-src 'nonce-abc123' 'strict-dynamic'",
    `connect-src ${edge}`,
    "style-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types pernoex',
  ].join('; ')
}

/** Example 01 on `localhost`, so that it is another site than the API on `127.0.0.1`. */
export async function serveCustomerPage(
  edge: string,
  policy = strictPolicy(edge),
  key = 'pnx_pk_live_example',
): Promise<CustomerPage> {
  const server = createServer(async (request, response) => {
    const isStyle = request.url === '/style.css'
    const text = await readFile(join(EXAMPLE, isStyle ? 'style.css' : 'index.html'), 'utf8')
    response.setHeader('content-security-policy', policy)
    response.setHeader('content-type', isStyle ? 'text/css' : 'text/html; charset=utf-8')
    const page = text.replaceAll('%EDGE%', edge).replaceAll('%KEY%', key)
    response.end(page.replace('<script async', '<script nonce="abc123" async'))
  })
  await new Promise<void>((ready) => server.listen(0, 'localhost', ready))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

export interface Visit {
  page: Page
  /** Errors of the console, uncaught exceptions and policy violations. */
  complaints: string[]
}

export interface Visitor {
  width?: number
  height?: number
  dark?: boolean
  touch?: boolean
}

/** Opens the page in a fresh context and waits for the launcher. */
export async function visit(
  address: string,
  { width = 1280, height = 800, dark, touch }: Visitor = {},
): Promise<Visit> {
  const browser = await openBrowser()
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    hasTouch: touch ?? false,
    locale: 'en-GB',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(address)
  await launcher(page).waitFor()
  return { page, complaints }
}

export const launcher = (page: Page) => page.locator('[part=launcher]')
export const panel = (page: Page) => page.getByRole('dialog')
export const field = (page: Page) => page.getByLabel('Your question')

export async function openPanel(page: Page): Promise<void> {
  await launcher(page).click()
  await panel(page).waitFor()
}

/** Asks and waits for the end of that answer. */
export async function ask(page: Page, question: string): Promise<void> {
  const ends = page.getByText('Was this helpful?')
  const before = await ends.count()
  await field(page).fill(question)
  await field(page).press('Enter')
  await ends.nth(before).waitFor({ timeout: 15_000 })
}

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Page } from 'playwright-core'
import type { WidgetHandle } from '#widget/options.ts'
import { openBrowser } from './browser.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples')
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

export interface Site {
  origin: string
  close(): Promise<void>
}

export interface Served {
  body: string
  /** Ending of the file's name; a page without it. */
  type?: string
  headers?: Record<string, string>
}

/** A customer's site on `localhost`: another site than the API on `127.0.0.1`. `respond` answers null for 404. */
export async function serveSite(respond: (path: string) => Promise<Served | null>): Promise<Site> {
  const server = createServer(async (request, response) => {
    const found = await respond(new URL(request.url ?? '/', 'http://x').pathname)
    if (!found) return response.writeHead(404).end()
    const { body, type = '.html', headers = {} } = found
    response.writeHead(200, { 'content-type': TYPES[type] ?? 'text/plain', ...headers }).end(body)
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

/**
 * A folder of examples/ with its placeholders filled in. An address without an ending is a page, an unknown one the first
 * page; `extra` are files that a customer would bring along.
 */
export function serveExample(folder: string, values: Record<string, string>, extra: Record<string, string> = {}) {
  return serveSite(async (path) => {
    const type = extname(path)
    const read = (name: string) => readFile(extra[name] ?? join(EXAMPLES, folder, name), 'utf8').catch(() => null)
    const text = type ? await read(path) : ((await read(`${path}.html`)) ?? (await read('/index.html')))
    if (text === null) return null
    const body = text.replace(/%([A-Z0-9]+)%/g, (whole, name: string) => values[name] ?? whole)
    return type ? { body, type } : { body }
  })
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
  forcedColors?: boolean
}

/** Opens a page in a fresh context, whatever of the widget may be on it. */
export async function openPage(address: string, visitor: Visitor = {}): Promise<Visit> {
  const { width = 1280, height = 800, dark, touch, forcedColors } = visitor
  const browser = await openBrowser()
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    forcedColors: forcedColors ? 'active' : 'none',
    hasTouch: touch ?? false,
    locale: 'en-GB',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(address)
  return { page, complaints }
}

/** A page with the script tag, and whatever else a test wants of it. */
export const tagged = (edge: string, attributes = '', { head = '', body = '<h1>Page</h1>', html = 'lang="en"' } = {}) =>
  `<!doctype html><html ${html}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Page</title><link rel="icon" href="data:,">${head}
<script async src="${edge}/widget.js" data-key="pnx_pk_live_example" ${attributes}></script></head><body>${body}</body></html>`

/** The script tag's own object, as a page's code sees it. */
type PageObject = WidgetHandle & { init(options: object): WidgetHandle; push(call: unknown): void }

declare global {
  interface Window {
    Pernoex: PageObject
    /** What a test's listeners heard. */
    log: unknown[]
  }
}

export const ready = (page: Page) => page.waitForFunction(() => 'init' in (window.Pernoex ?? {}))

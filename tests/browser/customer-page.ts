import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openPage, type Site, serveSite, type Visit, type Visitor } from './site.ts'

export type { Site as CustomerPage, Visit, Visitor } from './site.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/01-script-tag')

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

/** Example 01 with a nonce on its tag, under this policy. */
export function serveCustomerPage(
  edge: string,
  policy = strictPolicy(edge),
  key = 'pnx_pk_live_example',
): Promise<Site> {
  const headers = { 'content-security-policy': policy }
  return serveSite(async (path) => {
    if (path === '/style.css') return { body: await readFile(join(EXAMPLE, path), 'utf8'), type: '.css', headers }
    const text = await readFile(join(EXAMPLE, 'index.html'), 'utf8')
    const page = text.replaceAll('%EDGE%', edge).replaceAll('%KEY%', key)
    return { body: page.replace('<script async', '<script nonce="abc123" async'), headers }
  })
}

/** Opens the page in a fresh context and waits for the launcher. */
export async function visit(address: string, visitor?: Visitor): Promise<Visit> {
  const visit = await openPage(address, visitor)
  await launcher(visit.page).waitFor()
  return visit
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

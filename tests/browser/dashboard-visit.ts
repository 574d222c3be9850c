import type { Page } from 'playwright-core'
import { PASSWORD } from '#tests/api/dashboard-client.ts'
import type { Harness } from '#tests/api/harness.ts'
import { openBrowser } from './browser.ts'

export interface DashboardVisit {
  page: Page
  /** Errors and warnings of the console, uncaught exceptions and policy violations. */
  complaints: string[]
}

export interface Visitor {
  width?: number
  dark?: boolean
  /** For what tests put into the page; the policy itself is held by the others. */
  bypassPolicy?: boolean
}

export async function openDashboard(
  { app }: Pick<Harness, 'app'>,
  path: string,
  { width = 1440, dark = false, bypassPolicy = false }: Visitor = {},
): Promise<DashboardVisit> {
  const browser = await openBrowser()
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    bypassCSP: bypassPolicy,
    locale: 'en-GB',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(app + path)
  return { page, complaints }
}

export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

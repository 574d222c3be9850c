import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { DASHBOARD_PAGES } from '#shared/dashboard-paths.ts'
import { type DashboardClient, newPerson } from '#tests/api/dashboard-client.ts'
import { type Harness, startHarness } from '#tests/api/harness.ts'
import { closeBrowser, browserTest as it } from './browser.ts'
import { openDashboard, signIn } from './dashboard-visit.ts'

const EMAIL = 'axe@example.com'

let harness: Harness
let axe = ''
/** Where each page of the dashboard has something to show. */
let filled: string[] = []

beforeAll(async () => {
  // Plans are sold and answers are counted, so that the billing page has something to show.
  harness = await startHarness({ dashboard: true, stripe: true, limits: 'on' })
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const { project, thread } = await fill(await newPerson(harness, EMAIL))
  filled = DASHBOARD_PAGES.map((pattern) => pattern.replace(':project', project).replace(':thread', thread))
}, 120_000)
afterAll(async () => {
  await closeBrowser()
  await harness.close()
})

/** A project with a bit of everything. */
async function fill(person: DashboardClient): Promise<{ project: string; thread: string }> {
  const { id: project } = await person.json<{ id: string }>('POST', '/api/projects', { name: 'Fernway' })
  const at = `/api/projects/${project}`
  await person.json('POST', `${at}/origins`, { rule: 'docs.example.com' })
  await person.json('POST', `${at}/origins`, { rule: '*.preview.example.com', expiresAt: '2035-01-01T00:00:00Z' })
  await person.json('POST', `${at}/webhooks`, { label: 'Build', kind: 'in', provider: 'standard' })
  const scopes = ['config', 'answers']
  const { key } = await person.json<{ key: string }>('POST', `${at}/keys`, {
    label: 'Docs',
    environment: 'live',
    scopes,
  })
  const documents = [
    { path: 'rollback.md', content: '# Roll back\n\nRun `fernway rollback` to bring yesterday back.\n' },
  ]
  const { jobId } = await person.json<{ jobId: string }>('POST', `${at}/documents`, { documents })
  await readBy(person, `${at}/jobs/${jobId}`)
  const asked = await fetch(`${harness.edge}/v1/answers?key=${key}`, {
    method: 'POST',
    headers: { origin: 'https://docs.example.com', accept: 'application/json' },
    body: JSON.stringify({ question: 'How do I roll back?' }),
  })
  const { thread } = (await asked.json()) as { thread: { id: string } }
  return { project, thread: thread.id }
}

async function readBy(person: DashboardClient, job: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await person.json<{ state: string }>('GET', job)).state === 'done') return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('the documents were not read')
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const results = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())
  // That it has looked at all.
  expect(results.passes.length).toBeGreaterThan(10)
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

const isOutside = (path: string): boolean => /^\/(sign-in|sign-up|verify|reset|invitation)$/.test(path)

it.each([
  ['wide, light', {}],
  ['phone, dark', { width: 360, dark: true }],
])(
  'axe finds nothing on any page, and nothing is wider than the screen: %s',
  async (_, visitor) => {
    const { page } = await openDashboard(harness, '/sign-in', { ...visitor, bypassPolicy: true })
    const found: Record<string, string[]> = {}
    const look = async (path: string) => {
      await page.goto(harness.app + path)
      await page.waitForLoadState('networkidle')
      await page.getByRole('heading', { level: 1 }).waitFor()
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      const wrong = [...(await violations(page)), ...(wide ? ['wider than the screen'] : [])]
      if (wrong.length > 0) found[path] = wrong
    }
    for (const path of filled.filter(isOutside)) await look(path)
    await page.goto(`${harness.app}/sign-in`)
    await signIn(page, EMAIL)
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor()
    for (const path of filled.filter((one) => !isOutside(one))) await look(path)
    expect(found).toEqual({})
    await page.context().close()
  },
  180_000,
)

it.each([
  ['light', {}],
  ['dark', { dark: true }],
])(
  'nor in what opens on a page: %s',
  async (_, visitor) => {
    const { page } = await openDashboard(harness, '/sign-in', { ...visitor, bypassPolicy: true })
    await signIn(page, EMAIL)
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor()
    const project = filled.find((path) => path.endsWith('/keys'))?.replace(/\/keys$/, '') ?? ''
    const opened: [string, string][] = [
      ['/', 'New project'],
      [`${project}/keys`, 'New key'],
      [`${project}/webhooks`, 'New address'],
      ['/team', 'Invite somebody'],
      [`${project}/keys`, 'Rotate Docs'],
      [`${project}/keys`, 'Revoke Docs'],
      [`${project}/domains`, 'Remove docs.example.com'],
      [`${project}/knowledge`, 'Roll back'],
      ['/security', 'Set it up'],
    ]
    const found: Record<string, string[]> = {}
    for (const [path, button] of opened) {
      await page.goto(harness.app + path)
      await page.getByRole('button', { name: button, exact: true }).first().click()
      await page.getByRole('dialog').waitFor()
      await page.waitForLoadState('networkidle')
      const wide = await page.getByRole('dialog').evaluate((dialog) => dialog.scrollWidth > dialog.clientWidth)
      const wrong = [...(await violations(page)), ...(wide ? ['wider than the dialog'] : [])]
      if (wrong.length > 0) found[button] = wrong
    }
    await page.goto(`${harness.app}${project}/domains`)
    await page.getByLabel('Domain', { exact: true }).fill('*.example.com')
    await page.getByRole('heading', { name: 'Refuses' }).waitFor()
    const wrong = await violations(page)
    if (wrong.length > 0) found.preview = wrong
    expect(found).toEqual({})
    await page.context().close()
  },
  120_000,
)

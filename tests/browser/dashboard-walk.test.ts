import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { fromBase32 } from '#edge/rules/base32.ts'
import { totpCode, totpStep } from '#edge/rules/totp.ts'
import { mailedToken, newPerson, PASSWORD } from '#tests/api/dashboard-client.ts'
import { type Harness, startHarness } from '#tests/api/harness.ts'
import { closeBrowser, browserTest as it } from './browser.ts'
import { ask, type CustomerPage, field, openPanel, serveCustomerPage, type Visit, visit } from './customer-page.ts'
import { heading, openDashboard, signIn } from './dashboard-visit.ts'

// One person's whole way, each step on what the one before has left: what holds alone must also hold in a row.

let harness: Harness

beforeAll(async () => {
  harness = await startHarness({ widget: true, dashboard: true })
}, 120_000)
afterAll(async () => {
  await closeBrowser()
  await harness.close()
})

const EMAIL = 'ada@walk.example'
const GUEST = 'guest@walk.example'
const NEXT_PASSWORD = 'copper lantern 41 harbour'
const QUESTION = 'How do I rotate an API key?'

it('from signing up to an answer on a page of one’s own, a team, a second factor, and a key that is revoked', async () => {
  const { page, complaints } = await openDashboard(harness, '/sign-up')
  await signUp(page)
  const project = await makeProject(page)
  await uploadHandbook(page)
  const { site, visitor } = await answerOnOwnPage(page)
  await readConversation(page)
  await inviteGuest(page)
  await beGuest(project)
  const codes = await switchOnSecondFactor(page)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await signInWithBackupCode(page, codes[0] ?? '', PASSWORD)

  const elsewhere = await openDashboard(harness, '/security')
  await signInWithBackupCode(elsewhere.page, codes[1] ?? '', PASSWORD)
  await changePassword(elsewhere.page)
  await page.getByRole('link', { name: 'Projects' }).first().click()
  await page.reload()
  await heading(page, 'Sign in').waitFor()

  await revokeKey(elsewhere.page, project)
  await field(visitor.page).fill(QUESTION)
  await field(visitor.page).press('Enter')
  await visitor.page.getByText('(key_revoked)').first().waitFor()
  expect(complaints.filter((one) => !/401/.test(one))).toEqual([])
  expect(elsewhere.complaints.filter((one) => !/401/.test(one))).toEqual([])
  for (const { page: open } of [{ page }, elsewhere, visitor]) await open.context().close()
  await site.close()
}, 240_000)

async function signUp(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await heading(page, 'Look into your mailbox').waitFor()
  await page.goto(`${harness.app}/verify#${await mailedToken(harness, EMAIL, 'verify')}`)
  await heading(page, 'Your address is confirmed').waitFor()
  expect(page.url()).toBe(`${harness.app}/verify`)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, EMAIL)
}

/** Its id. */
async function makeProject(page: Page): Promise<string> {
  await heading(page, 'Projects').waitFor()
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill('Fernway')
  await page.getByRole('button', { name: 'Make project' }).click()
  await heading(page, 'Fernway').waitFor()
  return /projects\/(\w+)/.exec(page.url())?.[1] ?? ''
}

async function uploadHandbook(page: Page): Promise<void> {
  const folder = join(import.meta.dirname, '../../examples/docs')
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'))
  await page.getByRole('link', { name: 'Add docs' }).click()
  await heading(page, 'Knowledge').waitFor()
  const files = names.map((name) => ({ name, mimeType: 'text/markdown', buffer: readFileSync(join(folder, name)) }))
  await page.getByLabel('Files').setInputFiles(files)
  await page.getByText(`${names.length} documents read`).waitFor({ timeout: 60_000 })
}

async function answerOnOwnPage(page: Page): Promise<{ site: CustomerPage; visitor: Visit }> {
  await page.getByRole('link', { name: 'Get started' }).click()
  await page.getByRole('button', { name: 'Make a key' }).click()
  const snippet = await page.locator('pre', { hasText: '/widget.js' }).innerText()
  const [, edge = '', key = ''] = /src="(\S+)\/widget\.js" data-key="(\S+)"/.exec(snippet) ?? []
  expect(edge).toBe(harness.edge)
  await page.getByText('Pin this version').click()
  const pinned = await page.locator('pre', { hasText: 'integrity' }).innerText()
  const [, file = '', integrity] = /src="(\S+)" integrity="(\S+)"/.exec(pinned) ?? []
  const bytes = Buffer.from(await (await fetch(file)).arrayBuffer())
  expect(integrity).toBe(`sha256-${createHash('sha256').update(bytes).digest('base64')}`)
  await page.getByText('Open your page and click the launcher').waitFor()
  const site = await serveCustomerPage(edge, undefined, key)
  await page.getByLabel('Domain').fill(site.origin)
  await page.getByText(`Pages on exactly ${site.origin}.`).waitFor()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('1 rule so far').waitFor()

  const visitor = await visit(site.origin)
  await openPanel(visitor.page)
  await ask(visitor.page, QUESTION)
  expect(await visitor.page.locator('.answer').innerText()).toMatch(/rotate/i)
  expect(visitor.complaints).toEqual([])
  await page.getByText(`It works on ${site.origin}`).waitFor({ timeout: 40_000 })
  return { site, visitor }
}

async function readConversation(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Conversations' }).click()
  await page.getByRole('link', { name: QUESTION }).click()
  await expect.poll(() => page.locator('.messages').innerText()).toMatch(/rotate/i)
}

async function inviteGuest(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Projects' }).first().click()
  await heading(page, 'Projects').waitFor()
  await page.getByRole('button', { name: 'New project' }).first().click()
  await page.getByLabel('Name').fill('Withheld')
  await page.getByRole('button', { name: 'Make project' }).click()
  await heading(page, 'Withheld').waitFor()
  await page.getByRole('link', { name: 'Team' }).click()
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  await page.getByLabel('E-mail address').fill(GUEST)
  await page.getByLabel('Fernway').check()
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await page.getByText(GUEST, { exact: true }).waitFor()
}

async function beGuest(project: string): Promise<void> {
  await newPerson(harness, GUEST)
  const token = await mailedToken(harness, GUEST, 'invitation')
  const { page } = await openDashboard(harness, `/invitation#${token}`)
  await heading(page, 'Join Ada').waitFor()
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await heading(page, 'Projects').waitFor()
  expect(await page.locator('body').innerText()).not.toContain('Withheld')
  await page.getByRole('link', { name: 'Fernway' }).click()
  await heading(page, 'Fernway').waitFor()
  const menu = await page.getByRole('navigation').innerText()
  expect(menu).toContain('Conversations')
  for (const hidden of ['Keys', 'Domains', 'Appearance', 'Team', 'Audit log', 'Billing'])
    expect(menu).not.toContain(hidden)
  await page.goto(`${harness.app}/projects/${project}/keys`)
  await page.getByText('Your role does not allow that.').waitFor()
  await page.context().close()
}

/** The backup codes. */
async function switchOnSecondFactor(page: Page): Promise<string[]> {
  await page.getByRole('link', { name: 'Your security' }).click()
  await page.getByRole('button', { name: 'Set it up' }).click()
  await page.getByRole('img', { name: 'Code for an authenticator app' }).waitFor()
  const secret = fromBase32((await page.locator('dialog pre').innerText()).trim()) ?? new Uint8Array()
  await page.getByLabel('Code that the app shows now').fill(totpCode(secret, totpStep(Date.now())))
  await page.getByRole('button', { name: 'Switch on' }).click()
  await page.getByRole('heading', { name: 'Your backup codes' }).waitFor()
  const codes = (await page.locator('dialog pre').innerText()).trim().split('\n')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download as a file' }).click()
  expect((await download).suggestedFilename()).toBe('pernoex-backup-codes.txt')
  await page.getByLabel('I have stored them').check()
  await page.getByRole('button', { name: 'Done' }).click()
  return codes
}

async function signInWithBackupCode(page: Page, code: string, password: string): Promise<void> {
  await signIn(page, EMAIL, password)
  await page.getByRole('button', { name: 'Use a backup code' }).click()
  await page.getByLabel('Backup code').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor()
}

async function changePassword(page: Page): Promise<void> {
  await heading(page, 'Security').waitFor()
  await page.getByLabel('Current password').fill(PASSWORD)
  await page.getByLabel('New password').fill(NEXT_PASSWORD)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('every other session is ended').waitFor()
}

async function revokeKey(page: Page, project: string): Promise<void> {
  await page.goto(`${harness.app}/projects/${project}/keys`)
  await page.getByRole('button', { name: /^Revoke / }).click()
  await page.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByText('is revoked.').waitFor()
}

import { afterAll, beforeAll, expect } from 'vitest'
import { fromBase32 } from '#edge/rules/base32.ts'
import { totpCode, totpStep } from '#edge/rules/totp.ts'
import { createDashboardClient, mailedToken, newPerson, PASSWORD } from '#tests/api/dashboard-client.ts'
import { type Harness, startHarness } from '#tests/api/harness.ts'
import { closeBrowser, browserTest as it } from './browser.ts'
import { ask, openPanel, serveCustomerPage, visit } from './customer-page.ts'
import { heading, openDashboard, signIn } from './dashboard-visit.ts'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness({ widget: true, dashboard: true })
}, 120_000)
afterAll(async () => {
  await closeBrowser()
  await harness.close()
})

const DOCS = [
  ['guide/proxy.md', '# Proxy\n\nSet `server.proxy` in your config to send requests to a backend of yours.\n'],
  ['guide/rollback.md', '# Roll back\n\nRun `fernway rollback` to bring the version of yesterday back in a second.\n'],
] as const

it('from signing up to the first answer on a page of one’s own', async () => {
  const email = 'ada@walk.example'
  const { page, complaints } = await openDashboard(harness, '/sign-up')
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await heading(page, 'Look into your mailbox').waitFor()

  await page.goto(`${harness.app}/verify#${await mailedToken(harness, email, 'verify')}`)
  await heading(page, 'Your address is confirmed').waitFor()
  expect(page.url()).toBe(`${harness.app}/verify`)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, email)

  await heading(page, 'Projects').waitFor()
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill('Fernway')
  await page.getByRole('button', { name: 'Make project' }).click()
  await heading(page, 'Fernway').waitFor()

  await page.getByRole('link', { name: 'Add docs' }).click()
  await heading(page, 'Knowledge').waitFor()
  const files = DOCS.map(([path, text]) => ({ name: path.split('/')[1] ?? '', text }))
  await page
    .getByLabel('Files')
    .setInputFiles(files.map(({ name, text }) => ({ name, mimeType: 'text/markdown', buffer: Buffer.from(text) })))
  await page.getByText('2 documents read').waitFor({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Roll back' }).waitFor()

  await page.getByRole('link', { name: 'Get started' }).click()
  await page.getByRole('button', { name: 'Make a key' }).click()
  const snippet = await page.locator('pre', { hasText: '<script' }).innerText()
  const [, edge = '', key = ''] = /src="(\S+)\/widget\.js" data-key="(\S+)"/.exec(snippet) ?? []
  expect(edge).toBe(harness.edge)
  await page.getByText('Open your page and click the launcher').waitFor()

  const site = await serveCustomerPage(edge, undefined, key)
  await page.getByLabel('Domain').fill(site.origin)
  await page.getByText(`Pages on exactly ${site.origin}.`).waitFor()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('1 rule so far').waitFor()

  const visitor = await visit(site.origin)
  await openPanel(visitor.page)
  await ask(visitor.page, 'How do I roll back?')
  expect(await visitor.page.locator('.answer').innerText()).toContain('fernway rollback')
  await page.getByText(`It works on ${site.origin}`).waitFor({ timeout: 40_000 })

  await page.getByRole('link', { name: 'Conversations' }).click()
  await page.getByRole('link', { name: 'How do I roll back?' }).click()
  await expect.poll(() => page.locator('.messages').innerText()).toContain('fernway rollback')
  expect(complaints).toEqual([])
  expect(visitor.complaints).toEqual([])
  await visitor.page.context().close()
  await site.close()
  await page.context().close()
}, 180_000)

it('whoever has not signed in is sent to the sign-in page, and back to where they were going', async () => {
  const person = await newPerson(harness, 'back@walk.example')
  const { id } = await person.json<{ id: string }>('POST', '/api/projects', { name: 'Backward' })
  const { page } = await openDashboard(harness, `/projects/${id}/keys`)
  await heading(page, 'Sign in').waitFor()
  expect(page.url()).toContain('/sign-in?next=')
  await signIn(page, 'back@walk.example')
  await heading(page, 'Keys').waitFor()
  expect(page.url()).toBe(`${harness.app}/projects/${id}/keys`)

  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await heading(page, 'Sign in').waitFor()
  await page.goto(`${harness.app}/projects/${id}/keys`)
  await heading(page, 'Sign in').waitFor()
  await page.context().close()
}, 60_000)

it('a session that ends in the middle of a form takes nothing of it: sign in on the spot, and it is sent', async () => {
  const email = 'expired@walk.example'
  const person = await newPerson(harness, email)
  const { page } = await openDashboard(harness, '/')
  await signIn(page, email)
  await page.getByRole('button', { name: 'New project' }).first().click()
  await page.getByLabel('Name').fill('Kept words')
  const { items } = await person.json<{ items: { id: string; current: boolean }[] }>('GET', '/api/sessions')
  for (const { id, current } of items) if (!current) await person.json('DELETE', `/api/sessions/${id}`)

  await page.getByRole('button', { name: 'Make project' }).click()
  await page.getByRole('heading', { name: 'Sign in again' }).waitFor()
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await heading(page, 'Kept words').waitFor()
  const { items: projects } = await person.json<{ items: { name: string }[] }>('GET', '/api/projects')
  expect(projects.map(({ name }) => name)).toEqual(['Kept words'])
  await page.context().close()
}, 60_000)

it('a double click makes one of it', async () => {
  const email = 'double@walk.example'
  const person = await newPerson(harness, email)
  const { page } = await openDashboard(harness, '/')
  await signIn(page, email)
  await page.getByRole('button', { name: 'New project' }).first().click()
  await page.getByLabel('Name').fill('Once')
  await page.getByRole('button', { name: 'Make project' }).dblclick()
  await heading(page, 'Once').waitFor()
  const { items } = await person.json<{ items: unknown[] }>('GET', '/api/projects')
  expect(items).toHaveLength(1)
  await page.context().close()
}, 60_000)

it('a secret key is shown whole and once, and its window stays until it is kept', async () => {
  const email = 'secret@walk.example'
  const person = await newPerson(harness, email)
  const { id } = await person.json<{ id: string }>('POST', '/api/projects', { name: 'Secretive' })
  const { page } = await openDashboard(harness, `/projects/${id}/keys`, { width: 360 })
  await signIn(page, email)
  await page.getByRole('button', { name: 'New key' }).first().click()
  await page.getByLabel('Label').fill('Build server')
  await page.getByLabel('Servers').check()
  await page.getByRole('button', { name: 'Make key' }).click()
  await page.getByRole('heading', { name: 'Your new key' }).waitFor()
  const dialog = page.getByRole('dialog')
  expect(await dialog.evaluate((box) => box.scrollWidth > box.clientWidth)).toBe(false)
  const key = (await dialog.locator('pre').innerText()).trim()
  expect(key).toMatch(/^pnx_sk_live_\w{54}$/)
  await page.keyboard.press('Escape')
  expect(await dialog.isVisible()).toBe(true)
  await page.getByLabel('I have stored it').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('heading', { name: 'Build server' }).waitFor()
  expect(await page.locator('body').innerText()).not.toContain(key)
  await page.context().close()
}, 60_000)

it('what is wrong with a form stands at its field, which gets the focus, and what was typed stays', async () => {
  const { page } = await openDashboard(harness, '/sign-up')
  await page.getByLabel('Your name').fill('Eve')
  await page.getByLabel('E-mail address').fill('eve at example')
  await page.getByRole('textbox', { name: 'Password' }).fill('<script>alert(1)</script>')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText('Not an e-mail address.').waitFor()
  const address = page.getByLabel('E-mail address')
  await expect.poll(() => address.evaluate((input) => input === document.activeElement)).toBe(true)
  expect(await address.getAttribute('aria-invalid')).toBe('true')
  expect(await page.getByLabel('Your name').inputValue()).toBe('Eve')
  await page.context().close()
})

it('a member of another organization finds nothing here, in words', async () => {
  const owner = await newPerson(harness, 'mine@walk.example')
  const { id } = await owner.json<{ id: string }>('POST', '/api/projects', { name: 'Mine' })
  await newPerson(harness, 'other@walk.example')
  const { page } = await openDashboard(harness, `/projects/${id}/domains`)
  await signIn(page, 'other@walk.example')
  await heading(page, 'Domains').waitFor()
  await page.getByText('There is nothing here.').first().waitFor()
  expect(await page.locator('body').innerText()).not.toContain('Mine')
  await page.context().close()
}, 60_000)

it('everything is reached by keyboard: past the menu, into it on a phone, through a dialog and back', async () => {
  await newPerson(harness, 'keys@walk.example')
  const { page } = await openDashboard(harness, '/', { width: 360 })
  await signIn(page, 'keys@walk.example')
  await heading(page, 'Projects').waitFor()
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)
  await page.reload()
  await heading(page, 'Projects').waitFor()
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Skip to content')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Menu')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Your security' }).focus()
  await page.keyboard.press('Enter')
  await heading(page, 'Security').waitFor()
  await expect.poll(focused).toBe('Security')

  await page.goBack()
  const open = page.getByRole('button', { name: 'New project' }).first()
  await open.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'New project' }).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => open.evaluate((button) => button === document.activeElement)).toBe(true)
  await page.context().close()
}, 60_000)

it('a second factor is set up by its key, asked for at the next sign-in, and a backup code does as well', async () => {
  const email = 'factor@walk.example'
  await newPerson(harness, email)
  const { page } = await openDashboard(harness, '/security')
  await signIn(page, email)
  await page.getByRole('button', { name: 'Set it up' }).click()
  await page.getByRole('img', { name: 'Code for an authenticator app' }).waitFor()
  const secret = await page.locator('dialog pre').innerText()
  await page
    .getByLabel('Code that the app shows now')
    .fill(totpCode(fromBase32(secret.trim()) ?? new Uint8Array(), totpStep(Date.now())))
  await page.getByRole('button', { name: 'Switch on' }).click()
  await page.getByRole('heading', { name: 'Your backup codes' }).waitFor()
  const codes = (await page.locator('dialog pre').innerText()).trim().split('\n')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download as a file' }).click()
  expect((await download).suggestedFilename()).toBe('pernoex-backup-codes.txt')
  await page.getByLabel('I have stored them').check()
  await page.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await signIn(page, email)
  await page.getByRole('button', { name: 'Use a backup code' }).click()
  await page.getByLabel('Backup code').fill(codes[0] ?? '')
  await page.getByRole('button', { name: 'Continue' }).click()
  await heading(page, 'Projects').waitFor()
  const stranger = createDashboardClient(harness)
  expect(await (await stranger.signIn(email, PASSWORD)).json()).toEqual({ secondFactor: true })
  await page.context().close()
}, 90_000)

it('somebody who is invited accepts on the page of the mail, and sees the projects that they were given, no others', async () => {
  const owner = await newPerson(harness, 'boss@walk.example')
  const { id: given } = await owner.json<{ id: string }>('POST', '/api/projects', { name: 'Given' })
  await owner.json('POST', '/api/projects', { name: 'Withheld' })
  const { page } = await openDashboard(harness, '/team')
  await signIn(page, 'boss@walk.example')
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  await page.getByLabel('E-mail address').fill('guest@walk.example')
  await page.getByLabel('Given').check()
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await page.getByText('guest@walk.example', { exact: true }).waitFor()
  await page.context().close()

  await newPerson(harness, 'guest@walk.example')
  const token = await mailedToken(harness, 'guest@walk.example', 'invitation')
  const guest = (await openDashboard(harness, `/invitation#${token}`)).page
  await heading(guest, 'Join boss').waitFor()
  await guest.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await guest.getByRole('button', { name: 'Sign in' }).click()
  await heading(guest, 'Projects').waitFor()
  await guest.getByRole('link', { name: 'Given' }).click()
  await heading(guest, 'Given').waitFor()
  const menu = await guest.getByRole('navigation').innerText()
  expect(menu).toContain('Conversations')
  for (const hidden of ['Keys', 'Domains', 'Appearance', 'Team', 'Audit log']) expect(menu).not.toContain(hidden)
  expect(await guest.locator('body').innerText()).not.toContain('Withheld')
  await guest.goto(`${harness.app}/projects/${given}/keys`)
  await guest.getByText('Your role does not allow that.').waitFor()
  await guest.context().close()
}, 90_000)

it('a project is taken away as a file, and deleted only once its name was typed', async () => {
  const email = 'leaving@walk.example'
  const person = await newPerson(harness, email)
  const { id } = await person.json<{ id: string }>('POST', '/api/projects', { name: 'Farewell' })
  const { page } = await openDashboard(harness, `/projects/${id}/settings`)
  await signIn(page, email)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export as a file' }).click()
  expect((await download).suggestedFilename()).toBe(`pernoex-${id}.json`)
  await page.getByRole('button', { name: 'Delete project' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Type the name of the project').fill('farewell')
  expect(await dialog.getByRole('button', { name: 'Delete project' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Type the name of the project').fill('Farewell')
  await dialog.getByRole('button', { name: 'Delete project' }).click()
  await heading(page, 'Projects').waitFor()
  await page.getByText('Make your first project').waitFor()
  expect((await person.send('GET', `/api/projects/${id}`)).status).toBe(404)
  await page.context().close()
}, 60_000)

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import type { ProjectId } from '#shared/ids.ts'
import { newPerson, PASSWORD } from '#tests/api/dashboard-client.ts'
import { type Harness, startHarness } from '#tests/api/harness.ts'
import { closeBrowser, browserTest as it } from './browser.ts'
import { heading, openDashboard, signIn } from './dashboard-visit.ts'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness({ dashboard: true })
}, 120_000)
afterAll(async () => {
  await closeBrowser()
  await harness.close()
})

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

it('500 files at once, with bad ones among them and a line that breaks, end with every good one read and a reason for each other', async () => {
  const email = 'many@walk.example'
  const person = await newPerson(harness, email)
  const { id } = await person.json<{ id: string }>('POST', '/api/projects', { name: 'Many' })
  const { page } = await openDashboard(harness, `/projects/${id}/knowledge`)
  await signIn(page, email)
  await heading(page, 'Knowledge').waitFor()
  let sent = 0
  await page.route('**/api/projects/*/documents', (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    sent += 1
    return sent === 3 ? route.abort('connectionreset') : route.continue()
  })
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-many-'))
  const put = (name: string, text: string | Uint8Array) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const good = Array.from({ length: 500 }, (_, n) => put(`page-${n}.md`, `# Page ${n}\n\nWhat page ${n} says.\n`))
  const bad = [
    put('huge.md', Buffer.alloc(25 * 1024 * 1024, 'x')),
    put('picture.png', 'x'),
    put('latin.txt', new Uint8Array([0x63, 0x61, 0x66, 0xe9])),
    put('empty.md', ''),
  ]
  await page.getByLabel('Files').setInputFiles([...good, ...bad, good[7] ?? ''])
  await page.getByText('500 documents read').waitFor({ timeout: 120_000 })
  const reasons = await page.getByRole('list', { name: 'Could not be read' }).innerText()
  for (const reason of [
    /huge\.md\s+It is larger than 2 MB/,
    /picture\.png\s+Only \.md/,
    /latin\.txt\s+It is not UTF-8/,
  ])
    expect(reasons).toMatch(reason)
  expect(reasons).toMatch(/empty\.md\s+It is empty/)
  expect(reasons).toMatch(/page-7\.md\s+Another file of this path/)
  expect(sent).toBeGreaterThan(13)
  const [{ total } = { total: 0 }] = (await harness.asProject(
    id as ProjectId,
    "select count(*)::int as total from documents where state = 'ready'",
  )) as { total: number }[]
  expect(total).toBe(500)
  rmSync(folder, { recursive: true })
  await page.context().close()
}, 180_000)

it('an upload whose page is closed half way leaves whole documents, and the same files complete it', async () => {
  const email = 'half@walk.example'
  const person = await newPerson(harness, email)
  const { id } = await person.json<{ id: string }>('POST', '/api/projects', { name: 'Half' })
  const files = Array.from({ length: 60 }, (_, n) => ({
    ...{ name: `half-${n}.md`, mimeType: 'text/markdown' },
    buffer: Buffer.from(`# Half ${n}\n\nWhat half ${n} says.\n`),
  }))
  const open = async () => {
    const { page } = await openDashboard(harness, `/projects/${id}/knowledge`)
    await signIn(page, email)
    await heading(page, 'Knowledge').waitFor()
    return page
  }
  const first = await open()
  let sent = 0
  await first.route('**/api/projects/*/documents', (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    sent += 1
    // The second batch never gets there: the page is gone.
    return sent === 1 ? route.continue() : first.context().close()
  })
  await first.getByLabel('Files').setInputFiles(files)
  await expect.poll(() => sent, { timeout: 30_000 }).toBe(2)

  const second = await open()
  await second.getByLabel('Files').setInputFiles(files)
  await second.getByText('20 documents read').waitFor({ timeout: 60_000 })
  await second.getByText('40 documents had not changed').waitFor()
  await second.context().close()
}, 120_000)

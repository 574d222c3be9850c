import { afterAll, beforeAll, expect } from 'vitest'
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

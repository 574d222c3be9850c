import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, startHarness, type TestProject } from '#tests/api/harness.ts'
import { closeBrowser, browserTest as it } from './browser.ts'
import { openPanel, panel, visit } from './customer-page.ts'

const SERVE = fileURLToPath(new URL('../../examples/02-refused-origin/serve.ts', import.meta.url))

let harness: Harness
let project: TestProject
let server: ChildProcess
let address = ''

/** Example 02 as its README starts it, against the real Worker with the built widget. */
beforeAll(async () => {
  harness = await startHarness({ widget: true })
  project = await harness.createProject()
  const env = { PATH: process.env.PATH, PERNOEX_API: harness.edge, PERNOEX_KEY: project.publicKey }
  server = spawn(process.execPath, [SERVE], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  if (server.stdout) address = String((await once(server.stdout, 'data'))[0]).trim()
})
afterAll(async () => {
  server?.kill('SIGTERM')
  await closeBrowser()
  await harness.close()
})

test('the page shows the code that the API refuses it with, and the database is not asked', async () => {
  harness.database.reset()
  const text = await (await fetch(address)).text()
  expect(text).toContain('&#34;code&#34;: &#34;origin_not_allowed&#34;')
  expect(text).not.toContain('%')
  expect(harness.database.statements()).toBe(0)
})

it('its owner reads in the widget which origin to add, and the browser keeps the refusal from the page', async () => {
  harness.database.reset()
  const { page, complaints } = await visit(address)
  await openPanel(page)
  const { origin } = new URL(address)
  await expect.poll(() => panel(page).innerText()).toContain(`add ${origin} to the allowed domains`)
  expect(complaints.join('\n')).toContain('CORS')
  expect(await page.locator('#answer').innerText()).toContain('origin_not_allowed')
  expect(harness.database.statements()).toBe(0)
  await page.context().close()
})

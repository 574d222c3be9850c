import { access, constants } from 'node:fs/promises'
import { type Browser, chromium } from 'playwright-core'
import { type TestAPI, test } from 'vitest'

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']

/** `CHROMIUM` from the environment, else the system's, else the one from npm (its path only: its flags weaken the web). */
async function findBrowser(): Promise<string | null> {
  for (const path of [process.env.CHROMIUM ?? '', ...SYSTEM])
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path
  try {
    const { default: packed } = await import('@sparticuz/chromium')
    return await packed.executablePath()
  } catch {
    return null
  }
}

const executablePath = await findBrowser()
if (!executablePath) {
  const message = 'No Chromium found: set CHROMIUM, or apt-get install chromium, or npm ci with dev dependencies.'
  if (process.env.CI) throw new Error(message)
  console.error(`\n!!! ${message} Every browser test is SKIPPED.\n`)
}

/** `test`, but skipped (loudly, see above) where there is no browser. */
export const browserTest: TestAPI['skip'] = executablePath ? test : test.skip

let running: Promise<Browser> | undefined

/** One browser for a test file; each test opens contexts of its own. */
export function openBrowser(): Promise<Browser> {
  if (!executablePath) throw new Error('no browser')
  const args = process.getuid?.() === 0 ? [...QUIET, '--no-sandbox'] : QUIET
  running ??= chromium.launch({ executablePath, args, headless: true })
  return running
}

export async function closeBrowser(): Promise<void> {
  await (await running)?.close()
  running = undefined
}

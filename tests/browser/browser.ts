import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'
import { type TestAPI, test } from 'vitest'

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const LONGEST_UNPACKING_MS = 30_000
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']

/** `CHROMIUM` from the environment, else the system's, else the one from npm (its path only: its flags weaken the web). */
async function findBrowser(): Promise<string | null> {
  for (const path of [process.env.CHROMIUM ?? '', ...SYSTEM]) if (path && (await runs(path))) return path
  const unpacked = await unpackOnce().catch((error) => {
    console.error(error)
    return null
  })
  return unpacked && (await runs(unpacked)) ? unpacked : null
}

/** Also finds out whether the libraries it needs are there. */
async function runs(path: string): Promise<boolean> {
  return promisify(execFile)(path, ['--version']).then(
    () => true,
    () => false,
  )
}

/** Workers run side by side and the package unpacks to one place: a second one must wait until the first is through. */
async function unpackOnce(): Promise<string> {
  const lock = join(tmpdir(), 'pernoex-chromium.lock')
  for (let waited = 0; waited < LONGEST_UNPACKING_MS; waited += 250) {
    const mine = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (mine) break
    await new Promise((wake) => setTimeout(wake, 250))
  }
  try {
    const { default: packed } = await import('@sparticuz/chromium')
    return await packed.executablePath()
  } finally {
    await rm(lock, { recursive: true, force: true })
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

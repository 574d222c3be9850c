import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { V4WorkerOptions } from 'miniflare'
import { StartProblem } from './start-problem.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CACHE = join(ROOT, 'node_modules/.cache/pernoex')

/** The two Workers: the edge host's first, which also serves what has no route. */
const WORKERS = [
  { name: 'pernoex', config: 'wrangler.toml', main: 'worker.js' },
  { name: 'pernoex-app', config: 'edge-api/app-worker.toml', main: 'app-worker.js' },
] as const
/** What the Workers are made of; the rest of `edge-api` never reaches them. */
const SOURCES = ['edge-api', 'shared']
const NOT_SOURCES = /^edge-api\/(?:local|reference)\//

/** A Worker as wrangler bundles and configures it. */
export interface WorkerBundle {
  name: (typeof WORKERS)[number]['name']
  /** Miniflare's options for it, without its name and script. */
  options: V4WorkerOptions
  /** Path of an ES module. */
  script: string
  /** Path of esbuild's account of what the script is made of. */
  metafile: string
}

/** Both, from the cache where neither source nor lock file has changed since; else wrangler makes them, in a few seconds. */
export async function bundleWorkers(): Promise<WorkerBundle[]> {
  const folder = join(CACHE, `workers-${sourceHash()}`)
  if (!existsSync(folder)) await makeBundles(folder)
  return WORKERS.map(({ name, main }) => ({
    name,
    options: JSON.parse(readFileSync(join(folder, name, 'options.json'), 'utf8')),
    script: join(folder, name, main),
    metafile: join(folder, name, 'meta.json'),
  }))
}

function sourceHash(): string {
  // The options hold paths of this tree.
  const hash = createHash('sha256').update(ROOT)
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length)),
  )
  const counted = files.filter((path) => !NOT_SOURCES.test(path)).sort()
  for (const path of [...counted, 'wrangler.toml', 'package-lock.json', 'edge-api/local/worker-bundles.ts'])
    hash.update(`${path}\n`).update(readFileSync(join(ROOT, path)))
  return hash.digest('hex').slice(0, 16)
}

/** Under another name until all of it is there: two starts at once, or one that is killed, leave no half of it. */
async function makeBundles(folder: string): Promise<void> {
  const draft = `${folder}.${randomUUID()}`
  // On a fresh clone nothing has built the widget's and the dashboard's files yet, and wrangler wants their folder.
  mkdirSync(join(ROOT, 'dist/assets'), { recursive: true })
  mkdirSync(draft, { recursive: true })
  try {
    const [{ unstable_getMiniflareWorkerOptions }] = await Promise.all([
      loadWrangler(),
      ...WORKERS.map(({ name, config }) => bundle(config, join(draft, name))),
    ])
    for (const { name, config } of WORKERS) {
      const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, config), '')
      const { modulesRules: _, ...options } = workerOptions
      writeFileSync(join(draft, name, 'options.json'), JSON.stringify(options))
    }
    if (!existsSync(folder)) renameSync(draft, folder)
    forgetOthers(folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Each change of a source makes new ones, of 17 MB; whoever runs the old ones has read them. */
function forgetOthers(folder: string): void {
  for (const name of readdirSync(CACHE))
    if (/^workers-[0-9a-f]{16}$/.test(name) && name !== basename(folder))
      rmSync(join(CACHE, name), { recursive: true, force: true })
}

function loadWrangler(): Promise<typeof import('wrangler')> {
  Object.assign(process.env, QUIET)
  return import('wrangler')
}

/** wrangler reads these when it is loaded: no calls home, no settings from elsewhere. */
const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'false',
}

function bundle(config: string, outdir: string): Promise<void> {
  const args = ['deploy', '--dry-run', '--env', '', '--config', config, '--outdir', outdir]
  const wrangler = spawn(join(ROOT, 'node_modules/.bin/wrangler'), [...args, '--metafile', join(outdir, 'meta.json')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...QUIET, CI: 'true' },
  })
  let said = ''
  wrangler.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  return new Promise((resolve, reject) => {
    wrangler.once('error', reject)
    wrangler.once('close', (code) =>
      code === 0 ? resolve() : reject(new StartProblem(`The Worker of ${config} could not be bundled: ${said.trim()}`)),
    )
  })
}

/**
 * Builds the dashboard: one page, and files under `assets/` whose names change with their content; each of the dashboard's
 * pages is a file of its own, loaded when it is opened. Serves `npm start`, `npm run build` and the tests.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Plugin, type Rolldown } from 'vite'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE = join(ROOT, 'dashboard')
/** As the widget's. */
const TARGET = ['chrome123', 'firefox128', 'safari17.5']

export interface DashboardManifest {
  /** Digest of everything that it is built from. */
  inputs: string
  files: DashboardFile[]
  /** The files of the build before this one: a page that was opened then goes on loading them. */
  earlier: string[]
}

export interface DashboardFile {
  /** Such as `assets/main-3f9a1c2b.js`. */
  file: string
  gzip: number
  /** What it is loaded for: `main`, or the source file of a page. */
  name: string
  /** Files that are loaded with it: scripts and styles. */
  needs: string[]
}

export interface DashboardBuild {
  outDir?: string
  /** The widget's loader that pages can pin: its file below the edge host, and its integrity value. */
  release?: { file: string; integrity: string } | null
}

/** Does nothing when no input has changed. Others may be reading the folder meanwhile. */
export async function buildDashboard({
  outDir = join(ROOT, 'dist/assets/dashboard'),
  release = null,
}: DashboardBuild = {}): Promise<DashboardManifest> {
  const pin = JSON.stringify(release && { file: release.file, integrity: release.integrity })
  const inputs = await digestInputs(pin)
  const current = await readManifest(outDir)
  if (current?.inputs === inputs) return current
  const output = await bundle(pin)
  for (const item of output)
    if (item.fileName !== 'index.html') await write(join(outDir, item.fileName), contentOf(item))
  const page = output.find(({ fileName }) => fileName === 'index.html')
  if (!page) throw new Error('the build has no index.html')
  await write(join(outDir, 'index.html'), contentOf(page))
  const earlier = current?.files.map(({ file }) => file) ?? []
  const manifest = { inputs, files: output.filter((item) => item !== page).map(describe), earlier }
  await write(join(outDir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await removeOld(outDir, manifest)
  return manifest
}

async function bundle(pin: string): Promise<Output[]> {
  const result = (await build({
    configFile: false,
    root: SOURCE,
    mode: 'production',
    logLevel: 'warn',
    publicDir: false,
    define: { WIDGET_RELEASE: pin },
    plugins: [blocking()],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: {
      write: false,
      target: TARGET,
      cssTarget: TARGET,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
    },
  })) as Rolldown.RolldownOutput
  return result.output
}

/** Vite drops the attribute: with it nothing is painted before the script knows whether light or dark was chosen. */
function blocking(): Plugin {
  return {
    name: 'blocking',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
  }
}

type Output = Rolldown.OutputChunk | Rolldown.OutputAsset

const contentOf = (item: Output): string | Uint8Array => (item.type === 'chunk' ? item.code : item.source)

function describe(item: Output): DashboardFile {
  const styles = item.type === 'chunk' ? [...(item.viteMetadata?.importedCss ?? [])] : []
  return {
    file: item.fileName,
    gzip: gzipSync(contentOf(item), { level: 9 }).length,
    name: item.type === 'chunk' ? item.name : (item.names[0] ?? item.fileName),
    needs: item.type === 'chunk' ? [...item.imports, ...styles] : [],
  }
}

async function removeOld(outDir: string, { files, earlier }: DashboardManifest): Promise<void> {
  const kept = new Set([...files.map(({ file }) => file), ...earlier])
  for (const name of await readdir(join(outDir, 'assets')))
    if (!kept.has(`assets/${name}`) && !name.endsWith('.draft')) await rm(join(outDir, 'assets', name), { force: true })
}

async function digestInputs(pin: string): Promise<string> {
  const hash = createHash('sha256').update(pin)
  const folders = [SOURCE, join(ROOT, 'shared')]
  const listed = await Promise.all(folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true })))
  const paths = listed.flat().filter((entry) => entry.isFile() && /\.(tsx?|css|html|svg)$/.test(entry.name))
  const own = paths.map(({ parentPath, name }) => join(parentPath, name)).sort()
  for (const path of [...own, join(ROOT, 'package-lock.json')])
    hash.update(`${relative(ROOT, path)}\0`).update(await readFile(path))
  return hash.digest('hex')
}

/** Null when there is none, or a file of it is missing. */
async function readManifest(outDir: string): Promise<DashboardManifest | null> {
  try {
    const manifest: DashboardManifest = JSON.parse(await readFile(join(outDir, 'manifest.json'), 'utf8'))
    const there = new Set(await readdir(join(outDir, 'assets')))
    return manifest.files.every(({ file }) => there.has(file.slice('assets/'.length))) ? manifest : null
  } catch {
    return null
  }
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.draft`
  await writeFile(draft, content)
  await rename(draft, path)
}

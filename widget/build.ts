/**
 * Builds what pages load: first the panel as one content-hashed ES module, then the loader, into which the panel's file
 * name and integrity value are written. `node widget/build.ts [outDir]`, or `buildWidget` from `npm start` and the tests.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type InlineConfig, type Plugin, type Rolldown } from 'vite'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WIDGET = join(ROOT, 'widget')
/** Mid-2024 browsers: `light-dark()`, relative colours, constructable sheets, `AbortSignal.any`. */
const TARGET = ['chrome123', 'firefox128', 'safari17.5']

export interface BuiltFile {
  /** Path below the edge host, without a leading slash. */
  file: string
  bytes: number
  gzip: number
  /** Subresource Integrity value. */
  integrity: string
}

export interface WidgetManifest {
  loader: BuiltFile
  panel: BuiltFile
  answer: BuiltFile
  /** Digest of everything the files were made from. */
  inputs: string
}

/**
 * Writes `widget.js`, its two modules and `manifest.json`; does nothing when no input has
 * changed. Each file is built after the one it names: the panel vouches for the answer part, the loader for the panel.
 */
export async function buildWidget({ outDir = join(ROOT, 'dist/widget') } = {}): Promise<WidgetManifest> {
  const inputs = await digestInputs()
  const current = await readManifest(outDir)
  if (current?.inputs === inputs) return current

  const answer = hashed('answer', await bundle('answer.ts', 'es', {}))
  const panel = hashed('panel', await bundle('pernoex.ts', 'es', naming('ANSWER', answer)))
  const loader = { name: 'widget.js', code: await bundle('loader.ts', 'iife', naming('PANEL', panel)) }
  for (const { name, code } of [answer, panel, loader]) await write(join(outDir, name), code)
  const manifest = { loader: describe(loader), panel: describe(panel), answer: describe(answer), inputs }
  await write(join(outDir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

interface Output {
  /** Path below the edge host, without a leading slash. */
  name: string
  code: string
}

function hashed(name: string, code: string): Output {
  return { name: `${name}.${createHash('sha256').update(code).digest('hex').slice(0, 12)}.js`, code }
}

const integrityOf = (code: string) => `sha384-${createHash('sha384').update(code).digest('base64')}`

function naming(prefix: string, { name, code }: Output): Record<string, string> {
  return { [`${prefix}_FILE`]: JSON.stringify(name), [`${prefix}_INTEGRITY`]: JSON.stringify(integrityOf(code)) }
}

function describe({ name, code }: Output): BuiltFile {
  const gzip = gzipSync(code, { level: 9 }).length
  return { file: name, bytes: Buffer.byteLength(code), gzip, integrity: integrityOf(code) }
}

async function bundle(entry: string, format: 'es' | 'iife', define: Record<string, string>): Promise<string> {
  const config: InlineConfig = {
    configFile: false,
    root: WIDGET,
    mode: 'production',
    logLevel: 'warn',
    publicDir: false,
    define: { ...define, 'process.env.NODE_ENV': '"production"' },
    plugins: [withoutMarkup(), aliases(entry === 'answer.ts')],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: {
      write: false,
      target: TARGET,
      cssTarget: TARGET,
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(WIDGET, entry),
        preserveEntrySignatures: 'strict',
        output: { format, codeSplitting: false, entryFileNames: '[name].js' },
      },
    },
  }
  const result = (await build(config)) as Rolldown.RolldownOutput
  const chunks = result.output.filter((output) => output.type === 'chunk')
  if (chunks.length !== 1 || result.output.length !== 1)
    throw new Error(`${entry} must become exactly one file, got ${result.output.map(({ fileName }) => fileName)}`)
  return (chunks[0] as Rolldown.OutputChunk).code
}

/**
 * Cuts the branch that writes markup strings out of Preact, so that the shipped file cannot do it even by mistake. Throws
 * when an upgrade has changed the place, which must then be looked at again.
 */
function withoutMarkup(): Plugin {
  const branch = /(\w)\?\([^;]*?\.innerHTML=\1\.__html\),\w\.__k=\[\]\):\(\w&&\(\w\.textContent=""\),/
  const reads = /"dangerouslySetInnerHTML"==\w\?\w=\w:/g
  return {
    name: 'without-markup',
    transform(code, id) {
      if (!/preact[\\/]dist[\\/]preact\.mjs$/.test(id)) return null
      const cut = code.replace(branch, '(').replace(reads, '')
      if (/innerHTML/i.test(cut)) throw new Error('Preact has changed: its markup branch was not found')
      return cut
    },
  }
}

/** `#shared/` outside of Node; JSX without its server half; and for the answer part the panel's Preact in place of its own. */
function aliases(borrowing: boolean): Plugin {
  return {
    name: 'aliases',
    enforce: 'pre',
    resolveId(id) {
      if (id.startsWith('#shared/')) return join(ROOT, 'shared', id.slice('#shared/'.length))
      if (id === 'preact/jsx-runtime') return join(WIDGET, 'jsx.ts')
      if (!borrowing || !/^preact($|\/)/.test(id)) return null
      if (id === 'preact') return join(WIDGET, 'borrowed.ts')
      throw new Error(`the answer part must borrow ${id}`)
    },
  }
}

async function digestInputs(): Promise<string> {
  const hash = createHash('sha256')
  const names = (await readdir(WIDGET)).filter((name) => /\.(tsx?|css)$/.test(name)).sort()
  const paths = [...names.map((name) => join(WIDGET, name)), join(ROOT, 'shared/limits.ts')]
  for (const name of ['preact', 'vite']) paths.push(join(ROOT, 'node_modules', name, 'package.json'))
  for (const path of paths) hash.update(`${path.slice(ROOT.length)}\0`).update(await readFile(path))
  return hash.digest('hex')
}

async function readManifest(outDir: string): Promise<WidgetManifest | null> {
  try {
    const manifest: WidgetManifest = JSON.parse(await readFile(join(outDir, 'manifest.json'), 'utf8'))
    for (const { file, integrity } of [manifest.loader, manifest.panel, manifest.answer])
      if (integrityOf(await readFile(join(outDir, file), 'utf8')) !== integrity) return null
    return manifest
  } catch {
    return null
  }
}

/** Other processes may be reading: a file is there whole or not at all. */
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.draft`
  await writeFile(draft, text)
  await rename(draft, path)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [outDir] = process.argv.slice(2)
  const { loader, panel, answer } = await buildWidget(outDir ? { outDir } : {})
  for (const { file, bytes, gzip } of [loader, panel, answer]) console.log(`${file}  ${bytes} bytes, ${gzip} gzipped`)
}

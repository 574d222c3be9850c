/** How the widget's sources become files: shared by what the edge host serves and what npm carries. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig, type Plugin, type Rolldown } from 'vite'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
export const WIDGET = join(ROOT, 'widget')
/** Mid-2024 browsers: `light-dark()`, relative colours, constructable sheets, `AbortSignal.any`. */
const TARGET = ['chrome123', 'firefox128', 'safari17.5']

interface Bundling {
  define: Record<string, string>
  plugins?: Plugin[]
  rolldownOptions: NonNullable<NonNullable<InlineConfig['build']>['rolldownOptions']>
}

export async function bundle({ define, plugins = [], rolldownOptions }: Bundling): Promise<Rolldown.OutputChunk[]> {
  const result = (await build({
    configFile: false,
    root: WIDGET,
    mode: 'production',
    logLevel: 'warn',
    publicDir: false,
    define: { ...define, 'process.env.NODE_ENV': '"production"' },
    plugins: [...plugins, withoutMarkup(), aliases()],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: {
      write: false,
      target: TARGET,
      cssTarget: TARGET,
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions,
    },
  })) as Rolldown.RolldownOutput
  const strays = result.output.filter(({ type }) => type !== 'chunk').map(({ fileName }) => fileName)
  if (strays.length > 0) throw new Error(`only scripts were expected, got ${strays}`)
  return result.output.filter((output) => output.type === 'chunk')
}

/** One script without imports or exports, from a file that runs as it is. */
export async function bundleScript(entry: string, define: Record<string, string>): Promise<string> {
  return asciiOnly(await oneScript({ define, rolldownOptions: { input: join(WIDGET, entry) } }))
}

/** One script that leaves what `entry` exports as `name` on its own element, where tag.ts finds it. */
export async function bundlePart(entry: string, name: string, define: Record<string, string> = {}): Promise<string> {
  const plugins = [partEntry(entry, name), ...(entry === 'answer.ts' ? [borrowing()] : [])]
  const code = await oneScript({ define, plugins, rolldownOptions: { input: PART } })
  return entry.startsWith('words-') ? code : asciiOnly(code)
}

/** One character beyond Latin-1, such as an ellipsis, makes V8 keep the whole file at two bytes a character. */
function asciiOnly(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

async function oneScript({ rolldownOptions, ...rest }: Bundling): Promise<string> {
  const output = { format: 'iife' as const, codeSplitting: false, entryFileNames: '[name].js' }
  const chunks = await bundle({ ...rest, rolldownOptions: { ...rolldownOptions, output } })
  if (chunks.length !== 1) throw new Error(`exactly one file was expected, got ${chunks.length}`)
  return (chunks[0] as Rolldown.OutputChunk).code
}

const PART = 'part.js'

function partEntry(entry: string, name: string): Plugin {
  return {
    name: 'part-entry',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith(PART) ? `\0${PART}` : null),
    load: (id) =>
      id === `\0${PART}`
        ? `import { ${name} } from ${JSON.stringify(join(WIDGET, entry))}\ndocument.currentScript.offer = ${name}`
        : null,
  }
}

/** The answer part uses the panel's Preact in place of its own. */
function borrowing(): Plugin {
  return {
    name: 'borrowing',
    enforce: 'pre',
    resolveId(id) {
      if (!/^preact($|\/)/.test(id) || id === 'preact/jsx-runtime') return null
      if (id === 'preact') return join(WIDGET, 'borrowed.ts')
      throw new Error(`the answer part must borrow ${id}`)
    },
  }
}

/** `#shared/` outside of Node, and JSX without its server half. */
function aliases(): Plugin {
  return {
    name: 'aliases',
    enforce: 'pre',
    resolveId(id) {
      if (id.startsWith('#shared/')) return join(ROOT, 'shared', id.slice('#shared/'.length))
      return id === 'preact/jsx-runtime' ? join(WIDGET, 'jsx.ts') : null
    },
  }
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

/** The version of what is built, for people; files are told apart by their content. */
export function packageManifest(): { version: string } {
  return JSON.parse(readFileSync(join(WIDGET, 'npm/package.json'), 'utf8'))
}

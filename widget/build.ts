/**
 * Builds what pages load. Each file is built after those it names and vouches for them: the panel for the answer part and
 * the words, the loader for the panel. `buildWidget` serves `npm start`, `npm run build` and the tests.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundlePart, bundleScript, packageManifest, ROOT, WIDGET } from './bundle.ts'
import { addRelease, type BuiltFile, filesOf, findRelease, type Release, type WidgetManifest } from './releases.ts'

export { type BuiltFile, findRelease, type WidgetManifest } from './releases.ts'

export interface WidgetBuild {
  outDir?: string
  /** Address of an edge host whose releases go on being served from here. */
  keep?: string
  /** Release that `widget.js` shall be; without it the newest. */
  channel?: string
}

/**
 * Writes the content-hashed files, `widget.js` and `widget-element.js` as copies of the channel's, and `manifest.json`;
 * does nothing when no input has changed.
 */
export async function buildWidget({
  outDir = join(ROOT, 'dist/assets/widget'),
  keep,
  channel,
}: WidgetBuild = {}): Promise<WidgetManifest> {
  const inputs = await digestInputs()
  const current = await readManifest(outDir)
  if (current?.inputs === inputs && !keep && (channel ?? current.id) === current.channel) return current

  const release = await buildRelease(outDir)
  const kept = keep ? await fetchReleases(keep, outDir) : []
  const earlier = [...kept, ...(current?.releases ?? [])]
  const releases = [...new Map(addRelease(release, earlier).map((known) => [known.id, known])).values()]
  const chosen = findRelease(releases, channel ?? release.id)
  await write(join(outDir, 'widget.js'), await readFile(join(outDir, chosen.loader.file), 'utf8'))
  await write(join(outDir, 'widget-element.js'), await readFile(join(outDir, chosen.element.file), 'utf8'))
  const manifest: WidgetManifest = { ...release, releases, channel: chosen.id, inputs }
  await write(join(outDir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

async function buildRelease(outDir: string): Promise<Release> {
  const put = async (name: string, code: string): Promise<BuiltFile> => {
    const file = `${name}-${createHash('sha256').update(code).digest('hex').slice(0, 8)}.js`
    await write(join(outDir, file), code)
    return describe(file, code)
  }
  const words: Record<string, BuiltFile> = {}
  for (const language of ['de', 'ar'])
    words[language] = await put(`words-${language}`, await bundlePart(`words-${language}.ts`, 'words'))
  const answer = await put('answer', await bundlePart('answer.ts', 'start'))
  const spoken = Object.entries(words).map(([language, { file, integrity }]) => [language, [file, integrity]])
  const named = { ...naming('ANSWER', answer), WORDS: JSON.stringify(Object.fromEntries(spoken)) }
  const panel = await put('pernoex', await bundlePart('pernoex.ts', 'mount', named))
  const loader = await put('widget', await bundleScript('loader.ts', naming('PANEL', panel)))
  const element = await put('widget-element', await bundleScript('element-tag.ts', naming('PANEL', panel)))
  const content = createHash('sha256')
    .update(loader.integrity + element.integrity)
    .digest('hex')
    .slice(0, 8)
  return { id: `${packageManifest().version}-${content}`, loader, element, panel, answer, words }
}

/** SHA-256: the value stands in the loader, where every byte is paid by every page. */
const integrityOf = (code: string) => `sha256-${createHash('sha256').update(code).digest('base64')}`

function naming(prefix: string, { file, integrity }: BuiltFile): Record<string, string> {
  return { [`${prefix}_FILE`]: JSON.stringify(file), [`${prefix}_INTEGRITY`]: JSON.stringify(integrity) }
}

function describe(file: string, code: string): BuiltFile {
  const gzip = gzipSync(code, { level: 9 }).length
  return { file, bytes: Buffer.byteLength(code), gzip, integrity: integrityOf(code) }
}

/** Brings a host's releases over, each file checked against the integrity value that its pages rely on. */
async function fetchReleases(host: string, outDir: string): Promise<Release[]> {
  const get = async (file: string) => {
    const response = await fetch(new URL(file, `${new URL(host).origin}/`))
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`)
    return response.text()
  }
  const { releases }: WidgetManifest = JSON.parse(await get('manifest.json'))
  for (const { file, integrity } of releases.flatMap(filesOf)) {
    const code = await get(file)
    if (!/^[\w-]+\.js$/.test(file) || integrityOf(code) !== integrity)
      throw new Error(`${file} from ${host} is not the file that was released`)
    await write(join(outDir, file), code)
  }
  return releases
}

async function digestInputs(): Promise<string> {
  const hash = createHash('sha256')
  const names = (await readdir(WIDGET)).filter((name) => /\.(tsx?|css)$/.test(name)).sort()
  const paths = [...names.map((name) => join(WIDGET, name)), join(ROOT, 'shared/limits.ts')]
  paths.push(join(WIDGET, 'npm/package.json'))
  for (const name of ['preact', 'vite']) paths.push(join(ROOT, 'node_modules', name, 'package.json'))
  for (const path of paths) hash.update(`${path.slice(ROOT.length)}\0`).update(await readFile(path))
  return hash.digest('hex')
}

/** Null when there is none, or a file of it is not there whole. */
async function readManifest(outDir: string): Promise<WidgetManifest | null> {
  try {
    const manifest: WidgetManifest = JSON.parse(await readFile(join(outDir, 'manifest.json'), 'utf8'))
    const channel = findRelease(manifest.releases, manifest.channel)
    const copies = [
      { file: 'widget.js', integrity: channel.loader.integrity },
      { file: 'widget-element.js', integrity: channel.element.integrity },
    ]
    for (const { file, integrity } of [...manifest.releases.flatMap(filesOf), ...copies])
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

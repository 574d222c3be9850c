import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { packageWidget } from '#widget/package.ts'
import { closeBrowser, browserTest as it } from './browser.ts'
import { ask, launcher } from './customer-page.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import { openPage, type Site, serveSite, type Visit } from './site.ts'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)

let folder = ''
let tarball = ''
let app = ''
let api: FakeApi
let site: Site | undefined

/** The package as npm would publish it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pernoex-npm-'))
  await packageWidget(join(folder, 'package'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(folder, 'package'),
  })
  const [packed] = Object.values(JSON.parse(stdout)) as { filename: string }[]
  tarball = join(folder, packed?.filename ?? '')
  app = await freshApp()
  api = await startFakeApi()
})
beforeEach(() => api.reset())
afterEach(() => site?.close())
afterAll(async () => {
  await closeBrowser()
  await api?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Everything that the app needs, from this project's own node_modules, so that no registry is asked. */
const NEEDS = ['react', 'react-dom', 'scheduler', '@types/react', 'csstype']

/** Example 05 in an empty folder, with the tarball and React installed by npm. */
async function freshApp(): Promise<string> {
  const fresh = join(folder, 'app')
  await cp(join(ROOT, 'examples/05-react-app'), fresh, { recursive: true })
  const needed = NEEDS.map((name) => [name, `file:${join(ROOT, 'node_modules', name)}`])
  const dependencies = { '@pernoex/widget': `file:${tarball}`, ...Object.fromEntries(needed) }
  await writeFile(join(fresh, 'package.json'), JSON.stringify({ name: 'app', type: 'module', dependencies }))
  const quiet = ['--offline', '--install-links', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...quiet], { cwd: fresh })
  return fresh
}

type Version = 'react' | 'react-18'

/** The same app, given the other React in place of the one that is installed. */
const older = { react: join(ROOT, 'node_modules/react-18'), 'react-dom': join(ROOT, 'node_modules/react-dom-18') }

async function buildApp(version: Version, ssr?: string): Promise<Map<string, string>> {
  const outDir = `${version}-${ssr ? 'server' : 'built'}`
  const result = await build({
    configFile: false,
    root: app,
    logLevel: 'error',
    oxc: { jsx: { runtime: 'automatic' } },
    ...(version === 'react-18' ? { resolve: { alias: older }, ssr: { noExternal: true } } : {}),
    define: {
      'import.meta.env.VITE_PERNOEX_KEY': '"pnx_pk_live_example"',
      'import.meta.env.VITE_PERNOEX_API': JSON.stringify(api.origin),
    },
    build: { outDir, ...(ssr ? { ssr } : {}) },
  })
  const { output } = (Array.isArray(result) ? result[0] : result) as { output: { fileName: string }[] }
  const texts = output.map(
    async ({ fileName }) => [`/${fileName}`, await readFile(join(app, outDir, fileName), 'utf8')] as const,
  )
  return new Map(await Promise.all(texts))
}

/** No script of ours, no policy of ours, no style: what the npm package is for. */
const policy = () =>
  `default-src 'none'; script-src 'self'; connect-src ${api.origin}; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'`

async function versionOf(version: Version): Promise<string> {
  return JSON.parse(await readFile(join(ROOT, 'node_modules', version, 'package.json'), 'utf8')).version
}

async function openApp(version: Version): Promise<Visit> {
  const files = await buildApp(version)
  site = await serveSite(async (path) => {
    const body = files.get(path === '/' ? '/index.html' : path)
    const headers = { 'content-security-policy': policy() }
    return body === undefined ? null : { body, type: extname(path) || '.html', headers }
  })
  expect([...files.values()].join()).toContain(await versionOf(version))
  const visit = await openPage(site.origin)
  await launcher(visit.page).waitFor()
  return visit
}

it('React 19: asks through a ref in StrictMode, follows its props, and takes everything away when unmounted', async () => {
  const { page, complaints } = await openApp('react')
  expect(await page.locator('pernoex-stage').count()).toBe(1)
  expect(api.received).toEqual([])
  await page.getByRole('button', { name: 'How do I roll back?' }).first().click()
  await page.getByText('Was this helpful?').waitFor()
  expect(await page.getByRole('status').first().innerText()).toBe('answered')
  await page.getByText('Answers from the Fernway handbook').waitFor()
  await page.getByRole('button', { name: 'Dark' }).click()
  await expect.poll(() => page.locator('pernoex-stage').getAttribute('theme')).toBe('dark')
  expect(await page.locator('.turn').count()).toBe(1)
  await ask(page, 'And WebSockets?')
  await page.getByRole('button', { name: 'Help page' }).click()
  await page.getByRole('region', { name: 'Ask Fernway' }).waitFor()
  expect(await page.locator('pernoex-stage').count()).toBe(1)
  expect(await launcher(page).count()).toBe(0)
  expect(complaints).toEqual([])
})

it('React 18: mounted twice by StrictMode there is one widget, and none when it is unmounted', async () => {
  const { page, complaints } = await openApp('react-18')
  await page.getByRole('button', { name: 'How do I roll back?' }).first().click()
  await page.getByText('Was this helpful?').waitFor()
  await page.getByRole('button', { name: 'Help page' }).click()
  await page.getByRole('region', { name: 'Ask Fernway' }).waitFor()
  expect(await page.locator('pernoex-stage').count()).toBe(1)
  expect(complaints).toEqual([])
})

test.each<Version>(['react', 'react-18'])(
  'with %s it renders on a server, where the widget draws nothing',
  async (version) => {
    await buildApp(version, 'server.tsx')
    const code = `
    const { render } = await import('./${version}-server/server.js')
    console.log(render({ publicKey: 'k', api: 'https://edge.example' }))`
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: app })
    expect(stdout).toContain('<h1>Fernway console</h1>')
    expect(stdout).not.toContain('pernoex')
    expect(stderr).toBe('')
  },
)

test('in bare Node every entry can be imported, and nothing happens', async () => {
  const code = `
    const before = Object.getOwnPropertyNames(globalThis).length
    const { init } = await import('@pernoex/widget')
    await import('@pernoex/widget/element')
    await import('@pernoex/widget/react')
    const widget = init({ key: 'k', api: 'https://edge.example' })
    widget.open(); widget.on('open', () => {})(); widget.destroy()
    console.log(Object.getOwnPropertyNames(globalThis).length - before)`
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code], {
    cwd: app,
  })
  expect(stdout.trim()).toBe('0')
  expect(stderr).toBe('')
})

test('example 05 type-checks against the package, whose types refuse what it does not do', async () => {
  const uses = `
    import { init, type WidgetHandle } from '@pernoex/widget'
    import '@pernoex/widget/element'
    const widget: WidgetHandle = init({ key: 'k', api: 'https://edge.example', mode: 'side', handoff: ({ text }) => console.log(text) })
    const off: () => void = widget.on('answer', ({ outcome }) => outcome === 'abstained')
    off()
    // @ts-expect-error an unknown mode
    init({ key: 'k', api: 'https://edge.example', mode: 'floating' })
    // @ts-expect-error an unknown event
    widget.on('typed', () => {})
    // @ts-expect-error the key cannot be changed
    widget.update({ key: 'other' })`
  await writeFile(join(app, 'uses.ts'), uses)
  const { compilerOptions } = JSON.parse(await readFile(join(app, 'tsconfig.json'), 'utf8'))
  const check = async (name: string, change: object) => {
    const config = { compilerOptions: { ...compilerOptions, types: [], ...change }, files: ['app.tsx', 'uses.ts'] }
    await writeFile(join(app, `${name}.json`), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules/.bin/tsc')
    return (await run(tsc, ['-p', `${name}.json`], { cwd: app }).catch((error) => error)).stdout
  }
  const nodeNext = { module: 'nodenext', moduleResolution: 'nodenext' }
  expect(await Promise.all([check('bundler', {}), check('node', nodeNext)])).toEqual(['', ''])
})

test('the package carries what it promises and nothing else', async () => {
  const { messages } = await publint({ pkgDir: join(folder, 'package'), pack: false })
  expect(messages).toEqual([])
  const { stdout } = await run('tar', ['tzf', tarball])
  const names = stdout
    .trim()
    .split('\n')
    .map((name) => name.replace('package/', ''))
  const others = names.filter((name) => !/^(chunks\/)?[\w-]+\.(js|d\.ts)$/.test(name))
  expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
  const read = (name: string) => readFile(join(folder, 'package', name), 'utf8')
  const code = await Promise.all(names.filter((name) => name.endsWith('.js')).map(read))
  expect(code.join('\n')).not.toMatch(/innerHTML|outerHTML|document\.write|createPolicy|#shared|from"preact/)
  expect((await read('react.js')).startsWith("'use client'")).toBe(true)
})

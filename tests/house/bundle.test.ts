import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from './sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'pernoex-bundle-'))
interface Input {
  imports: { path: string; kind: string }[]
}

let inputs: string[] = []
let modules: Record<string, Input> = {}
let bundle = ''

beforeAll(() => {
  // On a fresh clone nothing has built the widget's and the dashboard's files yet, and wrangler wants their folder.
  mkdirSync(join(ROOT, 'dist/assets'), { recursive: true })
  const built = spawnSync(
    join(ROOT, 'node_modules/.bin/wrangler'),
    ['deploy', '--dry-run', '--outdir', folder, '--metafile', join(folder, 'meta.json')],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' } },
  )
  expect(built.status, built.stderr).toBe(0)
  modules = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')).inputs
  inputs = Object.keys(modules)
  bundle = readFileSync(join(folder, 'worker.js'), 'utf8')
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the production bundle is made of the Worker, and of nothing that stands in for the cloud locally', () => {
  expect(inputs.some((input) => input.endsWith('edge-api/worker.ts'))).toBe(true)
  expect(
    inputs.filter((input) =>
      /edge-api\/local\/|\/tests\/|pglite|node_modules\/(wrangler|miniflare|vite|vitest)\//.test(input),
    ),
  ).toEqual([])
  expect(bundle).not.toMatch(/pglite/i)
})

test('the production bundle carries no dashboard or widget code', () => {
  expect(inputs.filter((input) => /(^|\/)(widget|dashboard)\/|node_modules\/preact/.test(input))).toEqual([])
})

test('the list of common passwords is loaded with the first password that is chosen', () => {
  const kinds = Object.values(modules).flatMap(({ imports }) =>
    imports.filter(({ path }) => path.includes('node_modules/@zxcvbn-ts/')).map(({ kind }) => kind),
  )
  expect(kinds).toContain('dynamic-import')
  const importers = Object.entries(modules).filter(
    ([path, { imports }]) =>
      !path.includes('node_modules/@zxcvbn-ts/') &&
      imports.some((one) => one.path.includes('node_modules/@zxcvbn-ts/') && one.kind !== 'dynamic-import'),
  )
  expect(importers).toEqual([])
})

test('what signs people in with Google and Apple is loaded with the first who comes that way', () => {
  const kinds = Object.values(modules).flatMap(({ imports }) =>
    imports.filter(({ path }) => /providers\/identity\/(google|apple)\.ts$/.test(path)).map(({ kind }) => kind),
  )
  expect(kinds).toEqual(['dynamic-import', 'dynamic-import'])
  const protocol = Object.entries(modules).filter(([, { imports }]) =>
    imports.some(({ path }) => path.includes('node_modules/oauth4webapi/')),
  )
  for (const [path] of protocol) expect(path).toMatch(/providers\/identity\/(google|code-flow)\.ts$/)
})

test('what verifies visitor tokens is loaded with the first token, not with the Worker', () => {
  const isJose = (path: string): boolean => path.includes('node_modules/jose/')
  const importers = Object.entries(modules).filter(([path]) => !isJose(path))
  const kinds = importers.flatMap(([, { imports }]) =>
    imports.filter(({ path }) => isJose(path)).map(({ kind }) => kind),
  )
  expect(kinds.length).toBeGreaterThan(0)
  expect(new Set(kinds)).toEqual(new Set(['dynamic-import']))
})

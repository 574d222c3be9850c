import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { bundleWorkers } from '#edge/local/worker-bundles.ts'

interface Input {
  imports: { path: string; kind: string }[]
}

interface Bundle {
  text: string
  modules: Record<string, Input>
  inputs: string[]
}

let edge: Bundle
let app: Bundle

beforeAll(async () => {
  const [first, second] = (await bundleWorkers()).map(({ script, metafile }): Bundle => {
    const modules = JSON.parse(readFileSync(metafile, 'utf8')).inputs
    return { text: readFileSync(script, 'utf8'), modules, inputs: Object.keys(modules) }
  })
  if (!first || !second) throw new Error('not two bundles')
  edge = first
  app = second
}, 60_000)

const importsOf = ({ modules }: Bundle, importer: (path: string) => boolean, imported: RegExp) =>
  Object.entries(modules)
    .filter(([path]) => importer(path))
    .flatMap(([, { imports }]) => imports.filter(({ path }) => imported.test(path)))

test('the bundles are made of the two Workers, and of nothing that stands in for the cloud locally', () => {
  expect(edge.inputs.some((input) => input.endsWith('edge-api/worker.ts'))).toBe(true)
  expect(app.inputs.some((input) => input.endsWith('app-worker.ts'))).toBe(true)
  for (const { inputs, text } of [edge, app]) {
    expect(
      inputs.filter((input) =>
        /edge-api\/local\/|\/tests\/|pglite|node_modules\/(wrangler|miniflare|vite|vitest)\//.test(input),
      ),
    ).toEqual([])
    expect(text).not.toMatch(/pglite/i)
  }
})

test('no bundle carries code of the dashboard or the widget', () => {
  for (const { inputs } of [edge, app])
    expect(inputs.filter((input) => /(^|\/)(widget|dashboard)\/|node_modules\/preact/.test(input))).toEqual([])
})

test('what visitors call carries nothing that signs people in, parses documents or works off a queue', () => {
  const others =
    /node_modules\/(bcryptjs|oauth4webapi|@zxcvbn-ts|micromark|mdast-util|hast-util|yaml|acorn)|edge-api\/(jobs|sources|providers)\/|edge-api\/db\/(account|content|settings|system)|management-routes|app-host|app-env/
  expect(edge.inputs.filter((input) => others.test(input))).toEqual([])
  expect(gzipSync(edge.text).length).toBeLessThan(0.4 * gzipSync(app.text).length)
})

test('the list of common passwords is loaded with the first password that is chosen', () => {
  const isTheirs = (path: string) => path.includes('node_modules/@zxcvbn-ts/')
  const kinds = importsOf(app, (path) => !isTheirs(path), /node_modules\/@zxcvbn-ts\//).map(({ kind }) => kind)
  expect(new Set(kinds)).toEqual(new Set(['dynamic-import']))
})

test('what signs people in with Google and Apple is loaded with the first who comes that way', () => {
  const kinds = importsOf(app, () => true, /providers\/identity\/(google|apple)\.ts$/).map(({ kind }) => kind)
  expect(kinds).toEqual(['dynamic-import', 'dynamic-import'])
  const protocol = Object.entries(app.modules).filter(([, { imports }]) =>
    imports.some(({ path }) => path.includes('node_modules/oauth4webapi/')),
  )
  for (const [path] of protocol) expect(path).toMatch(/providers\/identity\/(google|code-flow)\.ts$/)
})

test('what verifies visitor tokens is loaded with the first token, not with the Worker', () => {
  const isJose = (path: string): boolean => path.includes('node_modules/jose/')
  const kinds = importsOf(edge, (path) => !isJose(path), /node_modules\/jose\//).map(({ kind }) => kind)
  expect(new Set(kinds)).toEqual(new Set(['dynamic-import']))
})

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type BuiltFile, buildWidget, type WidgetManifest } from '#widget/build.ts'

/** Bytes, gzipped. */
const LOADER_BUDGET = 1500
const FIRST_OPEN_BUDGET = 14_000
const EVERYTHING_BUDGET = 28_000

/** Words of other parts of the product, of ways to write markup, and of reasons that only the server's log may name. */
const BLEED = ['ZodError', 'drizzle', 'hono', 'neon', 'innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write']
const SERVER_REASONS = ['checksum', 'epoch', 'revoked', 'policy_', 'postgres', 'sql', 'stack']
const EVALUATION = [/\beval\s*\(/, /new Function\b/, /createObjectURL/, /document\.cookie/, /localStorage/]

const outDir = join(import.meta.dirname, '../../dist/test-budgets')
let manifest: WidgetManifest
beforeAll(async () => {
  manifest = await buildWidget({ outDir })
})

const files = () => [manifest.loader, manifest.panel, manifest.answer]
const read = ({ file }: BuiltFile) => readFile(join(outDir, file), 'utf8')

test('the loader costs a page at most 1.5 kB', () => {
  expect(manifest.loader.gzip).toBeLessThanOrEqual(LOADER_BUDGET)
})

test('everything fetched by the first open costs at most 14 kB, styles included', () => {
  expect(manifest.loader.gzip + manifest.panel.gzip).toBeLessThanOrEqual(FIRST_OPEN_BUDGET)
})

test('every feature together costs at most 28 kB', () => {
  expect(files().reduce((sum, { gzip }) => sum + gzip, 0)).toBeLessThanOrEqual(EVERYTHING_BUDGET)
})

test('nothing of the server, and no way to write markup, is in what pages load', async () => {
  for (const file of files()) {
    const code = await read(file)
    const found = [...BLEED, ...SERVER_REASONS].filter((word) => code.toLowerCase().includes(word.toLowerCase()))
    expect(found, file.file).toEqual([])
    expect(
      EVALUATION.filter((pattern) => pattern.test(code)),
      file.file,
    ).toEqual([])
  }
})

test('each file vouches for the next: the loader for the panel, the panel for the answer part', async () => {
  expect(await read(manifest.loader)).toContain(manifest.panel.integrity)
  expect(await read(manifest.loader)).toContain(manifest.panel.file)
  expect(await read(manifest.panel)).toContain(manifest.answer.integrity)
  expect(await read(manifest.panel)).toContain(manifest.answer.file)
})

test('the panel imports nothing: what its integrity value covers is all there is', async () => {
  for (const file of files()) expect(await read(file)).not.toMatch(/\bimport\s*["'{]|\bfrom\s*["'`]/)
})

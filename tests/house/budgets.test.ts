import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type BuiltFile, buildWidget, type WidgetManifest } from '#widget/build.ts'
import { filesOf } from '#widget/releases.ts'

/** Bytes, gzipped. */
const LOADER_BUDGET = 1500
const FIRST_OPEN_BUDGET = 14_000
/** The same on a page in another language, its words included. */
const FIRST_OPEN_TRANSLATED_BUDGET = 16_000
const EVERYTHING_BUDGET = 28_000
const ELEMENT_BUDGET = 2200

/** Words of other parts of the product, of ways to write markup, and of reasons that only the server's log may name. */
const BLEED = ['ZodError', 'drizzle', 'hono', 'neon', 'innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write']
const SERVER_REASONS = ['checksum', 'epoch', 'revoked', 'policy_', 'postgres', 'sql', 'stack']
const EVALUATION = [/\beval\s*\(/, /new Function\b/, /createObjectURL/, /document\.cookie/]

const outDir = join(import.meta.dirname, '../../dist/test-budgets')
let manifest: WidgetManifest
beforeAll(async () => {
  manifest = await buildWidget({ outDir })
})

const files = () => filesOf(manifest)
const read = ({ file }: BuiltFile) => readFile(join(outDir, file), 'utf8')

test('the loader costs a page at most 1.5 kB', () => {
  expect(manifest.loader.gzip).toBeLessThanOrEqual(LOADER_BUDGET)
})

test('everything fetched by the first open costs at most 14 kB, styles included', () => {
  expect(manifest.loader.gzip + manifest.panel.gzip).toBeLessThanOrEqual(FIRST_OPEN_BUDGET)
})

test('the same in German or Arabic, with the one language that is fetched, costs at most 16 kB', () => {
  for (const words of Object.values(manifest.words))
    expect(manifest.loader.gzip + manifest.panel.gzip + words.gzip).toBeLessThanOrEqual(FIRST_OPEN_TRANSLATED_BUDGET)
})

test('every feature together, in the largest language, costs at most 28 kB', () => {
  const { loader, panel, answer, words } = manifest
  const largest = Math.max(...Object.values(words).map(({ gzip }) => gzip))
  expect(loader.gzip + panel.gzip + answer.gzip + largest).toBeLessThanOrEqual(EVERYTHING_BUDGET)
})

test('the tag of the custom element costs a page at most 2.2 kB', () => {
  expect(manifest.element.gzip).toBeLessThanOrEqual(ELEMENT_BUDGET)
})

test('no file but that of its language carries the words of another one', async () => {
  for (const file of [manifest.panel, manifest.answer]) {
    const code = await read(file)
    expect(code).not.toMatch(/Dokumentation|Gespräch|\p{Script=Arabic}/u)
  }
  expect(await read(manifest.words.de as BuiltFile)).not.toMatch(/documentation|\p{Script=Arabic}/u)
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

test('each file vouches for the next: the loader for the panel, the panel for the answer part and the words', async () => {
  expect(await read(manifest.loader)).toContain(manifest.panel.integrity)
  expect(await read(manifest.loader)).toContain(manifest.panel.file)
  expect(await read(manifest.panel)).toContain(manifest.answer.integrity)
  for (const { file, integrity } of [manifest.answer, ...Object.values(manifest.words)]) {
    expect(await read(manifest.panel)).toContain(integrity)
    expect(await read(manifest.panel)).toContain(file)
  }
})

test('the panel imports nothing: what its integrity value covers is all there is', async () => {
  for (const file of files()) expect(await read(file)).not.toMatch(/\bimport\s*["'{]|\bfrom\s*["'`]/)
})

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeApi } from '../reference/document.ts'
import { renderReference, STYLE } from '../reference/page.ts'

const MANIFEST = fileURLToPath(new URL('../../package.json', import.meta.url))

/** Writes the API's reference: for programs `openapi.json`, for people `docs.html`. */
export async function buildReference({ outDir }: { outDir: string }): Promise<void> {
  const { version } = JSON.parse(await readFile(MANIFEST, 'utf8')) as { version: string }
  const document = describeApi(version)
  await mkdir(outDir, { recursive: true })
  await writeFile(join(outDir, 'openapi.json'), `${JSON.stringify(document)}\n`)
  await writeFile(join(outDir, 'docs.html'), renderReference(document, '/docs/style.css'))
  await writeFile(join(outDir, 'style.css'), STYLE)
}

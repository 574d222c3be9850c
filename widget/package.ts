/**
 * Makes the npm package in dist/npm: `npm pack dist/npm`, or `npm publish dist/npm`. React, where it is used, is the
 * page's own; everything else is inside.
 */
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, ROOT, WIDGET } from './bundle.ts'

const ENTRIES = ['npm', 'react', 'element']
/** The entries' declarations and those they lean on; none of them names a file that does not ship. */
const DECLARATIONS = ['npm', 'react', 'element', 'options']

export async function packageWidget(outDir = join(ROOT, 'dist/npm')): Promise<void> {
  await rm(outDir, { recursive: true, force: true })
  await mkdir(join(outDir, 'chunks'), { recursive: true })
  const chunks = await bundle({
    define: {
      PANEL_FILE: '"panel"',
      PANEL_INTEGRITY: '""',
      ANSWER_FILE: '"answer"',
      ANSWER_INTEGRITY: '""',
      WORDS: JSON.stringify({ de: ['de', ''], ar: ['ar', ''] }),
    },
    rolldownOptions: {
      input: Object.fromEntries(ENTRIES.map((name) => [name, join(WIDGET, `${name}.ts`)])),
      external: ['react'],
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  })
  for (const { fileName, code } of chunks) await writeFile(join(outDir, fileName), directive(fileName) + code)
  await writeDeclarations(outDir)
  await copyFile(join(WIDGET, 'npm/package.json'), join(outDir, 'package.json'))
  await copyFile(join(WIDGET, 'npm/README.md'), join(outDir, 'README.md'))
  await copyFile(join(ROOT, 'LICENSE'), join(outDir, 'LICENSE'))
}

/** Frameworks that render on the server by default are told which component is the browser's. */
function directive(fileName: string): string {
  return fileName === 'react.js' ? "'use client'\n" : ''
}

async function writeDeclarations(outDir: string): Promise<void> {
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-b', 'widget'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the widget's types do not hold:\n${stdout}`)
  for (const name of DECLARATIONS) {
    const text = await readFile(join(ROOT, `dist/types/widget/widget/${name}.d.ts`), 'utf8')
    await writeFile(join(outDir, `${name}.d.ts`), text.replace(/(['"]\.\/[\w-]+)\.ts(['"])/g, '$1.js$2'))
  }
}

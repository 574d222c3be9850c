import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import GithubSlugger from 'github-slugger'
import { expect, test } from 'vitest'
import { buildWidget } from '#widget/build.ts'
import { projectFiles, ROOT } from './sources.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const readme = read('README.md')
const handbook = projectFiles(/^examples\/docs\/.*\.md$/)
const scripts = Object.keys(JSON.parse(read('package.json')).scripts)

/** `code spans` outside fenced blocks. */
function codeSpans(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '')
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
}

const TOP_LEVEL = ['widget', 'edge-api', 'shared', 'examples', 'tests', 'dashboard', '.ci']
const looksLikePath = (span: string): boolean =>
  TOP_LEVEL.some((folder) => span === folder || span.startsWith(`${folder}/`))

test('every path that README names exists', () => {
  const paths = codeSpans(readme).filter(looksLikePath)
  expect(paths.length).toBeGreaterThan(15)
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

test('the folder map of README names every top-level folder, and only those', () => {
  const map = readme.split('## Folder map')[1]?.split('\n## ')[0] ?? ''
  const named = [...map.matchAll(/^([a-z][a-z-]*)\/ /gm)].map((match) => match[1] ?? '').sort()
  const folders = new Set(projectFiles(/\//).map((path) => path.split('/')[0] ?? ''))
  expect(named).toEqual([...folders].filter((folder) => !folder.startsWith('.')).sort())
})

test.each(['README.md', ...handbook])('every command that %s names is a script of package.json', (file) => {
  const named = [...read(file).matchAll(/\bnpm (?:run ([a-z:]+)|(start|test)\b)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  expect(named.filter((script) => !scripts.includes(script))).toEqual([])
})

test.each(handbook)('every link of %s leads to a page, a heading or an image of the handbook', (file) => {
  const broken = [...read(file).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].filter(([, link = '']) => {
    const [path = '', anchor] = link.split('#')
    const target = path ? join(dirname(file), path) : file
    if (!existsSync(join(ROOT, target))) return true
    if (!anchor) return false
    const slugger = new GithubSlugger()
    const headings = [...read(target).matchAll(/^#{1,6} (.+)$/gm)].map((match) => slugger.slug(match[1] ?? ''))
    return !headings.includes(anchor)
  })
  expect(broken.map((match) => match[1])).toEqual([])
})

test('the handbook index leads to every page', () => {
  const index = read('examples/docs/index.md')
  const pages = readdirSync(join(ROOT, 'examples/docs')).filter((name) => name.endsWith('.md') && name !== 'index.md')
  expect(pages.filter((page) => !index.includes(`(${page})`))).toEqual([])
})

test('every promise of README names a test that exists', () => {
  const table = readme.split('## Promises')[1]?.split('\n## ')[0] ?? ''
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && !/^\| (promise|---)/i.test(line))
  expect(rows.length).toBeGreaterThan(8)
  for (const row of rows) {
    const files = codeSpans(row).filter((span) => span.startsWith('tests/'))
    expect(files.length, row).toBeGreaterThan(0)
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
  }
})

test('the project speaks of nothing outside itself', () => {
  const outside =
    /\.\.\/shared\/(corpora|design|reference)|\/work\/(main|shared)|\/tmp\/team|npmjs\.(org|com)|debian\.org/
  const files = projectFiles(/\.(ts|tsx|mjs|js|md|html|json|toml|sql|yml)$/).filter(
    (path) => path !== 'tests/house/readme.test.ts',
  )
  expect(files.filter((file) => outside.test(read(file)))).toEqual([])
})

test('the sizes that README quotes are the ones built', async () => {
  const { loader, panel } = await buildWidget({ outDir: join(ROOT, 'dist/test-budgets') })
  const kilobytes = (bytes: number): string => `| ${(bytes / 1000).toFixed(1)} kB |`
  const row = (start: string): string => readme.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? ''
  expect(row('loader, gzip')).toContain(kilobytes(loader.gzip))
  expect(row('everything fetched by the first open')).toContain(kilobytes(loader.gzip + panel.gzip))
})

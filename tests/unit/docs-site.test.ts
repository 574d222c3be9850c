import { describe, expect, test } from 'vitest'
import { listPages, pathForAddress } from '#edge/local/docs-manifest.ts'
import { DOCS_PAGE_POLICY, renderIndex, renderPage } from '#edge/local/docs-site.ts'
import type { SiteStyle } from '#edge/rules/passage.ts'
import { parseDocument } from '#edge/sources/parse.ts'

const siteBase = 'http://localhost:4000/docs'

const documents = [
  {
    path: 'guide/01-start.md',
    content:
      '---\ntitle: Start\n---\n# Start here\n\nlead\n\n## Install `it`\n\n```sh [npm]\nnpm i <x>\n```\n\n## Install `it`\n\n::: tip Why\n### Inside\n\nbecause\n:::\n\n## 2. Élan {#custom}\n\nSee [the API](../api.md#a-b) and [root](/guide/01-start).',
  },
  { path: 'api.md', content: '# API\n\n## A & B\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n## <Image />\n\ntext' },
  { path: 'guide/index.mdx', content: '<Box>\n\n## In a box\n\ntext\n\n</Box>\n\n> [!WARNING]\n> careful' },
  {
    path: 'old/page.html',
    content: '<title>Old</title><body><h1>Old</h1><p>x</p><h2 id="x y">Part</h2><p>y</p></body>',
  },
  { path: 'notes.txt', content: 'just\n\nnotes' },
]

const styles: SiteStyle[] = ['github', 'vitepress', 'docusaurus', 'starlight']

describe.each(styles)('%s', (siteStyle) => {
  const manifest = listPages(documents, siteStyle)

  test('every citation opens a page that has its anchor', () => {
    let anchored = 0
    for (const document of documents) {
      const parsed = parseDocument({ ...document, siteUrl: siteBase, siteStyle })
      if (!parsed.ok) throw new Error(parsed.reason)
      const page = renderPage({ ...document, siteStyle, siteBase, manifest })
      for (const { url } of parsed.value.passages) {
        const { pathname, hash } = new URL(url)
        expect(url.startsWith(`${siteBase}/`)).toBe(true)
        expect(pathForAddress(pathname.slice('/docs'.length), manifest)).toBe(document.path)
        if (hash === '') continue
        anchored++
        expect(page).toContain(` id="${decodeURIComponent(hash.slice(1)).replaceAll('&', '&#x26;')}"`)
      }
    }
    expect(anchored).toBeGreaterThan(5)
  })

  test('links between documents open the document here', () => {
    const first = documents[0]
    if (!first) throw new Error('no document')
    const page = renderPage({ ...first, siteStyle, siteBase, manifest })
    const hrefs = [...page.matchAll(/<a href="([^"]*)">(?:the API|root)/g)].map((match) => new URL(match[1] ?? ''))
    expect(hrefs.map((url) => pathForAddress(url.pathname.slice('/docs'.length), manifest))).toEqual([
      'api.md',
      'guide/01-start.md',
    ])
  })

  test('the index lists every page', () => {
    const index = renderIndex({ manifest, siteBase })
    for (const { address } of manifest) expect(index).toContain(`href="${siteBase}${address}"`)
    expect(manifest).toHaveLength(documents.length)
  })
})

test('nothing of a document becomes markup or script of the page', () => {
  const content =
    '---\ntitle: "</title><script>alert(1)</script>"\n---\n<script>alert(2)</script>\n\n<img src=x onerror=alert(3)> [x](javascript:alert(4))\n\n```js [</figcaption><script>alert(5)</script>]\n</code><script>alert(6)</script>\n```\n\n## a {#"><script>alert(7)</script>}\n\n::: tip </p><script>alert(8)</script>\nx\n:::'
  for (const siteStyle of styles) {
    const page = renderPage({ path: '<script>.md', content, siteStyle, siteBase })
    expect(page).not.toMatch(/<script|onerror|javascript:/i)
    expect(page).toContain('alert(6)')
  }
  expect(DOCS_PAGE_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}';/)
})

test('what makes no page says so instead of failing', () => {
  expect(renderPage({ path: 'a.md', content: '', siteStyle: 'github', siteBase })).toContain('document_empty')
})

describe('an address is understood as docs hosts understand it', () => {
  const manifest = listPages(documents, 'vitepress')
  test.each([
    ['/guide/01-start.html', 'guide/01-start.md'],
    ['/guide/01-start', 'guide/01-start.md'],
    ['/guide/01-start/', 'guide/01-start.md'],
    ['/guide/01-start.md', 'guide/01-start.md'],
    ['/guide/', 'guide/index.mdx'],
    ['/guide', 'guide/index.mdx'],
    ['/guide/index.html', 'guide/index.mdx'],
    ['/en/guide/01-start/', 'guide/01-start.md'],
    ['/api?x#y', 'api.md'],
    ['/notes.txt', 'notes.txt'],
    ['/nowhere', null],
    ['/', null],
    ['/%E0%A4%A', null],
    ['/../../etc/passwd', null],
  ])('%s', (address, path) => {
    expect(pathForAddress(address, manifest)).toBe(path)
  })
})

test('a picture that was not ingested is told in its words, one that is elsewhere is shown', () => {
  const content = '# A\n\n![The panel](images/panel.png) ![Logo](https://cdn.example/logo.svg)'
  const page = renderPage({ path: 'a.md', content, siteStyle: 'github', siteBase, manifest: [] })
  expect(page).toContain('<em>Picture: The panel</em>')
  expect(page).not.toContain('panel.png')
  expect(page).toContain('<img src="https://cdn.example/logo.svg" alt="Logo">')
})

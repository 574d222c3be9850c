import { describe, expect, test } from 'vitest'
import type { SiteStyle } from '#edge/rules/passage.ts'
import { createAnchors } from '#edge/sources/document/anchors.ts'
import { resolveLink } from '#edge/sources/document/links.ts'
import { isUnpublished, pageAddress, pagePath } from '#edge/sources/document/site-style.ts'

describe('page addresses are the ones each generator serves', () => {
  test.each<[SiteStyle, string, string]>([
    ['github', 'guide/start.md', '/guide/start.md'],
    ['github', 'a b/c#d?.md', '/a%20b/c%23d%3F.md'],
    ['vitepress', 'guide/start.md', '/guide/start.html'],
    ['vitepress', 'guide/index.md', '/guide/'],
    ['vitepress', 'index.md', '/'],
    ['docusaurus', 'intro.md', '/intro'],
    ['docusaurus', '01-guides/02-install.mdx', '/guides/install'],
    ['docusaurus', 'guides/README.md', '/guides/'],
    ['docusaurus', 'guides/index.mdx', '/guides/'],
    ['docusaurus', 'guides/Guides.md', '/guides/'],
    ['docusaurus', 'news/2024-05-notes.md', '/news/2024-05-notes'],
    ['docusaurus', 'versions/7.0-notes.md', '/versions/7.0-notes'],
    ['starlight', 'guides/Getting Started.mdx', '/guides/getting-started/'],
    ['starlight', 'guides/index.md', '/guides/'],
    ['starlight', 'index.mdx', '/'],
    ['starlight', 'upgrade/v4.1.md', '/upgrade/v41/'],
    ['starlight', 'manual.html', '/manual.html'],
    ['vitepress', 'licence.txt', '/licence.txt'],
  ])('%s: %s → %s', (style, path, address) => {
    expect(pagePath(path, style)).toBe(address)
  })

  test('front matter moves a page where its generator lets it', () => {
    expect(pagePath('a/b.md', 'docusaurus', { slug: '/elsewhere' })).toBe('/elsewhere')
    expect(pagePath('1-a/b.md', 'docusaurus', { slug: 'c' })).toBe('/a/c')
    expect(pagePath('a/b.md', 'docusaurus', { slug: '../c/' })).toBe('/c/')
    expect(pagePath('a/b.md', 'docusaurus', { id: 'c' })).toBe('/a/c')
    expect(pagePath('a/b.md', 'starlight', { slug: 'c/d' })).toBe('/c/d/')
    expect(pagePath('a/b.md', 'vitepress', { slug: 'c' })).toBe('/a/b.html')
  })

  test('the site’s own path is kept, an address that is none is not', () => {
    expect(pageAddress('a.md', { url: 'https://x.example/docs/', style: 'vitepress' })).toBe(
      'https://x.example/docs/a.html',
    )
    expect(pageAddress('a.md', { url: 'javascript:alert(1)', style: 'github' })).toBe('/a.md')
    expect(pageAddress('a.md', { url: null, style: 'starlight' })).toBe('/a/')
  })

  test('drafts and partials are unpublished where the generator leaves them out', () => {
    expect(isUnpublished('a/_part.mdx', 'docusaurus', false)).toBe(true)
    expect(isUnpublished('a/b.md', 'starlight', true)).toBe(true)
    expect(isUnpublished('a/_part.md', 'vitepress', true)).toBe(false)
  })
})

describe('anchors are the ones each generator makes', () => {
  const take = (style: SiteStyle, ...texts: string[]) => {
    const anchors = createAnchors(style)
    return texts.map((text) => anchors.take(text, null))
  }

  test('vitepress drops accents, folds punctuation, and marks a leading digit', () => {
    expect(take('vitepress', 'Hello, World!', 'server.proxy', '2. Élan vital', 'a -- b', '`import.meta.env`')).toEqual([
      'hello-world',
      'server-proxy',
      '_2-elan-vital',
      'a-b',
      'import-meta-env',
    ])
  })

  test('the github family keeps letters, drops punctuation, and leaves hyphens at the end', () => {
    expect(take('github', 'Hello, World!', 'server.proxy', 'Élan vital', '<Image />')).toEqual([
      'hello-world',
      'serverproxy',
      'élan-vital',
      'image-',
    ])
  })

  test.each(['github', 'vitepress', 'docusaurus', 'starlight'] as const)(
    '%s: a repeated heading counts from 1',
    (style) => {
      expect(take(style, 'Same', 'Same', 'Same')).toEqual(['same', 'same-1', 'same-2'])
    },
  )

  test('an explicit id is used as written', () => {
    expect(createAnchors('docusaurus').take('Title', 'my_Id')).toBe('my_Id')
    const anchors = createAnchors('vitepress')
    expect([anchors.take('x', 'same'), anchors.take('Same', null)]).toEqual(['same', 'same-1'])
  })

  test('ten thousand equal headings are numbered in no time', () => {
    const anchors = createAnchors('vitepress')
    let last = ''
    for (let n = 0; n < 10_000; n++) last = anchors.take('Same', null)
    expect(last).toBe('same-9999')
  })
})

describe('links', () => {
  const from = (style: SiteStyle, url: string | null, path = 'guide/start.md') => {
    const site = { url, style }
    return { site, path, address: pageAddress(path, site) }
  }
  const link = (style: SiteStyle, url: string | null, href: string) => resolveLink(href, from(style, url), 'link')

  test.each<[SiteStyle, string, string]>([
    ['vitepress', './api.md#server', 'https://x.example/docs/guide/api.html#server'],
    ['vitepress', '../config/', 'https://x.example/docs/config/'],
    ['vitepress', './api', 'https://x.example/docs/guide/api.html'],
    ['vitepress', '/config/server', 'https://x.example/docs/config/server.html'],
    ['vitepress', '/config/server.html#port', 'https://x.example/docs/config/server.html#port'],
    ['vitepress', './', 'https://x.example/docs/guide/'],
    ['docusaurus', '../02-intro.md', 'https://x.example/docs/intro'],
    ['docusaurus', './other', 'https://x.example/docs/guide/other'],
    ['docusaurus', '/blog', 'https://x.example/blog'],
    ['starlight', '/en/guides/x/', 'https://x.example/en/guides/x/'],
    ['starlight', '../other/', 'https://x.example/docs/guide/other/'],
    ['starlight', './Other Page.mdx', 'https://x.example/docs/guide/other-page/'],
    ['github', 'api.md#x', 'https://x.example/docs/guide/api.md#x'],
    ['github', '../README.md', 'https://x.example/docs/README.md'],
    ['github', '/CONTRIBUTING.md', 'https://x.example/docs/CONTRIBUTING.md'],
  ])('%s: %s → %s', (style, href, address) => {
    expect(link(style, 'https://x.example/docs', href)).toBe(address)
  })

  test('a blob address as base keeps links inside the repository', () => {
    const blob = 'https://github.com/o/r/blob/main/docs'
    expect(link('github', blob, '../../README.md')).toBe('https://github.com/o/r/blob/main/README.md')
    expect(link('github', blob, '/LICENSE')).toBe('https://github.com/o/r/blob/main/LICENSE')
    expect(resolveLink('a.png', from('github', blob), 'image')).toBe(
      'https://github.com/o/r/blob/main/docs/guide/a.png?raw=true',
    )
  })

  test('without a site address everything is site-relative', () => {
    expect(link('vitepress', null, './api.md')).toBe('/guide/api.html')
    expect(link('starlight', null, '/en/x/')).toBe('/en/x/')
    expect(link('github', null, '#here')).toBe('/guide/start.md#here')
  })

  test.each([
    'javascript:alert(1)',
    ' JAVA\tSCRIPT:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'vbscript:x',
    'data:text/html,<script>',
    'file:///etc/passwd',
    'blob:https://x.example/1',
    '~/assets/x.png',
    '',
    'https://',
  ])('%j points nowhere', (href) => {
    expect(link('github', 'https://x.example', href)).toBeNull()
  })

  test('addresses elsewhere stay as they are written', () => {
    expect(link('github', null, 'https://example.com')).toBe('https://example.com')
    expect(link('github', null, '//example.com/a')).toBe('https://example.com/a')
    expect(link('github', null, 'mailto:a@example.com')).toBe('mailto:a@example.com')
    expect(resolveLink('mailto:a@example.com', from('github', null), 'image')).toBeNull()
  })
})

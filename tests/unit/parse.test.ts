import { describe, expect, test } from 'vitest'
import type { Block, ParsedDocument, SiteStyle } from '#edge/rules/passage.ts'
import { parseDocument } from '#edge/sources/parse.ts'

function parse(content: string, path = 'guide/page.md', siteStyle: SiteStyle = 'vitepress'): ParsedDocument {
  const parsed = parseDocument({ path, content, siteUrl: 'https://docs.example', siteStyle })
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

const blocks = (...input: Parameters<typeof parse>): Block[] =>
  parse(...input).passages.flatMap((passage) => passage.blocks)
const texts = (...input: Parameters<typeof parse>): string[] => blocks(...input).map((block) => block.text)
const reason = (path: string, content: string, siteStyle: SiteStyle = 'github') => {
  const parsed = parseDocument({ path, content, siteUrl: null, siteStyle })
  return parsed.ok ? null : parsed.reason
}

describe('a page’s title', () => {
  test('comes from front matter, else from the first heading, else from the file’s name', () => {
    expect(parse('---\ntitle: From above\n---\n# Inside\n\ntext').title).toBe('From above')
    expect(parse('# The `code` *heading*\n\ntext').title).toBe('The code heading')
    expect(parse('text', 'a/02-getting_started.md').title).toBe('Getting started')
    expect(parse('text', 'plugins/index.md').title).toBe('Plugins')
  })

  test('is not repeated in the heading paths', () => {
    const page = parse('# Page\n\nlead\n\n## One\n\nx\n\n### Two\n\ny\n\n## Three\n\nz')
    expect(page.passages.map((passage) => passage.headings)).toEqual([[], ['One'], ['One', 'Two'], ['Three']])
    expect(page.passages.map((passage) => passage.url)).toEqual([
      'https://docs.example/guide/page.html#page',
      'https://docs.example/guide/page.html#one',
      'https://docs.example/guide/page.html#two',
      'https://docs.example/guide/page.html#three',
    ])
  })

  test('broken front matter is noted and loses nothing', () => {
    const page = parse('---\ntitle: [unclosed\n---\n# Real\n\ntext')
    expect(page).toMatchObject({ title: 'Real', notes: ['front_matter_unreadable'] })
    expect(page.passages[0]?.text).toBe('text')
  })

  test('the description is kept', () => {
    expect(parse('---\ntitle: a\ndescription: About  it\n---\nx').description).toBe('About it')
  })
})

describe('containers and alerts', () => {
  test.each([
    ['VitePress', '::: tip Mind this\nInner *text*.\n:::', 'guide/page.md'],
    ['Starlight', ':::tip[Mind this]\nInner *text*.\n:::', 'guide/page.md'],
    ['Docusaurus', ':::tip{title="Mind this"}\nInner *text*.\n:::', 'guide/page.md'],
    ['GitHub', '> [!TIP] Mind this\n> Inner *text*.', 'guide/page.md'],
    ['a component', '<Callout type="tip" title="Mind this">\n  Inner *text*.\n</Callout>', 'guide/page.mdx'],
  ])('%s', (_, content, path) => {
    expect(blocks(content, path)).toEqual([
      { kind: 'paragraph', markdown: '**Mind this**', text: 'Mind this', admonition: 'tip' },
      { kind: 'paragraph', markdown: 'Inner _text_.', text: 'Inner text.', admonition: 'tip' },
    ])
  })

  test('nest, hold code, and end where they are closed', () => {
    const content = '- item\n\n  :::: warning\n  ::: tip\n  inner\n  :::\n  ```js\n  a\n  ```\n  ::::\n\nafter'
    expect(blocks(content).map((block) => [block.kind, block.text, block.admonition])).toEqual([
      ['item', 'item', undefined],
      ['paragraph', 'inner', 'tip'],
      ['code', 'a', 'warning'],
      ['paragraph', 'after', undefined],
    ])
  })

  test('an unclosed one keeps its text', () => {
    expect(texts('::: tip\ninner\n\nmore')).toEqual(['inner', 'more'])
  })
})

describe('code', () => {
  test('language and label are read off every dialect’s fence', () => {
    const fence = (info: string) => blocks(`\`\`\`${info}\nx\n\`\`\``)[0]
    expect(fence('js{1,3-4} [vite.config.js]')).toMatchObject({ language: 'js', label: 'vite.config.js' })
    expect(fence('ts:line-numbers {2}')).toMatchObject({ language: 'ts' })
    expect(fence('jsx title="src/App.jsx" ins={3}')).toMatchObject({ language: 'jsx', label: 'src/App.jsx' })
    expect(fence('')).not.toHaveProperty('language')
    expect(fence('js{1} [a.js]')?.markdown).toBe('```js\nx\n```')
  })

  test('tabs give their label to their code', () => {
    const expected = [
      ['npm', 'npm i x'],
      ['pnpm', 'pnpm add x'],
    ]
    const labels = (...input: Parameters<typeof parse>) => blocks(...input).map((block) => [block.label, block.text])
    expect(labels('::: code-group\n```sh [npm]\nnpm i x\n```\n```sh [pnpm]\npnpm add x\n```\n:::')).toEqual(expected)
    const tab = (name: string, code: string) => `<TabItem label="${name}">\n\n\`\`\`sh\n${code}\n\`\`\`\n\n</TabItem>\n`
    const tabs = `<Tabs>\n${tab('npm', 'npm i x')}${tab('pnpm', 'pnpm add x')}</Tabs>`
    expect(labels(tabs, 'a.mdx', 'starlight')).toEqual(expected)
    expect(labels(tabs, 'a.md', 'docusaurus')).toEqual(expected)
  })

  test('a tab with more than code announces itself', () => {
    expect(texts('<Tabs>\n<TabItem label="macOS">\nUse brew.\n</TabItem>\n</Tabs>', 'a.mdx')).toEqual([
      'macOS',
      'Use brew.',
    ])
  })

  test('notes to the highlighter are not code', () => {
    expect(texts('```js\na() // [!code focus]\n// highlight-next-line\nb()\n```')).toEqual(['a()\nb()'])
    expect(texts('```ts twoslash\nimport x from "x"\n// ---cut---\nx()\n```')).toEqual(['x()'])
  })

  test('what looks like markup inside code stays', () => {
    const code = '<script setup>\n{{ a }}\n# no heading {#x}\n:::\n<!-- c -->'
    expect(texts(`# T\n\n\`\`\`\`vue\n${code}\n\`\`\`\``)).toEqual([code])
    expect(texts('Write `<Image />` and `{{ x }}`.', 'a.mdx')).toEqual(['Write <Image /> and {{ x }}.'])
  })
})

describe('raw HTML, components and expressions leave their meaning and no syntax', () => {
  test('HTML inside Markdown', () => {
    const content = 'Press <kbd>Ctrl</kbd> <b>now</b>,<br>or <Badge type="tip" text="beta" /> never.<!-- no -->'
    expect(blocks(content)).toMatchObject([{ text: 'Press Ctrl now, or (beta) never.' }])
    expect(blocks(content)[0]?.markdown).not.toMatch(/<\/?(?:kbd|b|br|Badge)/i)
  })

  test('details, tables and lists written in HTML', () => {
    const html =
      '<details>\n<summary>More</summary>\n\nHidden **text**.\n\n</details>\n\n<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>'
    for (const path of ['a.md', 'a.mdx']) {
      expect(blocks(html, path).map((block) => [block.kind, block.text])).toEqual([
        ['paragraph', 'More'],
        ['paragraph', 'Hidden text.'],
        ['table', 'A | B\n1 | 2'],
      ])
    }
  })

  test('scripts, styles, imports, comments, includes and tables of contents vanish', () => {
    const vue =
      '<script setup>\nimport x from "x"\nconst y = "<b>"\n</script>\n\n<style>\na { b: c }\n</style>\n\n[[toc]]\n\n<<< @/snippets/a.js\n\n<!-- c -->\n\nText {{ x }}{{ $frontmatter.name }}.'
    expect(texts(`---\nname: N\n---\n${vue}`)).toEqual(['Text N.'])
    expect(texts('import A from "a"\nexport const b = 1\n\n{/* c */}\n\nText{" "}here.', 'a.mdx')).toEqual([
      'Text here.',
    ])
  })

  test('what Vue would repeat for data is no text', () => {
    expect(texts('<div v-for="a in b"><code>{{ a }}</code> by</div>\n\nReal')).toEqual(['Real'])
  })

  test('MDX that does not parse is read as Markdown, and noted', () => {
    const page = parse('# T\n\nBroken {expression\n\n## Next\n\nmore', 'a.mdx', 'starlight')
    expect(page.notes).toEqual(['mdx_read_as_markdown'])
    expect(page.passages.map((passage) => passage.text)).toEqual(['Broken {expression', 'more'])
  })

  test('no markup in the document becomes HTML in the answer', () => {
    const content =
      'a <img src=x onerror=alert(1)> <svg onload=alert(1)>s</svg> &lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) ![y](data:text/html,z)'
    const [block] = blocks(content)
    expect(block?.markdown).not.toMatch(/(?<!\\)<|javascript:|data:|onerror|onload/)
    expect(block?.text).toBe('a <script>alert(1)</script> x')
  })
})

describe('blocks stand alone', () => {
  test('lists are cut into items with depth and number', () => {
    const content = '3. three\n   - inner\n4. four\n   ```sh\n   x\n   ```\n- [x] done'
    expect(blocks(content)).toEqual([
      { kind: 'item', markdown: '3. three', text: 'three', depth: 0, number: 3 },
      { kind: 'item', markdown: '- inner', text: 'inner', depth: 1 },
      { kind: 'item', markdown: '4. four', text: 'four', depth: 0, number: 4 },
      { kind: 'code', markdown: '```sh\nx\n```', text: 'x', language: 'sh', depth: 1 },
      { kind: 'item', markdown: '- [x] done', text: 'done', depth: 0 },
    ])
  })

  test('reference links are resolved, footnote marks dropped, addresses absolute', () => {
    const content = 'See [the API][api][^1] and ![logo](/logo.png).\n\n[api]: ./api.md#x\n[^1]: Note.'
    expect(blocks(content)[0]).toMatchObject({
      markdown: 'See [the API](https://docs.example/guide/api.html#x) and ![logo](https://docs.example/logo.png).',
      text: 'See the API and .',
    })
  })

  test('a footnote’s text is kept where it is written', () => {
    expect(texts('See.[^1]\n\n[^1]: The note.')).toEqual(['See.', 'The note.'])
  })

  test('a picture alone speaks through its description', () => {
    expect(texts('![A diagram of the cache](./c.png)')).toEqual(['A diagram of the cache'])
  })

  test('hidden characters do not reach the text', () => {
    const hidden = 'pass\u200bword\u00ad \u202eevil\u2066 \u{e0069}\u{e0067}x\ufeff \ud800 👩\u200d💻'
    expect(texts(hidden)).toEqual(['password evil x \ufffd 👩\u200d💻'])
  })
})

describe('HTML pages', () => {
  const page = `<!doctype html><html><head><title>Site | Page</title><meta name="description" content="About it"></head><body>
    <nav><a href="/">Home</a></nav><main><h1 id="top">Page <a class="anchor" href="#top" aria-hidden="true">#</a></h1><p>Lead <b>text</b>.</p>
    <h2><a id="custom"></a>Second part</h2><pre><code class="language-js">a()\nb()</code></pre>
    <h2>Third</h2><p hidden>secret</p><p>Read <a href="other.html">on</a>.</p><script>evil()</script></main><footer>Foot</footer></body></html>`

  test('only the content is read, under the page’s own ids', () => {
    const { title, description, passages } = parse(page, 'docs/page.html', 'github')
    expect({ title, description }).toEqual({ title: 'Page', description: 'About it' })
    expect(passages.map((passage) => [passage.headings, passage.anchor, passage.text])).toEqual([
      [[], 'top', 'Lead text.'],
      [['Second part'], 'custom', 'a()\nb()'],
      [['Third'], 'third', 'Read on.'],
    ])
    expect(passages[1]?.blocks[0]).toMatchObject({ kind: 'code', language: 'js' })
    expect(passages[2]?.blocks[0]?.markdown).toBe('Read [on](https://docs.example/docs/other.html).')
  })
})

describe('headings', () => {
  const anchors = (content: string, style: SiteStyle, path = 'a.md') =>
    parse(content, path, style).passages.map((one) => one.anchor)

  test('explicit ids count where the generator knows them', () => {
    const content = '## Setting up {#setup}\n\nx'
    expect(anchors(content, 'vitepress')).toEqual(['setup'])
    expect(anchors(content, 'docusaurus')).toEqual(['setup'])
    expect(anchors(content, 'docusaurus', 'a.mdx')).toEqual(['setup'])
    expect(anchors(content, 'github')).toEqual(['setting-up-setup'])
    expect(parse(content, 'a.md', 'vitepress').passages[0]?.headings).toEqual(['Setting up'])
  })

  test('repeated ones get distinct anchors on one page and the same on two', () => {
    expect(anchors('## A\n\nx\n\n## A\n\ny', 'starlight')).toEqual(['a', 'a-1'])
    expect(anchors('## A\n\nx', 'starlight')).toEqual(['a'])
  })

  test('a badge in a heading does not reach its anchor', () => {
    expect(anchors('## Option <Badge text="new" />\n\nx', 'vitepress')).toEqual(['option'])
  })

  test('Docusaurus gives its page title no anchor', () => {
    expect(anchors('# T\n\nx\n\n## T\n\ny', 'docusaurus')).toEqual([null, 't-1'])
  })
})

describe('what makes no passages says why', () => {
  test.each([
    ['a.md', '', 'document_empty'],
    ['a.md', ' \n\t', 'document_empty'],
    ['a.md', '---\nlayout: home\n---\n', 'document_empty'],
    ['a.md', 'GIF89a\0\0', 'document_binary'],
    ['a.txt', '\uFFFD'.repeat(100), 'document_binary'],
    ['a.md', 'x'.repeat(2 * 1024 * 1024 + 1), 'document_too_large'],
    ['a.md', 'ж'.repeat(1024 * 1024 + 1), 'document_too_large'],
    ['a.pdf', 'x', 'format_unsupported'],
    ['a', 'x', 'format_unsupported'],
  ])('%s %#', (path, content, expected) => {
    expect(reason(path, content)).toBe(expected)
  })

  test('drafts are left out where the site leaves them out', () => {
    expect(reason('a.md', '---\ntitle: a\ndraft: true\n---\nx', 'starlight')).toBe('document_unpublished')
    expect(reason('a.md', '---\ntitle: a\ndraft: true\n---\nx', 'vitepress')).toBeNull()
  })

  test('a page of front matter alone is a page without passages', () => {
    expect(parse('---\ntitle: Home\n---\n')).toMatchObject({ title: 'Home', passages: [] })
  })
})

test('plain text is cut at its blank lines', () => {
  expect(texts('First\r\nparagraph.\r\n\r\n\r\n# no heading\n', 'notes.txt')).toEqual([
    'First paragraph.',
    '# no heading',
  ])
})

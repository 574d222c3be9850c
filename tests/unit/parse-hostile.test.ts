import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SiteStyle } from '#edge/rules/passage.ts'
import { parseDocument } from '#edge/sources/parse.ts'

const parse = (content: string, path = 'a.md', siteStyle: SiteStyle = 'vitepress') =>
  parseDocument({ path, content, siteUrl: null, siteStyle })

const textOf = (content: string, path?: string) => {
  const parsed = parse(content, path)
  return parsed.ok ? parsed.value.passages.map((passage) => passage.text).join('\n') : parsed.reason
}

describe('hostile nesting is read as plain text, and nothing of it is lost', () => {
  test.each([
    ['quotes', `${'>'.repeat(10_000)} deep`],
    ['bullets', `${'- '.repeat(5000)}deep`],
    ['numbers', `${'1. '.repeat(5000)}deep`],
    ['containers', `${'::: tip\n'.repeat(5000)}deep`],
    ['footnotes', `${'[^a]: '.repeat(3000)}deep`],
    ['underlines', `${'a\n-\n'.repeat(5000)}deep`],
  ])('%s', (_, content) => {
    const parsed = parse(content)
    expect(parsed.ok && parsed.value.notes).toEqual(['markup_too_complex'])
    expect(textOf(content)).toContain('deep')
    expect(textOf(content, 'a.mdx')).toContain('deep')
  })
})

describe('what a parser is quadratic in ends soon', () => {
  // Left unbounded, each of these takes minutes to hours.
  test.each([
    ['brackets', '['.repeat(60_000) + ']'.repeat(60_000)],
    ['links', '[a]('.repeat(30_000)],
    ['emphasis', '*a_ '.repeat(30_000)],
    ['emphasis in many paragraphs', `${'*a_ '.repeat(2000)}\n\n`.repeat(12)],
    ['code spans', Array.from({ length: 700 }, (_, n) => '`'.repeat(n)).join(' ')],
    ['angle brackets', '<a '.repeat(40_000)],
    ['one word', 'a'.repeat(400_000)],
    ['at signs', 'a.b@c.'.repeat(20_000)],
    ['braces', `# a ${'{#'.repeat(100_000)}`],
    ['blanks', `# a${' '.repeat(200_000)}b`],
    ['a ragged table', `${'a|'.repeat(3000)}\n${'-|'.repeat(3000)}\n${'x\n'.repeat(3000)}`],
  ])('%s', (_, content) => {
    for (const path of ['a.md', 'a.mdx', 'a.txt']) expect(parse(content, path)).toMatchObject({ ok: true })
  })

  test('HTML, open and empty', () => {
    expect(parse(`${'<b></b>'.repeat(20_000)}x`, 'a.html')).toMatchObject({ ok: true })
    // Deeper than any stack: denied with its reason, not thrown.
    expect(parse('<div>'.repeat(100_000), 'a.html')).toEqual({ ok: false, reason: 'document_unreadable' })
    expect(textOf(`${'<div>'.repeat(100_000)}\n\nafter`)).toBe('after')
  })

  test('a front matter of aliases is not expanded', () => {
    const bomb = `a: &a [x,x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a,*a]`).join('\n')}`
    const parsed = parse(`---\n${bomb}\n---\n# T\n\nx`)
    expect(parsed.ok && parsed.value.notes).toEqual(['front_matter_unreadable'])
  })
})

test('one very long line keeps its structure and its words', () => {
  const long = 'word '.repeat(60_000)
  expect(textOf(`# T\n\n${long}\n\n## After\n\n**end**`).endsWith('end')).toBe(true)
  expect(textOf(`# T\n\n${long}`).replace(/\s+/g, ' ').trim()).toBe(long.trim())
})

test('a long paragraph before a table or a list does not cost these their markup', () => {
  const rows = '| `a` | **b** |\n'.repeat(2000)
  const parsed = parse(`${'x'.repeat(20_000)}\n\n| A | B |\n| - | - |\n${rows}`)
  expect(parsed.ok && parsed.value.passages.at(-1)?.blocks[0]?.markdown).toContain('| `a` | **b** |')
})

test('line ends and a byte order mark change no passage but its offsets', () => {
  const unix = '---\ntitle: T\n---\n## A\n\nOne\ntwo.\n\n```js\na\n\nb\n```\n\n## B\n\n- x\n- y\n'
  const hashes = (content: string) => {
    const parsed = parse(content)
    return parsed.ok ? parsed.value.passages.map((passage) => passage.hash) : []
  }
  expect(hashes(unix)).toHaveLength(2)
  expect(hashes(unix.replaceAll('\n', '\r\n'))).toEqual(hashes(unix))
  expect(hashes(`\uFEFF${unix}`)).toEqual(hashes(unix))
})

test('ranges point at the passage in the document as it was read', () => {
  const content = '\uFEFF# T\r\n\r\nlead\r\n\r\n## A\r\n\r\nalpha\r\n\r\n## B\r\n\r\nbeta\r\n'
  const parsed = parse(content)
  const slices = parsed.ok ? parsed.value.passages.map(({ start, end }) => content.slice(start, end).trim()) : []
  expect(slices).toEqual(['# T\r\n\r\nlead', '## A\r\n\r\nalpha', '## B\r\n\r\nbeta'])
})

const fragments = [
  '# H',
  '## H {#x}',
  '- a',
  '  - b',
  '1. c',
  '> q',
  '> [!NOTE]',
  '::: tip T',
  ':::',
  '```js [a]',
  '```',
  '~~~',
  '| a | b |',
  '| - | - |',
  '<div>',
  '</div>',
  '<b>',
  '<Tabs>',
  '<TabItem label="x">',
  '</TabItem>',
  '{x}',
  '{{ y }}',
  '<!--',
  '-->',
  '---',
  'title: t',
  '[a]: b',
  '[a]',
  '[^1]',
  '[^1]: n',
  '*a',
  '**',
  '`',
  '![i](j)',
  '<https://a.b>',
  '\\',
  '&amp;',
  '',
  '    code',
  '\t',
  '\u202e',
  '\ud800',
  'import a from "a"',
  '<script>',
  '</script>',
  '$&',
  '===',
]

const SEED = 472912631

/** Without what is escaped, nor what stands between backticks that are not. */
function outsideCode(markdown: string): string {
  return markdown.replace(/\\[\s\S]|(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
}

test.each(['a.md', 'a.mdx', 'a.html', 'a.txt'])(
  '%s: any mixture of syntax parses, in order, with true ranges and no HTML left',
  (path) => {
    const lines = fc.array(fc.constantFrom(...fragments), { maxLength: 40 })
    const style = fc.constantFrom<SiteStyle>('github', 'vitepress', 'docusaurus', 'starlight')
    fc.assert(
      fc.property(lines, style, fc.constantFrom('\n', '\r\n', '\n\n', ' '), (drawn, siteStyle, joint) => {
        const content = drawn.join(joint)
        const parsed = parse(content, path, siteStyle)
        if (!parsed.ok) {
          expect(['document_empty', 'document_unpublished']).toContain(parsed.reason)
          return
        }
        let last = 0
        for (const { start, end, text, blocks } of parsed.value.passages) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThanOrEqual(start)
          expect(end).toBeLessThanOrEqual(content.length)
          last = start
          expect(text).toBe(blocks.map((block) => block.text).join('\n'))
          for (const block of blocks) {
            expect(block.text).not.toBe('')
            expect(block.markdown).not.toMatch(/[\u202e\ud800]/)
            if (block.kind !== 'code') expect(outsideCode(block.markdown)).not.toMatch(/<(?!https?:)[a-z/!]/i)
          }
        }
      }),
      { numRuns: 300, seed: SEED },
    )
  },
)

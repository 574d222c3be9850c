import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSafeUrl, readInline } from '#edge/rules/inline.ts'
import { splitSentences } from '#edge/rules/sentences.ts'

const texts = (markdown: string) => splitSentences(markdown).map((sentence) => sentence.text)
const markdowns = (markdown: string) => splitSentences(markdown).map((sentence) => sentence.markdown)

describe('a paragraph is cut into sentences', () => {
  test.each<[string, string[]]>([
    ['Run it. Then stop it.', ['Run it.', 'Then stop it.']],
    ['Use e.g. Redis or etc. in v1.2. Done?', ['Use e.g. Redis or etc. in v1.2.', 'Done?']],
    ['Wait 1.5 s! Then 2.', ['Wait 1.5 s!', 'Then 2.']],
    ['設定します。次に起動します。', ['設定します。', '次に起動します。']],
    ['اضبط المنفذ. شغّل الخادم.', ['اضبط المنفذ.', 'شغّل الخادم.']],
    ['Is it “done.” Yes.', ['Is it “done.”', 'Yes.']],
    ['', []],
  ])('%j', (markdown, expected) => {
    expect(texts(markdown)).toEqual(expected)
  })

  test('code, links and emphasis are never cut through, and may begin a sentence', () => {
    expect(markdowns('Call `a. B()` once. **Note. It.** See [x. Yes](https://a.example/b). `port` is next.')).toEqual([
      'Call `a. B()` once.',
      '**Note. It.**',
      'See [x. Yes](https://a.example/b).',
      '`port` is next.',
    ])
  })

  test('a reader sees the text of code, links and entities, without their marks', () => {
    expect(texts('Set `a` to [**b**](/c) &amp; \\*go\\* for <https://d.example>.')).toEqual([
      'Set a to b & *go* for https://d.example.',
    ])
  })
})

describe('what is quoted cannot do anything to the page', () => {
  test('raw HTML and images are gone, and links to scripts keep only their words', () => {
    const { markdown } = readInline(
      'A <img src=x onerror=alert(1)> b ![pic](https://t.example/p.png) [go](javascript:alert(1)) [d](data:text/html,x) [v](//e.example).',
    )
    expect(markdown).toBe('A b go d v.')
  })

  test('numbers in brackets that the docs wrote themselves cannot pass for citations', () => {
    expect(readInline('As in [1], \\[2], and [3](https://a.example).').markdown).toBe('As in (1), (2), and (3).')
  })

  test.each([
    ['https://a.example/b', true],
    ['mailto:a@b.example', true],
    ['/guide/#x', true],
    ['../guide', true],
    ['#x', true],
    ['javascript:alert(1)', false],
    ['JaVaScript:alert(1)', false],
    ['java\nscript:alert(1)', false],
    [' javascript:alert(1)', false],
    ['vbscript:x', false],
    ['//evil.example', false],
  ])('link to %j is followed: %s', (url, expected) => {
    expect(isSafeUrl(url)).toBe(expected)
  })

  test('whatever the Markdown, no tag, image or bare citation comes out, and reading ends', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '*',
      '_',
      '\\',
      '!',
      '1',
      'a',
      ' ',
      '\n',
      '. A',
      '&lt;',
      'https:',
      '<b>',
      '![x](y)',
      '[1]',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const inline = readInline(parts.join(''))
        expect(inline.offsets).toHaveLength(inline.text.length)
        const unescaped = inline.markdown.replace(/\\./g, 'E')
        expect(unescaped).not.toMatch(/<\/?[a-z][^>:]*>|!\[[^\]]*\]\(|(?<!\]\([^)]*)\[\d+\](?!\()/i)
      }),
      { numRuns: 2000, seed: 20260601 },
    )
  })

  test('brackets nested a thousand deep cost milliseconds', () => {
    const started = performance.now()
    readInline('['.repeat(4000) + ']('.repeat(2000))
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

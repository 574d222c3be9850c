import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Block, createBlockStream, parseBlocks } from '#widget/blocks.ts'
import { parseInline, plainText } from '#widget/inline.ts'

const paragraph = (text: string): Block => ({ kind: 'paragraph', text })

test('blocks are told apart', () => {
  const text = `# Title #
Some words
on two lines
***
> quoted
> twice

~~~js [app.js]
const a = 1

~~~
| a | b |
|:--|--:|
| 1 | 2 \\| 3 |
Under
-----`
  expect(parseBlocks(text)).toEqual([
    { kind: 'heading', level: 1, text: 'Title' },
    paragraph('Some words\non two lines'),
    { kind: 'rule' },
    { kind: 'quote', blocks: [paragraph('quoted\ntwice')] },
    { kind: 'code', info: 'js [app.js]', lines: ['const a = 1', ''] },
    { kind: 'table', align: ['start', 'end'], head: ['a', 'b'], rows: [['1', '2 | 3']] },
    { kind: 'heading', level: 2, text: 'Under' },
  ])
})

test('lists nest, hold code, continue over blank lines, and know tasks', () => {
  const text = `3. first
   - inner

     still inner
4. second
   \`\`\`sh
   npm start
   \`\`\`

- [x] shipped
- [ ] not yet`
  expect(parseBlocks(text)).toEqual([
    {
      kind: 'list',
      ordered: true,
      start: 3,
      items: [
        {
          task: null,
          blocks: [
            paragraph('first'),
            {
              kind: 'list',
              ordered: false,
              start: 1,
              items: [{ task: null, blocks: [paragraph('inner'), paragraph('still inner')] }],
            },
          ],
        },
        { task: null, blocks: [paragraph('second'), { kind: 'code', info: 'sh', lines: ['npm start'] }] },
      ],
    },
    {
      kind: 'list',
      ordered: false,
      start: 1,
      items: [
        { task: true, blocks: [paragraph('shipped')] },
        { task: false, blocks: [paragraph('not yet')] },
      ],
    },
  ])
})

test('a year at the start of a line is no list', () => {
  expect(parseBlocks('It began in\n2024. Then it grew.')).toEqual([paragraph('It began in\n2024. Then it grew.')])
})

test('inline marks are read, and text that only looks like one is left alone', () => {
  expect(parseInline('**b** *i* ~~s~~ `c` __b__ [1] [docs](https://a.example/x_(y) "t")')).toEqual([
    { kind: 'strong', children: ['b'] },
    ' ',
    { kind: 'em', children: ['i'] },
    ' ',
    { kind: 'del', children: ['s'] },
    ' ',
    { kind: 'code', text: 'c' },
    ' ',
    { kind: 'strong', children: ['b'] },
    ' ',
    { kind: 'cite', n: 1 },
    ' ',
    { kind: 'link', href: 'https://a.example/x_(y)', children: ['docs'] },
  ])
  expect(parseInline('snake_case_name, 2 * 3 * 4, a ~ b, [x] and \\*stars\\* &lt;b&gt;')).toEqual([
    'snake_case_name, 2 * 3 * 4, a ~ b, [x] and *stars* <b>',
  ])
  expect(parseInline('***both*** and **open')).toEqual([
    { kind: 'strong', children: [{ kind: 'em', children: ['both'] }] },
    ' and **open',
  ])
  expect(parseInline('See https://a.example/b. Bye')).toEqual([
    'See ',
    { kind: 'link', href: 'https://a.example/b', children: ['https://a.example/b'] },
    '. Bye',
  ])
})

test('no address but http, https and mailto becomes a link; an image is told from a link', () => {
  for (const address of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    '/relative',
    'vbscript:x',
    '//host',
  ])
    expect(parseInline(`[words](${address})`)).toEqual(['words'])
  expect(parseInline('![a cat](https://a.example/cat.png)')).toEqual([
    { kind: 'image', src: 'https://a.example/cat.png', alt: 'a cat' },
  ])
  // Only over https: anything else is at most a link.
  expect(parseInline('![a cat](http://a.example/cat.png)')).toEqual([
    { kind: 'link', href: 'http://a.example/cat.png', children: ['a cat'] },
  ])
  for (const half of ['See ![a', 'See ![a cat](', 'See ![a cat](https://a.exa'])
    expect(parseInline(half, true)).toEqual(['See '])
  expect(parseInline('<img src=x onerror=alert(1)>')).toEqual(['<img src=x onerror=alert(1)>'])
})

test('while an answer streams, what is half written is shown as if it were whole or is held back', () => {
  expect(parseInline('Use **bo', true)).toEqual(['Use ', { kind: 'strong', children: ['bo'] }])
  expect(parseInline('Use `co', true)).toEqual(['Use ', { kind: 'code', text: 'co' }])
  expect(parseInline('It does. [1', true)).toEqual(['It does. '])
  expect(parseInline('It does. [', true)).toEqual(['It does. '])
  const stream = createBlockStream()
  stream.push('Before\n\n| a | b')
  expect(stream.view()).toEqual([paragraph('Before')])
  stream.push(' |\n|--|--|\n')
  expect(stream.view().map(({ kind }) => kind)).toEqual(['paragraph', 'table'])
  stream.push('\n``')
  expect(stream.view().map(({ kind }) => kind)).toEqual(['paragraph', 'table'])
})

const fragments = fc.array(
  fc.constantFrom(
    ...[
      'word ',
      '\n',
      '\n\n',
      '# ',
      '- ',
      '1. ',
      '  ',
      '```',
      '~~~',
      '|',
      '|--|',
      '> ',
      '**',
      '*',
      '_',
      '`',
      '[',
      ']',
      '(',
      ')',
    ],
    ...['[1]', '](https://a.example)', '\\', '---', '\t', '- [ ] ', '<', '&amp;', 'é🎣', '\r\n', 'https://b.example/c'],
  ),
  { maxLength: 60 },
)

test('text that arrives in pieces is read as the same text that arrives at once', () => {
  fc.assert(
    fc.property(fragments, (pieces) => {
      const stream = createBlockStream()
      for (const piece of pieces) {
        stream.push(piece)
        stream.view()
      }
      expect(stream.end()).toEqual(parseBlocks(pieces.join('')))
    }),
    { numRuns: 500, seed: 20260601 },
  )
})

test('no words are lost, whatever the marks around them', () => {
  fc.assert(
    fc.property(fragments, (pieces) => {
      const text = pieces.join('').replace(/\n/g, ' ')
      const count = (where: string) => where.split('word').length
      expect(count(plainText(parseInline(text)))).toBe(count(text))
    }),
    { numRuns: 500, seed: 20260601 },
  )
})

test('a block that is closed is the same object in every later view, so nothing of it is drawn again', () => {
  const stream = createBlockStream()
  stream.push('One.\n\n- a\n- b\n\nTwo\n')
  const before = stream.view()
  stream.push('and three.\n\nFour')
  const after = stream.view()
  expect(after[0]).toBe(before[0])
  expect(after[1]).toBe(before[1])
})

test.each([
  ['quotes', '>'.repeat(20_000)],
  ['bullets', '- '.repeat(10_000)],
  ['stars', '*a '.repeat(7000)],
  ['brackets', '['.repeat(20_000)],
  ['half links', '[a](b '.repeat(4000)],
  ['backticks', Array.from({ length: 200 }, (_, n) => '`'.repeat(n)).join(' ')],
  ['underscores', '_a_'.repeat(7000)],
  ['bars', `${'|'.repeat(10_000)}\n${'|-'.repeat(10_000)}`],
  ['hashes', `# ${'# '.repeat(10_000)}x`],
])('20 kB of hostile %s is read in a moment', (_, text) => {
  const start = performance.now()
  const drawAll = (blocks: Block[]): void => {
    for (const block of blocks) {
      if ('text' in block) parseInline(block.text)
      if (block.kind === 'quote') drawAll(block.blocks)
      if (block.kind === 'list') for (const item of block.items) drawAll(item.blocks)
    }
  }
  drawAll(parseBlocks(text))
  expect(performance.now() - start).toBeLessThan(1500)
})

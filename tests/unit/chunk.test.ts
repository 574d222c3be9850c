import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunk, MAX_LENGTH, type PlacedBlock, type Section, TARGET_LENGTH } from '#edge/rules/chunk.ts'
import { splitBlock } from '#edge/rules/chunk-block.ts'
import type { Block, Passage } from '#edge/rules/passage.ts'

const words = (length: number) =>
  'lorem ipsum '
    .repeat(Math.ceil(length / 12))
    .slice(0, length - 1)
    .concat('.')

function block(kind: Block['kind'], text: string, leads = false): PlacedBlock {
  const markdown = kind === 'code' ? `\`\`\`js\n${text}\n\`\`\`` : text
  return { block: { kind, markdown, text }, start: null, end: null, leads }
}

function section(depth: number, heading: string, ...blocks: PlacedBlock[]): Section {
  return { depth, heading, anchor: heading === '' ? null : heading.toLowerCase(), start: 0, blocks }
}

function passages(...sections: Section[]): Passage[] {
  return chunk({ title: 'Title', address: '/page', sections, length: 1000, fragment: (anchor) => `#${anchor}` })
}

const shape = (all: Passage[]) => all.map((passage) => passage.blocks.map((one) => one.kind))

describe('sections', () => {
  test('each heading with a body makes a passage under its path and anchor', () => {
    const all = passages(
      section(0, '', block('paragraph', 'lead')),
      section(2, 'A', block('paragraph', 'a')),
      section(3, 'B', block('paragraph', 'b')),
      section(2, 'C'),
      section(3, 'D', block('paragraph', 'd')),
    )
    expect(all.map(({ ordinal, headings, anchor, url, text }) => ({ ordinal, headings, anchor, url, text }))).toEqual([
      { ordinal: 0, headings: [], anchor: null, url: '/page', text: 'lead' },
      { ordinal: 1, headings: ['A'], anchor: 'a', url: '/page#a', text: 'a' },
      { ordinal: 2, headings: ['A', 'B'], anchor: 'b', url: '/page#b', text: 'b' },
      { ordinal: 3, headings: ['C', 'D'], anchor: 'd', url: '/page#d', text: 'd' },
    ])
  })

  test('a page of several first-level headings keeps them in the paths', () => {
    const all = passages(section(1, 'One', block('paragraph', 'a')), section(1, 'Two', block('paragraph', 'b')))
    expect(all.map((passage) => passage.headings)).toEqual([['One'], ['Two']])
  })

  test('a line that only announces its subsections goes with the first of them', () => {
    const all = passages(
      section(2, 'A', block('paragraph', 'There are two ways:', true)),
      section(3, 'B', block('paragraph', 'b')),
    )
    expect(all.map(({ headings, text }) => [headings, text])).toEqual([[['A', 'B'], 'There are two ways:\nb']])
  })
})

describe('long sections', () => {
  test('are parted between blocks near the target', () => {
    const all = passages(section(2, 'A', ...Array.from({ length: 12 }, () => block('paragraph', words(500)))))
    expect(all.map((passage) => passage.blocks.length)).toEqual([3, 3, 3, 3])
    expect(all.every((passage) => passage.text.length <= TARGET_LENGTH)).toBe(true)
  })

  test('code stays with the sentence before it', () => {
    const all = passages(
      section(2, 'A', block('paragraph', words(1200)), block('paragraph', 'Do this:', true), block('code', words(900))),
    )
    expect(shape(all)).toEqual([['paragraph'], ['paragraph', 'code']])
  })

  test('a crumb at the end goes with what it follows', () => {
    const all = passages(section(2, 'A', block('paragraph', words(1590)), block('paragraph', 'Enjoy!')))
    expect(shape(all)).toEqual([['paragraph', 'paragraph']])
  })
})

describe('a block too long for one passage', () => {
  test('code is cut at line ends, its fence repeated', () => {
    const lines = Array.from({ length: 400 }, (_, n) => `const line${n} = ${n}`)
    const { block: code } = block('code', lines.join('\n'))
    const parts = splitBlock(code, 1000, 2000)
    expect(parts.length).toBeGreaterThan(5)
    expect(parts.flatMap((part) => part.text.split('\n'))).toEqual(lines)
    for (const part of parts) expect(part.markdown).toBe(`\`\`\`js\n${part.text}\n\`\`\``)
  })

  test('a table is cut between rows, its header repeated', () => {
    const rows = Array.from({ length: 200 }, (_, n) => `name ${n} | ${words(20)}`)
    const table: Block = {
      kind: 'table',
      text: ['Name | Text', ...rows].join('\n'),
      markdown: ['| Name | Text |', '| - | - |', ...rows.map((row) => `| ${row} |`)].join('\n'),
    }
    const parts = splitBlock(table, 1000, 2000)
    expect(parts.flatMap((part) => part.text.split('\n').slice(1))).toEqual(rows)
    for (const part of parts) {
      expect(part.text.split('\n')[0]).toBe('Name | Text')
      expect(part.markdown.split('\n').slice(0, 2)).toEqual(['| Name | Text |', '| - | - |'])
      expect(part.markdown.split('\n').length).toBe(part.text.split('\n').length + 1)
    }
  })

  test('one endless word is cut too, never through a surrogate pair', () => {
    const parts = splitBlock({ kind: 'paragraph', markdown: '', text: '😀'.repeat(5000) }, 999, 2000)
    expect(parts.every((part) => part.text.isWellFormed())).toBe(true)
    expect(parts.map((part) => part.text).join('')).toBe('😀'.repeat(5000))
  })

  test('a cut sentence cannot become markup', () => {
    const [part] = splitBlock({ kind: 'quote', markdown: '> x', text: `[a](b) *c* <d> ${words(3000)}` }, 1000, 2000)
    expect(part?.markdown.startsWith('> \\[a\\](b) \\*c\\* \\<d\\> lorem')).toBe(true)
  })
})

test('whatever the blocks: nothing is lost, repeated, reordered, or over the limit, and the same input hashes the same', () => {
  const anyBlock = fc
    .tuple(
      fc.constantFrom<Block['kind']>('paragraph', 'item', 'code', 'quote'),
      fc.integer({ min: 1, max: 6000 }),
      fc.boolean(),
    )
    .map(([kind, length, leads]) => block(kind, `${length} ${words(length)}`, leads))
  const anySection = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.string(), fc.array(anyBlock, { maxLength: 8 }))
  fc.assert(
    fc.property(fc.array(anySection, { maxLength: 8 }), (drawn) => {
      const sections = drawn.map(([depth, heading, blocks]) => section(depth, heading, ...blocks))
      const all = passages(...sections)
      const letters = (text: string) => text.replace(/\s/g, '')
      const before = sections.flatMap((one) => one.blocks.map((placed) => placed.block.text)).join('')
      expect(letters(all.map((passage) => passage.text).join(''))).toBe(letters(before))
      for (const passage of all) {
        expect(passage.text.length).toBeLessThanOrEqual(MAX_LENGTH)
        expect(passage.text).toBe(passage.blocks.map((one) => one.text).join('\n'))
      }
      expect(passages(...sections).map((passage) => passage.hash)).toEqual(all.map((passage) => passage.hash))
    }),
    { numRuns: 60, seed: 20260601 },
  )
})

test('the hash changes with title, headings, address and blocks, and with nothing else', () => {
  const base = { title: 'T', address: '/p', length: 9, fragment: (anchor: string) => `#${anchor}` }
  const hash = (input: Partial<typeof base>, start = 0, text = 'a', heading = 'H') =>
    chunk({ ...base, ...input, sections: [{ ...section(2, heading, block('paragraph', text)), start }] })[0]?.hash
  const original = hash({})
  expect(hash({ length: 500 }, 7)).toBe(original)
  const others = [hash({ title: 'U' }), hash({ address: '/q' }), hash({}, 0, 'b'), hash({}, 0, 'a', 'I')]
  expect(new Set([original, ...others]).size).toBe(5)
})

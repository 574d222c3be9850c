import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listDocs, MAX_DOCUMENT_BYTES, readDoc } from '#edge/local/docs-folder.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pernoex-docs-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function put(path: string, content: string | Uint8Array = '# Page\n'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

test('documents of every kind are found at any depth, and nothing else', () => {
  for (const path of ['a.md', 'b/c.MDX', 'b/d/e.html', 'f.htm', 'g.txt']) put(path)
  for (const path of ['h.png', '.hidden.md', '.git/i.md', 'b/node_modules/j.md', 'k.mdown']) put(path)
  expect(listDocs(root)).toEqual({ paths: ['a.md', 'b/c.MDX', 'b/d/e.html', 'f.htm', 'g.txt'], unreadable: [] })
})

test('a folder that links to one above it is reported once and not walked for ever', () => {
  put('guide/a.md')
  symlinkSync(root, join(root, 'guide', 'loop'))
  symlinkSync(join(root, 'self'), join(root, 'self'))
  expect(listDocs(root)).toEqual({
    paths: ['guide/a.md'],
    unreadable: [
      { path: 'guide/loop', reason: 'it is a link to a folder that contains it' },
      { path: 'self', reason: 'it is a link that leads back to itself' },
    ],
  })
})

test('a link out of the folder is not followed: a docs folder cannot publish what lies elsewhere', () => {
  put('a.md')
  symlinkSync('/etc/hostname', join(root, 'secret.md'))
  symlinkSync('/etc', join(root, 'etc'))
  const { paths, unreadable } = listDocs(root)
  expect(paths).toEqual(['a.md'])
  expect(unreadable.map(({ path }) => path)).toEqual(['etc', 'secret.md'])
})

test('a link to a file inside is read, a link to nowhere is reported', () => {
  put('a.md', 'text')
  symlinkSync(join(root, 'a.md'), join(root, 'alias.md'))
  symlinkSync(join(root, 'gone.md'), join(root, 'dangling.md'))
  expect(listDocs(root)).toEqual({
    paths: ['a.md', 'alias.md'],
    unreadable: [{ path: 'dangling.md', reason: 'it points to a file that does not exist' }],
  })
  expect(readDoc(root, 'alias.md')).toEqual({ content: 'text' })
})

test('a folder whose name looks like a document is walked as a folder', () => {
  put('odd.md/inner.md')
  expect(listDocs(root).paths).toEqual(['odd.md/inner.md'])
})

test.each([
  ['binary', new Uint8Array([0x89, 0x50, 0, 1]), 'it is a binary file'],
  ['Latin-1', new Uint8Array([0x63, 0x61, 0x66, 0xe9]), 'it is not valid UTF-8 text'],
  ['too large', 'x'.repeat(MAX_DOCUMENT_BYTES + 1), 'it is 2.0 MB; the limit is 2 MB'],
])('a %s document has a reason instead of a text', (_, content, reason) => {
  put('a.md', content)
  expect(readDoc(root, 'a.md')).toEqual({ reason })
})

test('a document of exactly the limit is read, a byte-order mark is no text', () => {
  put('limit.txt', 'x'.repeat(MAX_DOCUMENT_BYTES))
  put('bom.md', '\uFEFF# Page')
  expect(readDoc(root, 'limit.txt')).toHaveProperty('content')
  expect(readDoc(root, 'bom.md')).toEqual({ content: '# Page' })
})

test.skipIf(process.getuid?.() === 0)('what may not be read is reported in words', () => {
  put('a.md')
  chmodSync(join(root, 'a.md'), 0)
  expect(readDoc(root, 'a.md')).toEqual({ reason: 'you may not read it' })
})

test('a folder that is missing, a file, or without documents is refused with a sentence', () => {
  put('only.png')
  put('file.md')
  expect(() => listDocs(join(root, 'nowhere'))).toThrow(/^The docs folder .*nowhere does not exist\.$/)
  expect(() => listDocs(join(root, 'file.md'))).toThrow(/is a file; --docs wants a folder\.$/)
  rmSync(join(root, 'file.md'))
  expect(() => listDocs(root)).toThrow(/holds no \.md, \.mdx, \.html or \.txt file\.$/)
})

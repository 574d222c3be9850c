import { expect, test } from 'vitest'
import { normalisePath, upload } from '#edge/sources/upload.ts'

test.each([
  ['guide/a.md', 'guide/a.md'],
  ['./guide//a.md', 'guide/a.md'],
  ['guide\\a.md', 'guide/a.md'],
  ['a..b/c.md', 'a..b/c.md'],
  ['', null],
  ['./', null],
  ['/etc/passwd', null],
  ['\\\\server\\a.md', null],
  ['C:\\a.md', null],
  ['../a.md', null],
  ['a/../../b.md', null],
  ['a\u0000.md', null],
  ['a\u001b[31m.md', null],
  ['\ud800.md', null],
  ['a'.repeat(1001), null],
])('the path %j becomes %j', (path, normal) => {
  expect(normalisePath(path)).toBe(normal)
})

test('a document with a bad path is listed with its reason, and the rest goes on', () => {
  const listed = [
    { path: '../a\u001b.md', content: 'x' },
    { path: 'b.md', content: 'first' },
    { path: './b.md', content: 'second' },
    { path: 'c.md', reason: 'you may not read it' },
  ]
  expect([...(upload(listed, { complete: true }).documents as Iterable<unknown>)]).toEqual([
    { path: '../a\ufffd.md', reason: 'its path is not a relative file path' },
    { path: 'b.md', content: 'first' },
    { path: 'c.md', reason: 'you may not read it' },
  ])
})

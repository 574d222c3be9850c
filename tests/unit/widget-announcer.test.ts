import { expect, test } from 'vitest'
import { createAnnouncer } from '#widget/announcer.ts'
import { createBlockStream } from '#widget/blocks.ts'

const ANSWER = `Set **\`server.proxy\`** first. Then restart [1]. Is it still 404? Look at v1.2 of the log.

- one item
- another

\`\`\`ts
never.read(out)
\`\`\`

| a | b |
|--|--|
| 1 | 2 |

The end.`

/** Streams the answer in pieces of `size` and collects what was said after each. */
function listen(size: number): string[][] {
  const stream = createBlockStream()
  const next = createAnnouncer({ code: 'Code', table: 'Table' }, 'en')
  const said: string[][] = []
  for (let at = 0; at < ANSWER.length; at += size) {
    stream.push(ANSWER.slice(at, at + size))
    said.push(next(stream.view(), false))
  }
  said.push(next(stream.end(), true))
  return said
}

const WHOLE = [
  'Set server.proxy first.',
  'Then restart.',
  'Is it still 404?',
  'Look at v1.2 of the log.',
  'one item',
  'another',
  'Code.',
  'Table.',
  'The end.',
]

test.each([1, 3, 7, 40, 1000])('whole sentences are spoken, each once, in pieces of %i characters', (size) => {
  expect(listen(size).flat()).toEqual(WHOLE)
})

test('nothing is spoken before its sentence is over', () => {
  const said = listen(1)
  const firstAt = said.findIndex((sentences) => sentences.length > 0)
  expect(firstAt).toBeGreaterThan(ANSWER.indexOf('first.'))
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerEvents } from '#edge/rules/answer-stream.ts'
import type { Citation } from '#shared/wire.ts'

const citation = (n: number): Citation => ({ n, passageId: `p${n}`, title: 't', headings: [], url: '/', quote: 'q' })
const deltas = (markdown: string, citations: Citation[] = []) =>
  [...answerEvents(markdown, citations)].flatMap((event) =>
    event.event === 'answer.delta' ? [event.data.markdown] : [],
  )

test('the pieces joined are the answer, to the character', () => {
  const part = fc.constantFrom(
    'A b. ',
    'c',
    ' [1]',
    '\n\n',
    '- x\n',
    '1. y\n',
    '```js\n',
    'a[1]. B\n',
    '```',
    '。',
    '! ',
    ' ',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => deltas(parts.join('')).join('') === parts.join('')),
  )
})

test('text comes by sentence and item, code by a few lines, and a marker stays with its sentence', () => {
  const code = Array.from({ length: 8 }, (_, line) => `line(${line})`).join('\n')
  expect(deltas(`First it. Then that. [1]\n\n1. One.\n2. Two. [1]\n\n\`\`\`js\n${code}\n\`\`\``)).toEqual([
    'First it. ',
    'Then that. [1]\n\n',
    '1. One.\n',
    '2. Two. [1]\n\n',
    `\`\`\`js\n${code.split('\n').slice(0, 5).join('\n')}\n`,
    `${code.split('\n').slice(5).join('\n')}\n\`\`\``,
  ])
})

test('each citation follows the piece that first names it, once, and code names none', () => {
  const events = [...answerEvents('One. [1]\n\n```js\na[2]\n```\n\nTwo. [2] Again. [1]', [citation(1), citation(2)])]
  expect(events.map(({ event, data }) => (event === 'answer.citation' ? `[${(data as Citation).n}]` : 'text'))).toEqual(
    ['text', '[1]', 'text', 'text', '[2]', 'text'],
  )
})

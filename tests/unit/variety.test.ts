import { expect, test } from 'vitest'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { otherSpelling } from '#edge/rules/variety.ts'

test.each([
  ['optimised', 'optimized'],
  ['optimize', 'optimise'],
  ['organisation', 'organization'],
  ['behaviour', 'behavior'],
  ['colors', 'colours'],
  ['cancelled', 'canceled'],
  ['labeling', 'labelling'],
  ['centre', 'center'],
  ['analyse', 'analyze'],
  ['catalog', 'catalogue'],
  ...['exercise', 'enterprise', 'raise', 'promise', 'browser', 'size', 'parse', 'called'].map((word) => [word, null]),
])('%s: %s', (word, expected) => {
  expect(otherSpelling(word as string)).toBe(expected)
})

test('a question is looked up in both spellings', () => {
  const related = (text: string) => analyseQuestion(text, english).terms.map((term) => term.related ?? [])
  expect(related('optimised images')[0]).toContain('optim')
  expect(related('behaviour')).toEqual([['behavior']])
})

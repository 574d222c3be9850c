import { expect, test } from 'vitest'
import { followUp } from '#edge/rules/follow-up.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'

test.each([
  ['and in production?', 'goes-on'],
  ['what about typescript', 'goes-on'],
  ['Why?', 'goes-on'],
  ['can you show me an example?', 'goes-on'],
  ['how do I disable it?', 'goes-on'],
  ['how?', 'goes-on'],
  ['does it support RSS?', 'points-back'],
  ['is that possible with docker', 'points-back'],
  ['Why is the build slow?', 'stands-alone'],
  ['origin header', 'stands-alone'],
  ['how do I disable minification?', 'stands-alone'],
  ['Andorra timezone', 'stands-alone'],
  ['and when the database of the other region is away, which of them answers first?', 'stands-alone'],
])('%s: %s', (question, expected) => {
  expect(followUp(analyseQuestion(question, english))).toBe(expected)
})

import { expect, test } from 'vitest'
import { namesIn } from '#edge/rules/names.ts'

test.each([
  ['How do I connect to a MySQL database?', ['MySQL']],
  ['Does it speak gRPC or Kafka?', ['gRPC', 'Kafka']],
  ['deploy to Next.js', ['Next']],
  ['Is there SAML? Yes. Okta has it.', ['SAML']],
  ['How Do I Install The Widget', []],
  ['Kafka', []],
  ['what does UND_ERR_SOCKET mean', []],
  ['connect to mysql', []],
  [`connect to ${'Aa'.repeat(1000)}`, []],
  ['HOW DO I LOG IN', []],
])('%s: %j', (question, expected) => {
  expect(namesIn(question, { code: 'en' }).map(({ text }) => text)).toEqual(expected)
})

test('a capital says nothing in a language that gives one to every noun', () => {
  expect(namesIn('Wie verbinde ich die Datenbank?', { code: 'de' })).toEqual([])
})

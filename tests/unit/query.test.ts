import { describe, expect, test } from 'vitest'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'

const termsOf = (text: string) => analyseQuestion(text, english).terms.map(({ term }) => term)

describe('of a question there remains', () => {
  test.each([
    ['what it asks for', 'How do I proxy API requests in development?', ['proxi', 'api', 'request', 'develop']],
    ['no word of courtesy', 'hello, can you please tell me about hooks, thanks', ['hook']],
    ['courtesy when there is nothing else', 'please help', ['pleas', 'help']],
    ['nothing of stop words alone', 'what is it that we have to do', []],
    ['nothing of nothing', '  ', []],
    ['nothing of signs', '?!… \u{1F600} -- \uD800', []],
    ['each term once, in its order', 'proxy the proxy server with a proxy', ['proxi', 'server']],
    ['the words of an injection, as words', `'; DROP TABLE passages; --`, ['drop', 'tabl', 'passag']],
    ['right-to-left words', '\u202Eשלום\u202C', ['שלום']],
  ])('%s', (_, question, expected) => {
    expect(termsOf(question)).toEqual(expected)
  })
})

test('a word that is also a part of an identifier counts as a word', () => {
  const { terms } = analyseQuestion('server.proxy proxy', english)
  expect(terms.find(({ term }) => term === 'proxi')?.kind).toBe('word')
})

test('junk of 2,000 characters costs no more than 64 terms', () => {
  const junk = Array.from({ length: 700 }, (_, index) => index.toString(36))
    .join(' ')
    .slice(0, 2000)
  expect(termsOf(junk).length).toBeLessThanOrEqual(64)
})

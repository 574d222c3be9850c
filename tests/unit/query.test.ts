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

describe('what docs may call otherwise', () => {
  const relatedOf = (text: string) =>
    Object.fromEntries(analyseQuestion(text, english).terms.map(({ term, related }) => [term, related ?? []]))

  test('a word brings its synonyms, in the form the index holds', () => {
    expect(relatedOf('shrinking pictures')).toMatchObject({ pictur: expect.arrayContaining(['imag']) })
  })

  test('a phrase is met though some of its words are stop words, and takes precedence over its words', () => {
    expect(relatedOf('how to turn off telemetry').turn).toEqual(expect.arrayContaining(['disabl']))
    expect(relatedOf('turn the page').turn).toEqual([])
  })

  test('a name from code brings none, and neither does another language', () => {
    expect(relatedOf('server.delete')['server.delete']).toEqual([])
    const german = { ...english, code: 'de' }
    expect(analyseQuestion('delete', german).terms[0]?.related).toBeUndefined()
  })
})

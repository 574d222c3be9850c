import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { english, loadLanguage } from '#edge/rules/language.ts'
import { terms, termsOf } from '#edge/rules/terms.ts'

describe('what is written one way is found when typed another', () => {
  test.each([
    ['createServer', 'create-server'],
    ['createServer', 'create_server'],
    ['createServer', 'createserver'],
    ['connection', 'connected'],
    ['Café', 'cafe'],
    ['Ｆｕｌｌ－ｗｉｄｔｈ', 'full-width'],
    ['user’s', 'users'],
    ['APIs', 'api'],
    ['soft\u00ADhyphen', 'softhyphen'],
    ['HTMLElement', 'htmlelement'],
  ])('%s and %s', (written, typed) => {
    expect(termsOf(written, english)[0]).toBe(termsOf(typed, english)[0])
  })
})

describe('an identifier is found whole and by its parts', () => {
  test.each([
    ['server.proxy', ['server.proxy', 'server', 'proxi']],
    ['createServer', ['createserv', 'creat', 'server']],
    ['--force', ['--force', 'forc']],
    ['import.meta.env.VITE_X', ['import.meta.env.vitex', 'import', 'meta', 'env', 'vitex', 'vite', 'x']],
    ['@vitejs/plugin-react', ['@vitejs/pluginreact', 'vitej', 'pluginreact', 'plugin', 'react']],
    ['vite.config.ts', ['vite.config.ts', 'vite', 'config', 'ts']],
    ['C++', ['c++', 'c']],
    ['C#', ['c#', 'c']],
    ['.env', ['.env', 'env']],
    ['node:fs', ['node:fs', 'node', 'fs']],
    ['std::vector', ['std::vector', 'std', 'vector']],
    ['v1.2.3', ['v1.2.3', '1.2.3']],
    ['1.2.3', ['1.2.3']],
    ['ES2020', ['es2020']],
    ['node20', ['node20', 'node']],
  ])('%s', (written, expected) => {
    expect(termsOf(`Use \`${written}\`.`, english).filter((term) => term !== 'use')).toEqual(expected)
    // The full stop and the comma of a sentence are none of its own.
    expect(termsOf(`${written}, ${written}.`, english)).toEqual(expected)
  })

  test('a part names the identifier it was taken from, and the word that it is', () => {
    expect([...terms('createServer', english)]).toEqual([
      { term: 'createserv', word: 'createserver', surface: 'createServer', kind: 'identifier' },
      { term: 'creat', word: 'create', surface: 'createServer', kind: 'part' },
      { term: 'server', word: 'server', surface: 'createServer', kind: 'part' },
    ])
  })
})

describe('scripts without spaces go by pairs of characters', () => {
  test.each([
    ['配置服务器', ['配置', '置服', '服务', '务器']],
    ['サーバー', ['サー', 'ーバ', 'バー']],
    ['서버를', ['서버', '버를']],
    ['猫', ['猫']],
    ['用Vite构建', ['用', '构建', 'vite']],
  ])('%s', (text, expected) => {
    expect(termsOf(text, english)).toEqual(expected)
  })
})

test('stop words are left out, and so are the endings of contractions', () => {
  expect(termsOf("What is the user's port? Don't use it.", english)).toEqual(['user', 'port', 'use'])
})

test('each language has its own endings and stop words', async () => {
  const french = await loadLanguage('fr-CA')
  expect(termsOf("La configuration de l'application", french)).toEqual(termsOf('configurations applications', french))
  const russian = await loadLanguage('ru')
  expect(termsOf('настройки', russian)).toEqual(termsOf('настройка', russian))
})

test('a language without a stemmer keeps its words', async () => {
  expect(termsOf('kumusta kayo', await loadLanguage('tl'))).toEqual(['kumusta', 'kayo'])
})

test('whatever the text, a term is well-formed, bounded, without blanks and found again when typed', () => {
  const check = fc.property(
    fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 300 })),
    (text) => {
      for (const term of termsOf(text, english)) {
        expect(term.isWellFormed()).toBe(true)
        expect(term).not.toMatch(/[\s\0]/)
        expect(term.length).toBeGreaterThan(0)
        expect(term.length).toBeLessThanOrEqual(300)
      }
    },
  )
  fc.assert(check, { numRuns: 500, seed: 20260601 })
})

test('a hash or an encoded file makes no term longer than 64 characters', () => {
  for (const term of termsOf(`sha256-${'aB3/'.repeat(200)} ${'x'.repeat(5000)}`, english))
    expect(term.length).toBeLessThanOrEqual(64)
})

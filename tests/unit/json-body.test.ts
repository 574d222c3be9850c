import { describe, expect, test } from 'vitest'
import { isCleanText, isJsonMediaType, parseJsonBody } from '#edge/rules/json-body.ts'
import { snippet } from '#edge/rules/snippet.ts'
import { utf8 } from '#shared/bytes.ts'

describe('a body', () => {
  test.each([
    ['nothing', new Uint8Array(), 'body_empty'],
    ['half a character', new Uint8Array([0x22, 0xe2, 0x82, 0x22]), 'encoding_wrong'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), 'encoding_wrong'],
    ['an open brace', utf8('{'), 'syntax_wrong'],
    ['two values', utf8('{}{}'), 'syntax_wrong'],
  ])('of %s is refused with its reason', (_, bytes, reason) => {
    expect(parseJsonBody(bytes)).toEqual({ ok: false, reason })
  })

  test('of JSON is its value, with or without a byte order mark', () => {
    expect(parseJsonBody(utf8('\ufeff{"a":"ü"}'))).toEqual({ ok: true, value: { a: 'ü' } })
  })
})

test('a body that was refused leaves nothing to the next', () => {
  for (const bytes of [
    new Uint8Array([0xf0, 0x9f]),
    new Uint8Array([0xe2, 0x82, 0x22]),
    new Uint8Array([0xef, 0xbb]),
  ]) {
    expect(parseJsonBody(bytes)).toMatchObject({ reason: 'encoding_wrong' })
    expect(parseJsonBody(utf8('\ufeff"ü"'))).toEqual({ ok: true, value: 'ü' })
  }
})

test('half a surrogate pair and NUL are not clean, emoji and right-to-left text are', () => {
  expect(['\ud800', 'a\udc00', 'a\0b'].map(isCleanText)).toEqual([false, false, false])
  expect(['👋🏽', 'مرحبا', ''].map(isCleanText)).toEqual([true, true, true])
})

test.each([
  ['application/json', true],
  ['text/plain;charset=UTF-8', true],
  ['Application/JSON; charset="utf-8"', true],
  ['text/plain; charset=latin1', false],
  ['application/x-www-form-urlencoded', false],
  ['application/jsonp', false],
  [undefined, false],
])('media type %j is accepted: %s', (type, expected) => {
  expect(isJsonMediaType(type)).toBe(expected)
})

test('a snippet shows where most of the words stand, cut at words, within 240 characters and two dots', () => {
  const words = (text: string) => text.toLowerCase().match(/\w+/g) ?? []
  const text = `${'filler '.repeat(100)}the proxy for the api stands here ${'filler '.repeat(100)}`
  const found = snippet(text, new Set(['proxy', 'api']), words)
  expect(found).toMatch(/^… .*proxy for the api.* …$/)
  expect(found.length).toBeLessThanOrEqual(244)
  expect(snippet('short text', new Set(['text']), words)).toBe('short text')
  expect(snippet('', new Set(), words)).toBe('')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spellingVariants } from '#edge/rules/spelling.ts'

const anyWord = fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 5, maxLength: 12 })

/** What the index holds of a word: itself, and with one character left out. */
function indexed(word: string): Set<string> {
  return new Set([word, ...Array.from(word, (_, place) => word.slice(0, place) + word.slice(place + 1))])
}

function meets(typed: string, word: string): boolean {
  const held = indexed(word)
  return spellingVariants(typed, typed).some(({ variant }) => held.has(variant))
}

test('one wrong, missing, surplus or swapped character never keeps a word from meeting the one that was meant', () => {
  const check = fc.property(anyWord, fc.nat(11), fc.constantFrom(...'xyz'), (word, at, letter) => {
    const place = at % word.length
    const [before, after] = [word.slice(0, place), word.slice(place + 1)]
    const swapped = before + (after[0] ?? '') + word[place] + after.slice(1)
    expect(meets(before + letter + after, word)).toBe(true)
    expect(meets(before + letter + word.slice(place), word)).toBe(true)
    expect(meets(swapped, word)).toBe(true)
    if (word.length > 5) expect(meets(before + after, word)).toBe(true)
  })
  fc.assert(check)
})

test.each(['port', 'v1.2', '12345', 'server.proxy', '--force', '配置', 'a'.repeat(25)])(
  '%s is never guessed at',
  (word) => {
    expect(spellingVariants(word, word)).toEqual([])
  },
)

test('the longest word stays cheap', () => {
  const word = 'abcdefghijklmnopqrstuvwx'
  expect(spellingVariants(word, word).length).toBeLessThanOrEqual(1 + 24 + (24 * 23) / 2)
})

test('a short stem of a long word is not guessed at from two slips away', () => {
  const forms = spellingVariants('estim', 'estimated').filter(({ word }) => word === 'estim')
  expect(new Set(forms.map(({ reach }) => reach))).toEqual(new Set([1]))
})

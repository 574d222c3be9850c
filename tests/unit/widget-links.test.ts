import { expect, test } from 'vitest'
import { deepLink, safeUrl } from '#widget/links.ts'

test('only addresses that a browser merely opens are followed', () => {
  expect(safeUrl('https://a.example/b')).toBe('https://a.example/b')
  expect(safeUrl('mailto:help@a.example')).toBe('mailto:help@a.example')
  for (const address of [
    'javascript:alert(1)',
    ' java\nscript:alert(1)',
    'data:,x',
    'blob:https://a.example/1',
    'file:///etc',
    '/a',
    '',
  ])
    expect(safeUrl(address)).toBeNull()
})

test('a source opens at its heading, with its first words marked', () => {
  expect(deepLink('https://a.example/p#proxy', 'Set the server, then re-start it and wait for more\nnext line')).toBe(
    'https://a.example/p#proxy:~:text=Set%20the%20server%2C%20then%20re%2Dstart%20it%20and%20wait',
  )
  expect(deepLink('https://a.example/p', 'Long enough to be the only match here')).toBe(
    'https://a.example/p#:~:text=Long%20enough%20to%20be%20the%20only%20match%20here',
  )
})

test('words too few to be unique are not marked: they might match the table of contents', () => {
  expect(deepLink('https://a.example/p#proxy', 'npm start')).toBe('https://a.example/p#proxy')
})

test('a source with an address that may not be followed has no link', () => {
  expect(deepLink('javascript:alert(1)', 'Long enough to be the only match here')).toBeNull()
})

import { expect, test } from 'vitest'
import { fieldError, otherError, Refused, sentenceOf, Unreachable } from '#dashboard/failure.ts'
import { projectOf, safeNext, signInFor } from '#dashboard/paths.ts'
import type { Problem } from '#shared/wire.ts'

const problem = (change: Partial<Problem>): Problem => ({
  type: '/docs/problems#body_invalid',
  title: 'Body invalid',
  status: 400,
  detail: 'The request is not of the shape that this route expects.',
  code: 'body_invalid',
  requestId: 'req_1',
  ...change,
})

test.each([
  ['/', '/sign-in'],
  ['/projects/prj_1/keys?x=1', '/sign-in?next=%2Fprojects%2Fprj_1%2Fkeys%3Fx%3D1'],
])('whoever has to sign in at %s is sent to %s', (here, there) => {
  expect(signInFor(here)).toBe(there)
})

test.each([
  [undefined, '/'],
  ['/projects/prj_1', '/projects/prj_1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\tevil', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in?next=/sign-in', '/'],
])('after signing in, %j leads to %s', (next, there) => {
  expect(safeNext(next)).toBe(there)
})

test.each([
  ['/projects/prj_1/keys', 'prj_1'],
  ['/', null],
  ['/projects/', null],
])('%s is about the project %s', (path, project) => {
  expect(projectOf(path)).toBe(project)
})

test('an error that belongs to a field stands there, and not above the form as well', () => {
  const refused = new Refused(problem({ errors: [{ path: 'email', message: 'Not an e-mail address.' }] }))
  expect(fieldError(refused, 'email')).toBe('Not an e-mail address.')
  expect(fieldError(refused, 'password')).toBe('')
  expect(otherError(refused, ['email', 'password'])).toBe('')
  expect(otherError(refused, ['password'])).toBe('Not an e-mail address.')
  expect(otherError(null, ['password'])).toBe('')
})

test('waiting is told in words', () => {
  const refused = (seconds: number | null) => new Refused(problem({ code: 'rate_limited', status: 429 }), seconds)
  expect(sentenceOf(refused(45))).toBe('Too many attempts: try again in 45 seconds.')
  expect(sentenceOf(refused(301))).toBe('Too many attempts: try again in 6 minutes.')
  expect(sentenceOf(refused(null))).toBe('Too many attempts: try again in 60 seconds.')
})

test('whatever goes wrong has a sentence, and a bug of ours no words of the engine', () => {
  expect(sentenceOf(new Unreachable())).toMatch(/nothing you typed is lost/)
  expect(sentenceOf(new TypeError('x is not a function'))).not.toMatch(/function/)
  expect(sentenceOf(new Refused(problem({ code: 'internal_error', status: 500 })))).toContain('req_1')
})

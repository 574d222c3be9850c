import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { csrfTokenHolds, issueCsrfToken, judgeSource, type RequestSource } from '#edge/rules/csrf.ts'
import { random } from './policy-source.ts'

const KEY = new Uint8Array(32).fill(7)
const SESSION = 'QcK2nyDyqTqyzBo0dcP2hK3mPZAyYBgCyGv3sW6jQ0E'
const APP = 'https://app.pernoex.example'

describe('a CSRF token', () => {
  test('is what its format says, to another implementation', () => {
    const token = issueCsrfToken(KEY, SESSION, random)
    const [hex, salt = ''] = token.split('.')
    const message = `csrf!${SESSION.length}!${SESSION}!${salt.length}!${salt}`
    expect(hex).toBe(createHmac('sha256', KEY).update(message).digest('hex'))
    expect(salt).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(csrfTokenHolds(KEY, SESSION, token)).toBe(true)
  })

  test('holds for its session and its key only', () => {
    const token = issueCsrfToken(KEY, SESSION, random)
    expect(csrfTokenHolds(KEY, `${SESSION}x`, token)).toBe(false)
    expect(csrfTokenHolds(KEY, '', issueCsrfToken(KEY, '', random))).toBe(false)
    expect(csrfTokenHolds(new Uint8Array(32).fill(8), SESSION, token)).toBe(false)
  })

  test('does not survive a change of any character', () => {
    const token = issueCsrfToken(KEY, SESSION, random)
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'a' ? 'b' : 'a'
      const changed = token.slice(0, index) + other + token.slice(index + 1)
      expect(csrfTokenHolds(KEY, SESSION, changed), `${index}`).toBe(false)
    }
  })

  test('is refused when absent or of another form', () => {
    const token = issueCsrfToken(KEY, SESSION, random)
    const [hex = '', salt = ''] = token.split('.')
    const others = [
      null,
      '',
      '.',
      hex,
      `.${salt}`,
      `${hex.toUpperCase()}.${salt}`,
      ` ${token}`,
      `${token}\n`,
      `${token},${token}`,
    ]
    for (const other of others) expect(csrfTokenHolds(KEY, SESSION, other), String(other)).toBe(false)
  })
})

describe('where a request comes from', () => {
  const own: RequestSource = {
    method: 'POST',
    secFetchSite: 'same-origin',
    origin: APP,
    contentType: 'application/json',
    hasBody: true,
  }
  const judge = (changes: Partial<RequestSource>) => {
    const verdict = judgeSource({ ...own, ...changes }, APP)
    return verdict.ok ? 'ok' : verdict.reason
  }

  test('the dashboard itself may, with either header or both', () => {
    expect(judge({})).toBe('ok')
    expect(judge({ secFetchSite: null })).toBe('ok')
    expect(judge({ origin: null })).toBe('ok')
  })

  test.each(['cross-site', 'same-site', 'none', '', 'Same-Origin', 'same-origin, cross-site'])(
    'Sec-Fetch-Site “%s” may not',
    (value) => {
      expect(judge({ secFetchSite: value })).toBe('sent_from_elsewhere')
    },
  )

  test.each([
    'null',
    '',
    'http://app.pernoex.example',
    'https://app.pernoex.example:8443',
    'https://pernoex.example',
    'https://app.pernoex.example.evil.example',
    'https://APP.pernoex.example',
    'https://edge.pernoex.example',
  ])('Origin “%s” may not, with or without Fetch-Metadata', (origin) => {
    expect(judge({ origin })).toBe('origin_of_elsewhere')
    expect(judge({ origin, secFetchSite: null })).toBe('origin_of_elsewhere')
  })

  test('without either header nothing is known, so nothing is done', () => {
    expect(judge({ secFetchSite: null, origin: null })).toBe('source_unknown')
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
    'text/json',
    'application/json, text/plain',
    'application/jsonp',
    'application/json; charset=utf-16',
    'text/plain; application/json',
  ])('a body of type “%s” is no JSON', (contentType) => {
    expect(judge({ contentType })).toBe('body_not_json')
  })

  test('JSON may name its charset, and only a request without a body may have no type', () => {
    for (const contentType of ['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])
      expect(judge({ contentType })).toBe('ok')
    expect(judge({ contentType: null })).toBe('body_type_missing')
    expect(judge({ contentType: null, hasBody: false })).toBe('ok')
    expect(judge({ contentType: 'text/plain', hasBody: false })).toBe('body_not_json')
  })

  test('methods that change nothing may come from anywhere; any other, known or not, may not', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(judge({ method, secFetchSite: 'cross-site' })).toBe('ok')
    for (const method of ['PUT', 'PATCH', 'DELETE', 'TRACE', 'get', 'X'])
      expect(judge({ method, secFetchSite: 'cross-site' })).toBe('sent_from_elsewhere')
  })
})

import { hash } from 'bcryptjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBcryptHasher } from '#edge/providers/password/bcrypt.ts'
import { loadCommonPasswords } from '#edge/providers/password/common-passwords.ts'
import { judgePassword } from '#edge/rules/password.ts'

let isCommon: (text: string) => boolean
beforeAll(async () => {
  isCommon = await loadCommonPasswords()
})

const reasonOf = (password: string, context = {}) => {
  const verdict = judgePassword(password, { ...context, isCommon })
  return verdict.ok ? null : verdict.reason
}

describe('which passwords are accepted', () => {
  test.each([
    'plum orbit ladder 27',
    'fourteen small blue doors',
    'Zwölf Köche rühren leise',
    '十五文字以上の長い合い言葉は良い',
    'x9!kQ_7mV#2pLr&T',
    `${'long sentence about nothing in particular '.repeat(20)}end`,
  ])('%j is', (password) => expect(reasonOf(password)).toBeNull())

  test.each([
    ['fourteen chars', 'password_too_short'],
    ['', 'password_too_short'],
    ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 'password_too_short'],
    ['x'.repeat(1001), 'password_too_long'],
    ['passwordpassword', 'password_common'],
    ['P@ssw0rd!P@ssw0rd!', 'password_common'],
    ['Password123456789', 'password_common'],
    ['qwertyuiopasdfgh', 'password_common'],
    ['1234567890123456', 'password_common'],
    ['aaaaaaaaaaaaaaaaaaaa', 'password_common'],
    ['abcabcabcabcabcabc', 'password_common'],
    ['correct horse battery staple', 'password_common'],
    ['adalovelace adalovelace', 'password_common'],
    ['null\u0000byte in the middle', 'password_unreadable'],
    ['half a pair \ud83d of surrogates', 'password_unreadable'],
  ])('%j is not: %s', (password, reason) =>
    expect(reasonOf(password, { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' })).toBe(reason),
  )

  test('beside a second factor eight characters are enough', () => {
    expect(reasonOf('k7#mQz9!', { secondFactor: true })).toBeNull()
    expect(reasonOf('k7#mQz9!')).toBe('password_too_short')
    expect(reasonOf('password', { secondFactor: true })).toBe('password_common')
  })
})

describe('what leaks show again and again', () => {
  test('is refused, each of the three thousand commonest that are long enough', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common')
    const long = dictionary['passwords-common'].map(String).filter((word) => word.length >= 8)
    expect(long.length).toBeGreaterThan(3000)
    const accepted = long.slice(0, 3000).filter((word) => reasonOf(word, { secondFactor: true }) === null)
    expect(accepted).toEqual([])
    // Said twice, or with a year, is not another one.
    for (const word of long.slice(0, 300)) {
      expect(reasonOf(`${word}${word}`.slice(0, 30)), word).not.toBeNull()
      expect(reasonOf(`${word}2024!`, { secondFactor: true }), word).not.toBeNull()
    }
  })

  test('hardly ever stands in the way of a password by a generator', () => {
    let seed = 1
    const next = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed
    }
    const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#%+:=?@'
    const draw = () => Array.from({ length: 15 }, () => letters.charAt(next() % letters.length)).join('')
    expect(Array.from({ length: 1000 }, () => reasonOf(draw())).filter((reason) => reason !== null)).toEqual([])
  })

  test('is looked for in milliseconds, however long the password', () => {
    const startMs = performance.now()
    for (const password of ['ab1'.repeat(333), 'a'.repeat(1000), `${'é'.repeat(999)}x`, 'password'.repeat(125)])
      reasonOf(password)
    expect(performance.now() - startMs).toBeLessThan(1500)
  })
})

describe('how passwords are stored', () => {
  const pepper = (fill: number) => new Uint8Array(32).fill(fill)
  const hasher = (peppers: [string, Uint8Array<ArrayBuffer>][], cost = 4) =>
    createBcryptHasher({ peppers: new Map(peppers), cost, nowMs: () => 0 })
  const a = hasher([['a', pepper(1)]])

  test('as bcrypt over an HMAC, with a salt of its own', async () => {
    const [one, two] = await Promise.all([a.hash('plum orbit'), a.hash('plum orbit')])
    expect(one).toMatch(/^v1\$bcrypt-hmac384\$a\$\$2b\$04\$[./A-Za-z0-9]{53}$/)
    expect(one).not.toBe(two)
    expect(await a.verify('plum orbit', one)).toEqual({ ok: true, rehash: false })
    expect(await a.verify('plum orbiT', one)).toEqual({ ok: false, rehash: false })
  })

  test('all of a long password counts, and both spellings of an accent are one', async () => {
    const long = 'x'.repeat(80)
    expect((await a.verify(`${long}y`, await a.hash(`${long}z`))).ok).toBe(false)
    expect((await a.verify('cafe\u0301', await a.hash('caf\u00e9'))).ok).toBe(true)
  })

  test('without its pepper a stolen hash is worth nothing', async () => {
    const stored = await a.hash('plum orbit')
    expect((await hasher([['a', pepper(2)]]).verify('plum orbit', stored)).ok).toBe(false)
    expect((await hasher([['b', pepper(1)]]).verify('plum orbit', stored)).ok).toBe(false)
  })

  test('an older pepper or a lower cost asks for a new hash', async () => {
    const stored = await a.hash('plum orbit')
    const both: [string, Uint8Array<ArrayBuffer>][] = [
      ['a', pepper(1)],
      ['b', pepper(2)],
    ]
    expect(await hasher(both).verify('plum orbit', stored)).toEqual({ ok: true, rehash: true })
    expect(await hasher([['a', pepper(1)]], 5).verify('plum orbit', stored)).toEqual({ ok: true, rehash: true })
  })

  test.each([null, '', 'v1$bcrypt-hmac384$a$', 'x'.repeat(60)])('nothing matches %j', async (stored) => {
    expect(await a.verify('plum orbit', stored)).toEqual({ ok: false, rehash: false })
  })

  test('a plain bcrypt hash is not one of ours', async () => {
    expect((await a.verify('plum orbit', await hash('plum orbit', 4))).ok).toBe(false)
  })

  test('of many at once some are refused, and nobody else has to wait for them', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => a.hash('plum orbit')))
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBe(11)
    expect(refused[0]).toMatchObject({ reason: { name: 'HasherBusy' } })
    expect(await a.hash('plum orbit')).toMatch(/^v1/)
  })
})

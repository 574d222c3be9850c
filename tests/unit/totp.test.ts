import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase32, toBase32 } from '#edge/rules/base32.ts'
import { judgeCode, newTotpSecret, totpCode, totpStep, totpUri } from '#edge/rules/totp.ts'
import { utf8 } from '#shared/bytes.ts'
import { random } from './policy-source.ts'

const SECRET = utf8('12345678901234567890')

describe('the codes', () => {
  test('are those of RFC 4226', () => {
    const published = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
    expect(published.map((_, counter) => totpCode(SECRET, counter))).toEqual(published)
  })

  // RFC 6238, appendix B, the last six of eight digits.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of RFC 6238 at %d s', (seconds, code) => {
    expect(judgeCode(SECRET, code, seconds * 1000, null)).toEqual({
      ok: true,
      value: { step: Math.floor(seconds / 30) },
    })
  })

  test('count past 32 bits', () => {
    expect(totpCode(SECRET, 2 ** 32 + 1)).not.toBe(totpCode(SECRET, 1))
  })
})

describe('a code', () => {
  const NOW = 1_234_567_890_000
  const STEP = totpStep(NOW)
  const judge = (step: number, lastStep: number | null = null) =>
    judgeCode(SECRET, totpCode(SECRET, step), NOW, lastStep)

  test('is accepted one step early or late, and no more', () => {
    for (const drift of [-1, 0, 1]) expect(judge(STEP + drift)).toEqual({ ok: true, value: { step: STEP + drift } })
    for (const drift of [-3, -2, 2, 3]) expect(judge(STEP + drift)).toEqual({ ok: false, reason: 'code_wrong' })
  })

  test('is accepted once, and no earlier one after it', () => {
    expect(judge(STEP, STEP)).toEqual({ ok: false, reason: 'code_used' })
    expect(judge(STEP - 1, STEP)).toEqual({ ok: false, reason: 'code_used' })
    expect(judge(STEP + 1, STEP)).toEqual({ ok: true, value: { step: STEP + 1 } })
    expect(judge(STEP, STEP - 1)).toEqual({ ok: true, value: { step: STEP } })
    // Neither does a step from the future that was stored once let older ones pass.
    expect(judge(STEP, STEP + 100)).toEqual({ ok: false, reason: 'code_used' })
  })

  test('may be pasted with a blank or a hyphen', () => {
    const code = totpCode(SECRET, STEP)
    for (const text of [`${code.slice(0, 3)} ${code.slice(3)}`, ` ${code}\n`, `${code.slice(0, 3)}-${code.slice(3)}`])
      expect(judgeCode(SECRET, text, NOW, null).ok).toBe(true)
  })

  test.each(['', '12345', '1234567', '12345a', '１２３４５６', '-12345', '0x1234', '1e5000'])('is not “%s”', (text) => {
    expect(judgeCode(SECRET, text, NOW, null)).toEqual({ ok: false, reason: 'code_malformed' })
  })

  test('works in the first minute of time', () => {
    expect(judgeCode(SECRET, '755224', 0, null)).toEqual({ ok: true, value: { step: 0 } })
  })
})

test('a secret has 160 random bits, and its address is what authenticator apps read', () => {
  const secret = newTotpSecret(random)
  expect(secret).toHaveLength(20)
  expect(newTotpSecret(random)).not.toEqual(secret)
  const uri = new URL(totpUri(SECRET, 'ada+docs@example.com'))
  expect(uri.href).toBe(
    'otpauth://totp/Pernoex:ada%2Bdocs%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Pernoex&algorithm=SHA1&digits=6&period=30',
  )
})

describe('base32', () => {
  // RFC 4648, section 10.
  test.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('of “%s” is “%s”', (text, encoded) => {
    expect(toBase32(utf8(text))).toBe(encoded)
    expect(fromBase32(encoded)).toEqual(utf8(text))
    expect(fromBase32(encoded.padEnd(Math.ceil(encoded.length / 8) * 8, '='))).toEqual(utf8(text))
  })

  test('comes back from any bytes, however it was copied', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = toBase32(bytes)
        expect(fromBase32(text)).toEqual(new Uint8Array(bytes))
        expect(fromBase32(text.toLowerCase().replace(/.{4}/g, '$& '))).toEqual(new Uint8Array(bytes))
      }),
    )
  })

  test('is refused with a character, a length or a last character that no bytes have', () => {
    for (const text of ['M', 'MZX', 'MZXW6Y', '0', 'MY1', 'MZ', 'MZXW6YR', 'ſſ', 'M=Y'])
      expect(fromBase32(text), text).toBeNull()
  })
})

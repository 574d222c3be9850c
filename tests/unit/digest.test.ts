import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex, utf8 } from '#shared/bytes.ts'
import { hmacSha256, hmacSha384, LONGEST_MAC_MESSAGE, macSha256, sha256 } from '#shared/digest.ts'

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })
const byNode = (key: Uint8Array, message: Uint8Array): string => createHmac('sha256', key).update(message).digest('hex')

// RFC 4231, test cases 1, 3, 6 and 7: key, data, HMAC-SHA-256.
const RFC_4231: [string, string, string][] = [
  ['0b'.repeat(20), toHex(utf8('Hi There')), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  ['aa'.repeat(20), 'dd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    'aa'.repeat(131),
    toHex(utf8('Test Using Larger Than Block-Size Key - Hash Key First')),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    'aa'.repeat(131),
    toHex(
      utf8(
        'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
      ),
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
]

test.each(RFC_4231)('HMAC gives the vectors of RFC 4231 (key %s)', (key, data, expected) => {
  const message = fromHex(data) ?? new Uint8Array()
  const secret = fromHex(key) ?? new Uint8Array()
  expect(toHex(hmacSha256(secret, message))).toBe(expected)
  if (message.length <= LONGEST_MAC_MESSAGE) expect(toHex(macSha256(secret)(message))).toBe(expected)
})

describe('the short-message HMAC that key checksums stand on', () => {
  test('equals that of the platform, whatever was hashed before', () => {
    fc.assert(
      fc.property(
        bytes(16, 200),
        fc.array(bytes(0, LONGEST_MAC_MESSAGE), { minLength: 1, maxLength: 6 }),
        (key, messages) => {
          const mac = macSha256(key)
          for (const message of messages) expect(toHex(mac(message))).toBe(byNode(key, message))
        },
      ),
      { numRuns: 500, seed: 20260601 },
    )
  })

  test('refuses a message that does not fit its block, and a key that could be guessed', () => {
    expect(() => macSha256(new Uint8Array(32))(new Uint8Array(LONGEST_MAC_MESSAGE + 1))).toThrow(RangeError)
    expect(() => macSha256(new Uint8Array(15))).toThrow(RangeError)
    expect(() => hmacSha256(new Uint8Array(), utf8('x'))).toThrow(RangeError)
  })
})

test('SHA-256 equals that of the platform', () => {
  fc.assert(
    fc.property(bytes(0, 300), (message) => {
      expect(toHex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'))
    }),
  )
})

test('HMAC-SHA-384 gives the vector of RFC 4231 (test case 1) and equals that of the platform', () => {
  expect(toHex(hmacSha384(new Uint8Array(20).fill(0x0b), utf8('Hi There')))).toBe(
    'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
  )
  fc.assert(
    fc.property(bytes(16, 200), bytes(0, 300), (key, message) => {
      expect(toHex(hmacSha384(key, message))).toBe(createHmac('sha384', key).update(message).digest('hex'))
    }),
  )
  expect(() => hmacSha384(new Uint8Array(15), utf8('x'))).toThrow(RangeError)
})

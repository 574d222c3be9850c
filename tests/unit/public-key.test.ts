import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toBase62 } from '#shared/bytes.ts'
import { newId } from '#shared/ids.ts'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import {
  createKeyVerifier,
  issuePublicKey,
  issueSecretKey,
  type NewKey,
  PUBLIC_KEY_LENGTH,
  SECRET_KEY_LENGTH,
} from '#shared/public-key.ts'

const random = (bytes: Uint8Array<ArrayBuffer>) => void crypto.getRandomValues(bytes)
const secretA = new Uint8Array(32).fill(1)
const secretB = new Uint8Array(32).fill(2)
const secrets = new Map([['a', secretA]])
const projectId = newId('project', random)
const key: NewKey = { projectId, environment: 'live', secrets, random }
const verify = createKeyVerifier(secrets)
const BASE62 = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']

test('a public key names its project, its environment and itself', () => {
  const { text, identity } = issuePublicKey(key)
  expect(text).toMatch(/^pnx_pk_live_a[0-9A-Za-z]{47}$/)
  expect(text).toHaveLength(PUBLIC_KEY_LENGTH)
  expect(verify(text)).toEqual({ ok: true, value: { kind: 'public', environment: 'live', projectId, identity } })
})

test('a secret key names its project, and has a checksum of its own', () => {
  const { text } = issueSecretKey({ ...key, environment: 'test' })
  expect(text).toMatch(/^pnx_sk_test_[0-9A-Za-z]{54}$/)
  expect(text).toHaveLength(SECRET_KEY_LENGTH)
  expect(verify(text)).toEqual({ ok: true, value: { kind: 'secret', environment: 'test', projectId, identity: '' } })
})

test('the checksum is the one that any HMAC-SHA-256 makes: 8 bytes over all that stands before it, in base62', () => {
  for (const { text } of [issuePublicKey(key), issueSecretKey(key)]) {
    const mac = createHmac('sha256', secretA).update(text.slice(0, -11)).digest()
    expect(text.slice(-11)).toBe(toBase62(mac.subarray(0, 8), 11))
  }
})

test('any one character changed, left out or added makes a key malformed', () => {
  for (const { text } of [issuePublicKey(key), issueSecretKey(key)])
    for (let index = 0; index < text.length; index++) {
      for (const character of [...BASE62, '_', '-', ' ', 'é'].filter((other) => other !== text[index]))
        expect(verify(text.slice(0, index) + character + text.slice(index + 1)).ok, `${index} ${character}`).toBe(false)
      expect(verify(text.slice(0, index) + text.slice(index + 1)).ok).toBe(false)
      expect(verify(`${text.slice(0, index)}0${text.slice(index)}`).ok).toBe(false)
    }
})

test('a key made for one environment, kind or project is not one of another', () => {
  const { text } = issuePublicKey(key)
  expect(verify(text.replace('_live_', '_test_')).ok).toBe(false)
  expect(verify(text.replace('_pk_', '_sk_')).ok).toBe(false)
  const other = newId('project', random).slice(4)
  expect(verify(text.slice(0, 13) + other + text.slice(35)).ok).toBe(false)
})

test('what anyone types is refused and never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.base64String({ maxLength: 80 })), (text) => {
      expect(verify(text)).toEqual({ ok: false, reason: 'key_malformed' })
      expect(verify(`pnx_pk_live_a${text}`.slice(0, PUBLIC_KEY_LENGTH)).ok).toBe(false)
    }),
    { seed: 1, numRuns: 2000 },
  )
})

test('the checksum secret rotates: new keys are made with the newest, old ones hold until theirs is taken away', () => {
  const before = issuePublicKey(key).text
  const both = new Map([
    ['a', secretA],
    ['b', secretB],
  ])
  const after = issuePublicKey({ ...key, secrets: both }).text
  expect(after[12]).toBe('b')
  const verifyBoth = createKeyVerifier(both)
  expect([verifyBoth(before).ok, verifyBoth(after).ok]).toEqual([true, true])
  const verifyNew = createKeyVerifier(new Map([['b', secretB]]))
  expect([verifyNew(before).ok, verifyNew(after).ok]).toEqual([false, true])
})

test('a secret of the same name but other bytes refuses every key', () => {
  expect(createKeyVerifier(new Map([['a', secretB]]))(issuePublicKey(key).text).ok).toBe(false)
})

test('more keys than are remembered are all still judged rightly', () => {
  const verifyFew = createKeyVerifier(secrets, 4)
  const keys = Array.from({ length: 20 }, () => issuePublicKey(key).text)
  for (let round = 0; round < 3; round++) for (const text of keys) expect(verifyFew(text).ok).toBe(true)
})

test.each([
  ['not json', 'is not JSON'],
  ['[]', 'is not a JSON object'],
  ['{}', 'holds no secret'],
  ['{"ab":"x"}', 'has a name that is not one letter'],
  ['{"1":"x"}', 'has a name that is not one letter'],
  ['{"a":"c2hvcnQ"}', 'has no 32 bytes in base64url under "a"'],
  ['{"a":7}', 'has no 32 bytes in base64url under "a"'],
])('checksum secrets written as %s are refused with the reason', (json, reason) => {
  expect(parseNamedSecrets(json)).toEqual({ ok: false, reason })
})

test('checksum secrets keep the order they were written in', () => {
  const bytes = Buffer.alloc(32, 9).toString('base64url')
  const parsed = parseNamedSecrets(`{"z":"${bytes}","a":"${bytes}"}`)
  expect(parsed.ok && [...parsed.value.keys()]).toEqual(['z', 'a'])
})

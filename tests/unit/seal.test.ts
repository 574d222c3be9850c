import { createDecipheriv, hkdfSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { toHex, utf8 } from '#shared/bytes.ts'
import { newId } from '#shared/ids.ts'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import { encryptGcm, openSealed, type SealedPlace, seal } from '#shared/seal.ts'
import { PROJECT, random } from './policy-source.ts'

const key = (fill: number) => new Uint8Array(32).fill(fill)
const keys = new Map([
  ['a', key(1)],
  ['b', key(2)],
])
const place: SealedPlace = { tenant: PROJECT, table: 'identity_keys', column: 'sealed_secret', row: 'r1' }
const secret = utf8('hunter2')

test('the cipher gives the published vectors of AES-256-GCM', async () => {
  const zero = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['encrypt'])
  const encrypt = async (length: number) =>
    toHex(await encryptGcm(zero, new Uint8Array(12), new Uint8Array(length), new Uint8Array()))
  expect(await encrypt(0)).toBe('530f8afbc74536b9a963b4f1c4cb738b')
  expect(await encrypt(16)).toBe('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919')
})

test('an envelope is what its format says, to another implementation', async () => {
  const envelope = await seal(keys, place, secret, random)
  expect([...envelope.slice(0, 2)]).toEqual([1, 'b'.charCodeAt(0)])
  const derived = new Uint8Array(hkdfSync('sha256', key(2), 'pernoex seal 1', PROJECT, 32))
  const decipher = createDecipheriv('aes-256-gcm', derived, envelope.slice(2, 14))
  decipher.setAAD(Buffer.from(`4:pnx126:${PROJECT}13:identity_keys13:sealed_secret2:r11:b`))
  decipher.setAuthTag(envelope.slice(-16))
  expect(Buffer.concat([decipher.update(envelope.slice(14, -16)), decipher.final()]).toString()).toBe('hunter2')
})

describe('what was sealed', () => {
  test('opens in its place, with an older root key too, and never looks the same twice', async () => {
    const old = new Map([['a', key(1)]])
    const envelope = await seal(old, place, secret, random)
    expect(await openSealed(keys, place, envelope)).toEqual({ ok: true, value: secret })
    expect(await seal(old, place, secret, random)).not.toEqual(envelope)
  })

  test('opens nowhere else', async () => {
    const envelope = await seal(keys, place, secret, random)
    const places: Partial<SealedPlace>[] = [
      { tenant: newId('project', random) },
      { table: 'keys' },
      { column: 'secret' },
      { row: 'r2' },
      { column: 'sealed_secretr', row: '1' },
    ]
    for (const other of places)
      expect(await openSealed(keys, { ...place, ...other }, envelope)).toEqual({ ok: false, reason: 'envelope_wrong' })
  })

  test('does not open with any byte changed or any cut off', async () => {
    const envelope = await seal(keys, place, secret, random)
    for (let index = 0; index < envelope.length; index++) {
      const changed = envelope.slice()
      changed[index] = (changed[index] ?? 0) ^ 1
      expect([index, (await openSealed(keys, place, changed)).ok]).toEqual([index, false])
      expect((await openSealed(keys, place, envelope.slice(0, index))).ok).toBe(false)
    }
  })

  test('does not open without its root key, nor with another under the same letter', async () => {
    const envelope = await seal(keys, place, secret, random)
    expect(await openSealed(new Map(), place, envelope)).toEqual({ ok: false, reason: 'key_unknown' })
    const other = new Map([['b', key(3)]])
    expect(await openSealed(other, place, envelope)).toEqual({ ok: false, reason: 'envelope_wrong' })
  })
})

test('without a root key nothing is sealed', async () => {
  await expect(seal(new Map(), place, secret, random)).rejects.toThrow('no sealing key')
})

test('root keys are read as they are written, and a wrong value is named without being shown', () => {
  const value = Buffer.from(key(1)).toString('base64url')
  expect(parseNamedSecrets(`{"a":"${value}"}`)).toEqual({ ok: true, value: new Map([['a', key(1)]]) })
  const wrong = [
    '',
    '[]',
    '{}',
    'null',
    `{"1":"${value}"}`,
    `{"ab":"${value}"}`,
    '{"a":"c2VjcmV0"}',
    `{"a":"${value}A"}`,
  ]
  for (const json of wrong) {
    const verdict = parseNamedSecrets(json)
    expect([json, verdict.ok]).toEqual([json, false])
    if (!verdict.ok) expect(verdict.reason).not.toContain('c2Vj')
  }
})

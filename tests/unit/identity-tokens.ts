import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { IdentityKey } from '#edge/rules/identity.ts'
import { type IdentityKeyId, newId } from '#shared/ids.ts'
import { random } from './policy-source.ts'

/** Signs with Node's own cryptography, so that tokens which no library would make can be made too. */
export type Sign = (signed: string) => Buffer

export interface Signer {
  key: IdentityKey
  sign: Sign
}

const KINDS = {
  EdDSA: [() => generateKeyPairSync('ed25519'), (text: string, key: KeyObject) => sign(null, Buffer.from(text), key)],
  ES256: [
    () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    (text: string, key: KeyObject) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }),
  ],
  RS256: [
    () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    (text: string, key: KeyObject) => sign('sha256', Buffer.from(text), key),
  ],
} as const

export function newSigner(
  algorithm: keyof typeof KINDS,
  kid: string | null = algorithm,
): Signer & { publicKey: string } {
  const [generate, signWith] = KINDS[algorithm]
  const pair = generate()
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const key: IdentityKey = { id: newIdentityKeyId(), kid, algorithm, publicKey }
  return { key, publicKey, sign: (text) => signWith(text, pair.privateKey) }
}

export function hs256(secret: string | Uint8Array): Sign {
  return (text) => createHmac('sha256', secret).update(text).digest()
}

export function newIdentityKeyId(): IdentityKeyId {
  return newId('identityKey', random)
}

export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

/** Header and claims as objects, or as the very text that is to be signed. */
export function makeToken(signer: Sign, header: unknown, claims: unknown): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${signer(signed).toString('base64url')}`
}

import { utf8 } from './bytes.ts'
import type { ProjectId, Random, UserId } from './ids.ts'
import type { NamedSecrets } from './named-secrets.ts'
import { allow, deny, type Verdict } from './verdict.ts'

/** Root keys by the letter that names them, 32 bytes each. The last one seals, all of them open. */
export type SealingKeys = NamedSecrets

/** Where a sealed value is stored. It opens there only: moved to another row, column, table or tenant it does not. */
export interface SealedPlace {
  tenant: ProjectId | UserId
  table: string
  column: string
  row: string
}

/** The envelope: version (1 byte), letter of the root key (1), nonce (12), then ciphertext with its 16-byte tag. */
const VERSION = 1
const NONCE_LENGTH = 12
const TAG_LENGTH = 16
const START = 2 + NONCE_LENGTH

/** Seals with the newest root key. Throws when there is none. */
export async function seal(
  keys: SealingKeys,
  place: SealedPlace,
  secret: Uint8Array<ArrayBuffer>,
  random: Random,
): Promise<Uint8Array<ArrayBuffer>> {
  const newest = [...keys].at(-1)
  if (newest === undefined) throw new Error('there is no sealing key')
  const [keyId, root] = newest
  const nonce = new Uint8Array(NONCE_LENGTH)
  random(nonce)
  const sealed = await encryptGcm(await tenantKey(root, place.tenant), nonce, secret, associatedData(place, keyId))
  const envelope = new Uint8Array(START + sealed.length)
  envelope.set([VERSION, keyId.charCodeAt(0)])
  envelope.set(nonce, 2)
  envelope.set(sealed, START)
  return envelope
}

export async function openSealed(
  keys: SealingKeys,
  place: SealedPlace,
  envelope: Uint8Array<ArrayBuffer>,
): Promise<Verdict<Uint8Array<ArrayBuffer>, 'envelope_malformed' | 'key_unknown' | 'envelope_wrong'>> {
  if (envelope.length < START + TAG_LENGTH || envelope[0] !== VERSION) return deny('envelope_malformed')
  const keyId = String.fromCharCode(envelope[1] ?? 0)
  const root = keys.get(keyId)
  if (root === undefined) return deny('key_unknown')
  const algorithm = gcm(envelope.slice(2, START), associatedData(place, keyId))
  try {
    const key = await tenantKey(root, place.tenant)
    return allow(new Uint8Array(await crypto.subtle.decrypt(algorithm, key, envelope.slice(START))))
  } catch {
    return deny('envelope_wrong')
  }
}

/** AES-256-GCM (NIST SP 800-38D): ciphertext, then the tag. A nonce must never meet the same key twice. */
export async function encryptGcm(
  key: CryptoKey,
  nonce: Uint8Array<ArrayBuffer>,
  plaintext: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.encrypt(gcm(nonce, additionalData), key, plaintext))
}

function gcm(iv: Uint8Array<ArrayBuffer>, additionalData: Uint8Array<ArrayBuffer>) {
  return { name: 'AES-GCM', iv, additionalData, tagLength: TAG_LENGTH * 8 }
}

/** A key of the tenant's own (HKDF, RFC 5869), so that each has the whole 2^32 random nonces that one key may meet. */
async function tenantKey(root: Uint8Array<ArrayBuffer>, tenant: SealedPlace['tenant']): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', root, 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: utf8('pernoex seal 1'), info: utf8(tenant) }
  return crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** Each field behind its length, so that no two places read the same. */
function associatedData({ tenant, table, column, row }: SealedPlace, keyId: string): Uint8Array<ArrayBuffer> {
  const fields = ['pnx1', tenant, table, column, row, keyId]
  return utf8(fields.map((field) => `${utf8(field).length}:${field}`).join(''))
}

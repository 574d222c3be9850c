import { fromBase64Url, utf8 } from '#shared/bytes.ts'
import { hmacSha256 } from '#shared/digest.ts'
import { type IdentityKeyId, idToUuid, type ProjectId } from '#shared/ids.ts'
import { openSealed, type SealingKeys } from '#shared/seal.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { chooseKey, type IdentityKey, type IdentityPolicy, type IdentityReason, readClaims } from '../rules/identity.ts'

export interface Identifying {
  projectId: ProjectId
  policy: IdentityPolicy
  sealingKeys: SealingKeys
  nowMs: number
}

/** Whom the customer's server has named, and with which registered key. */
export interface Visitor {
  subject: string
  keyId: IdentityKeyId
}

/**
 * Who is asking, by the `sub` that the customer's server signed; null for a visitor who does not say and need not. Every token is
 * verified anew: no result outlives its expiry. Throws when the registered key itself cannot be used.
 */
export async function identifyVisitor(
  token: string | undefined,
  { projectId, policy, sealingKeys, nowMs }: Identifying,
): Promise<Verdict<Visitor | null, IdentityReason>> {
  if (token === undefined) return policy.enforced ? deny('token_missing') : allow(null)
  const chosen = chooseKey(token, policy.keys)
  if (!chosen.ok) return chosen
  const payload = await verifiedPayload(token, chosen.value, { projectId, sealingKeys })
  if (payload === null) return deny('signature_wrong')
  const subject = readClaims(payload, { projectId, nowMs })
  return subject.ok ? allow({ subject: subject.value, keyId: chosen.value.id }) : subject
}

type Opening = Pick<Identifying, 'projectId' | 'sealingKeys'>

async function verifiedPayload(token: string, key: IdentityKey, opening: Opening): Promise<Uint8Array | null> {
  const usable = await usableKey(key, opening)
  // Loaded with the first token: who sends none does not wait for it.
  const { compactVerify } = await import('jose/jws/compact/verify')
  try {
    return (await compactVerify(token, usable, { algorithms: [key.algorithm] })).payload
  } catch {
    return null
  }
}

/** Imported once per policy: the entry goes with the policy that it belongs to. */
const imported = new WeakMap<IdentityKey, CryptoKey>()

async function usableKey(key: IdentityKey, opening: Opening): Promise<CryptoKey> {
  const known = imported.get(key)
  if (known !== undefined) return known
  const usable = await importKey(key, opening)
  imported.set(key, usable)
  return usable
}

async function importKey(key: IdentityKey, { projectId, sealingKeys }: Opening): Promise<CryptoKey> {
  if (key.algorithm !== 'HS256') {
    const { importSPKI } = await import('jose/key/import')
    return importSPKI(key.publicKey, key.algorithm)
  }
  const sealed = fromBase64Url(key.sealedSecret) ?? new Uint8Array()
  const secret = await openSealed(sealingKeys, identitySecretPlace(projectId, idToUuid(key.id)), sealed)
  if (!secret.ok) throw new Error(`the secret of identity key ${key.id} cannot be opened: ${secret.reason}`)
  return crypto.subtle.importKey('raw', secret.value, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

/** Where the secret of an HS256 key is stored, which its envelope is bound to. `id`: the row's uuid. */
export function identitySecretPlace(projectId: ProjectId, id: string) {
  return { tenant: projectId, table: 'identity_keys', column: 'sealed_secret', row: id }
}

/**
 * What a conversation remembers of its visitor: enough to find the same visitor's conversations, too little to tell who it is
 * without the Worker's secret, and different in every project.
 */
export function visitorHash(projectId: ProjectId, subject: string, threadSecret: string): Uint8Array {
  return hmacSha256(utf8(threadSecret), utf8(`visitor\n${projectId}\n${subject}`))
}

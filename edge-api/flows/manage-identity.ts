import { fromBase64Url } from '#shared/bytes.ts'
import { type IdentityKeyId, idToUuid, newId } from '#shared/ids.ts'
import { type SealingKeys, seal } from '#shared/seal.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { IDENTITY_ALGORITHMS, type IdentityKey } from '../rules/identity.ts'
import { type IdentitySetting, isOneOf, type SettingsReason } from '../rules/settings.ts'
import { identitySecretPlace } from './identify-visitor.ts'
import { type Change, type Management, tellGate } from './manage-project.ts'

export interface IdentityManagement extends Management {
  sealingKeys: SealingKeys
}

export interface AddIdentityKey {
  algorithm: string
  /** Absent or null: for tokens without one. */
  kid?: string | null | undefined
  /** Of EdDSA, ES256 and RS256: SubjectPublicKeyInfo as PEM. */
  publicKey?: string | undefined
  /** Of HS256: 32 bytes or more in base64url. Stored sealed and never shown again. */
  secret?: string | undefined
}

export async function readIdentity({ settings }: Management): Promise<IdentitySetting> {
  return settings.readIdentity()
}

export async function addIdentityKey(
  management: IdentityManagement,
  { algorithm, kid = null, publicKey = '', secret = '' }: AddIdentityKey,
): Promise<Verdict<Change & { id: IdentityKeyId }, SettingsReason>> {
  if (!isOneOf(IDENTITY_ALGORITHMS, algorithm)) return deny('identity_algorithm_invalid')
  if (kid !== null && !/^[\x21-\x7e]{1,100}$/.test(kid)) return deny('identity_kid_invalid')
  const id = newId('identityKey', management.random)
  const made = algorithm === 'HS256' ? await sealSecret(management, id, secret) : await checkKey(publicKey, algorithm)
  if (!made.ok) return made
  const outcome = await management.settings.addIdentityKey({ id, kid, algorithm, ...made.value })
  if (outcome !== 'added') return deny(outcome === 'full' ? 'identity_keys_full' : 'identity_kid_duplicate')
  return allow({ id, ...(await tellGate(management)) })
}

/** What this key has signed is refused as soon as the guard has the change. */
export async function removeIdentityKey(
  management: Management,
  id: IdentityKeyId,
): Promise<Verdict<Change, 'identity_key_unknown'>> {
  const removed = await management.settings.removeIdentityKey(id)
  return removed ? allow(await tellGate(management)) : deny('identity_key_unknown')
}

/** Enforced: a question without a valid token is refused. */
export async function enforceIdentity(management: Management, enforced: boolean): Promise<Change> {
  await management.settings.enforceIdentity(enforced)
  return tellGate(management)
}

interface KeyMaterial {
  publicKey: string | null
  sealedSecret: Uint8Array | null
}

const PUBLIC_PEM = /^-----BEGIN PUBLIC KEY-----\r?\n[A-Za-z0-9+/=\r\n]{1,4000}\n-----END PUBLIC KEY-----$/

/** A key that could not verify anything must not be found out by the first visitor. */
async function checkKey(
  text: string,
  algorithm: Exclude<IdentityKey['algorithm'], 'HS256'>,
): Promise<Verdict<KeyMaterial, 'identity_key_invalid'>> {
  const publicKey = text.trim()
  if (!PUBLIC_PEM.test(publicKey)) return deny('identity_key_invalid')
  const { importSPKI } = await import('jose/key/import')
  const key = await importSPKI(publicKey, algorithm).catch(() => null)
  if (key === null) return deny('identity_key_invalid')
  const { modulusLength = 2048 } = key.algorithm as { modulusLength?: number }
  return modulusLength >= 2048 ? allow({ publicKey, sealedSecret: null }) : deny('identity_key_invalid')
}

async function sealSecret(
  { projectId, sealingKeys, random }: IdentityManagement,
  id: IdentityKeyId,
  text: string,
): Promise<Verdict<KeyMaterial, 'identity_secret_invalid' | 'sealing_off'>> {
  const secret = fromBase64Url(text)
  if (secret === null || secret.length < 32 || secret.length > 512) return deny('identity_secret_invalid')
  if (sealingKeys.size === 0) return deny('sealing_off')
  const sealedSecret = await seal(sealingKeys, identitySecretPlace(projectId, idToUuid(id)), secret, random)
  return allow({ publicKey: null, sealedSecret })
}

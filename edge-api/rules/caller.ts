import { toHex, utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import type { KeyId, ProjectId } from '#shared/ids.ts'
import { isLoopbackForTestKey, matchOrigin, type Origin } from '#shared/origin.ts'
import type { Environment, ParsedKey, Scope } from '#shared/public-key.ts'
import type { Policy, PolicyKey } from './policy.ts'

/** Who is calling, once origin, key and scope have held. */
export interface Caller {
  projectId: ProjectId
  policy: Policy
  keyId: KeyId
  kind: 'public' | 'secret'
  environment: Environment
  scopes: ReadonlySet<Scope>
  /** The page's origin, byte for byte as the browser sent it; null for a secret key. */
  origin: string | null
  /** The caller's network (rules/network.ts). */
  network: string
}

/**
 * The policy's entry for a key whose checksum has held, or null. A secret key is looked up by its hash: what the time of
 * that look-up could tell is about a hash, and no one can make keys to given hashes.
 */
export function findKey(policy: Policy, key: ParsedKey, text: string): PolicyKey | null {
  const found =
    key.kind === 'public' ? policy.publicKeys.get(key.identity) : policy.secretKeys.get(toHex(sha256(utf8(text))))
  return found !== undefined && found.environment === key.environment ? found : null
}

export function admitsOrigin(policy: Policy, key: PolicyKey, origin: Origin, nowMs: number): boolean {
  if (key.environment === 'test' && isLoopbackForTestKey(origin)) return true
  return matchOrigin(policy.origins, origin, nowMs) !== null
}

export type KeyStateReason = 'key_revoked' | 'key_expired'

/** Null: the key may be used at this moment. */
export function keyState(key: PolicyKey, nowMs: number): KeyStateReason | null {
  if (key.revokedAtMs !== null && key.revokedAtMs <= nowMs) return 'key_revoked'
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return 'key_expired'
  return null
}

import type { KeyId, ProjectId } from '#shared/ids.ts'
import type { Environment, Scope } from '#shared/public-key.ts'
import type { Policy } from './policy.ts'

/** Who is calling, once origin, key, scope and limit have all held. */
export interface Caller {
  projectId: ProjectId
  policy: Policy
  keyId: KeyId
  kind: 'public' | 'secret'
  environment: Environment
  scopes: ReadonlySet<Scope>
  /** The page's origin, byte for byte as the browser sent it; null for a secret key. */
  origin: string | null
  /** The caller's network (IPv4 /24, IPv6 /64), or null where the platform names no client address. */
  network: string | null
}

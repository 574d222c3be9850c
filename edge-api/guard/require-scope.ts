import type { Scope } from '#shared/public-key.ts'
import { problem } from '../errors.ts'
import { keyState } from '../rules/caller.ts'
import { networkOf } from '../rules/network.ts'
import type { Check } from './context.ts'

/** Is the key in force, and made for this? Then we know who is calling. */
export function requireScope(scope: Scope, nowMs: () => number): Check {
  return (c) => {
    const policy = c.get('policy')
    const key = c.get('policyKey')
    const reason = keyState(key, nowMs())
    if (reason !== null) return problem(c, reason)
    const { keyId, kind, environment, scopes } = key
    if (!scopes.has(scope)) return problem(c, 'scope_missing')
    const network = networkOf(c.req.raw.headers.get('cf-connecting-ip'))
    const origin = c.get('allowedOrigin') ?? null
    c.set('caller', { projectId: policy.projectId, policy, keyId, kind, environment, scopes, origin, network })
    return null
  }
}

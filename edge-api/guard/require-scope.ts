import type { Scope } from '#shared/public-key.ts'
import { problem } from '../errors.ts'
import { keyState } from '../rules/caller.ts'
import { networkOf } from '../rules/network.ts'
import type { Step } from './context.ts'

/** Is the key in force, and made for this? Then we know who is calling. */
export function requireScope(scope: Scope, nowMs: () => number): Step {
  return (c, next) => {
    const policy = c.get('policy')
    const { keyId, kind, environment, scopes, ...state } = c.get('policyKey')
    const reason = keyState({ keyId, kind, environment, scopes, ...state }, nowMs())
    if (reason !== null) return Promise.resolve(problem(c, reason))
    if (!scopes.has(scope)) return Promise.resolve(problem(c, 'scope_missing'))
    const network = networkOf(c.req.raw.headers.get('cf-connecting-ip'))
    const origin = c.get('allowedOrigin') ?? null
    c.set('caller', { projectId: policy.projectId, policy, keyId, kind, environment, scopes, origin, network })
    return next()
  }
}

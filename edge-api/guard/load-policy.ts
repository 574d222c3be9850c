import type { Context } from 'hono'
import { problem } from '../errors.ts'
import type { Policies } from '../ports.ts'
import { findKey } from '../rules/caller.ts'
import type { Policy } from '../rules/policy.ts'
import type { Check, Guarded } from './context.ts'

/** What may this key do? From memory, or from the project's gate. A project that was never published is unknown, not open. */
export function loadPolicy(policies: Policies): Check {
  return (c) => {
    const remembered = policies.current(c.get('key').projectId)
    return remembered instanceof Promise ? remembered.then((policy) => usePolicy(c, policy)) : usePolicy(c, remembered)
  }
}

function usePolicy(c: Context<Guarded>, policy: Policy | null): Response | null {
  const policyKey = policy === null ? null : findKey(policy, c.get('key'), c.get('keyText'))
  if (policy === null || policyKey === null) return problem(c, 'key_unknown')
  c.set('policy', policy)
  c.set('policyKey', policyKey)
  return null
}

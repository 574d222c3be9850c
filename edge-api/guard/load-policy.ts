import { problem } from '../errors.ts'
import type { Policies } from '../ports.ts'
import { findKey } from '../rules/caller.ts'
import type { Step } from './context.ts'

/** What may this key do? From memory, or from the project's gate. A project that was never published is unknown, not open. */
export function loadPolicy(policies: Policies): Step {
  return async (c, next) => {
    const key = c.get('key')
    const remembered = policies.current(key.projectId)
    const policy = remembered instanceof Promise ? await remembered : remembered
    const policyKey = policy === null ? null : findKey(policy, key, c.get('keyText'))
    if (policy === null || policyKey === null) return problem(c, 'key_unknown')
    c.set('policy', policy)
    c.set('policyKey', policyKey)
    await next()
  }
}

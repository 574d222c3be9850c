import { problem } from '../errors.ts'
import { admitsOrigin } from '../rules/caller.ts'
import type { Check } from './context.ts'

/** Does the project's list admit the origin? From here on answers name it, so that the page can read why it was refused. */
export function matchOrigin(nowMs: () => number): Check {
  return (c) => {
    const origin = c.get('origin')
    if (origin !== null) {
      if (!admitsOrigin(c.get('policy'), c.get('policyKey'), origin, nowMs())) return problem(c, 'origin_not_allowed')
      c.set('allowedOrigin', origin.text)
    }
    return null
  }
}

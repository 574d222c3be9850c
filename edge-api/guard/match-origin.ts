import type { Context } from 'hono'
import { problem } from '../errors.ts'
import type { Sighter } from '../ports.ts'
import { admitsOrigin } from '../rules/caller.ts'
import type { Check, Guarded } from './context.ts'

/**
 * Does the project's list admit the origin? From here on answers name it, so that the page can read why it was refused.
 * Either way the project's owner may see later who called, with which key.
 */
export function matchOrigin(nowMs: () => number, sighter: Sighter): Check {
  return (c) => {
    const origin = c.get('origin')
    const now = nowMs()
    if (origin === null) {
      note(c, sighter, null, true, now)
      return null
    }
    const admitted = admitsOrigin(c.get('policy'), c.get('policyKey'), origin, now)
    note(c, sighter, origin.text, admitted, now)
    if (!admitted) return problem(c, 'origin_not_allowed')
    c.set('allowedOrigin', origin.text)
    return null
  }
}

function note(c: Context<Guarded>, sighter: Sighter, origin: string | null, admitted: boolean, nowMs: number): void {
  const telling = sighter.note(c.get('policy').projectId, c.get('policyKey').keyId, origin, admitted, nowMs)
  if (telling !== null) c.executionCtx.waitUntil(telling)
}

import { problem } from '../errors.ts'
import { judgeProof } from '../rules/session.ts'
import type { Check } from './context.ts'

/** Has this person shown their password, or a code, in the last minutes? A session left open is not enough for this. */
export function requireProof(nowMs: () => number): Check {
  return (c) => (judgeProof(c.get('session').provedAtMs, nowMs()).ok ? null : problem(c, 'proof_required'))
}

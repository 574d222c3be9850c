import type { Context } from 'hono'
import { problem } from '../errors.ts'
import type { Guarded } from './context.ts'

export function tooManyAttempts(c: Context<Guarded>, seconds: number): Response {
  return problem(c, 'rate_limited', { headers: { 'retry-after': String(seconds) } })
}

/** A field whose value is of the right shape, and yet not to be had. */
export function refuseField(c: Context<Guarded>, path: string, reason: string, message: string): Response {
  return problem(c, 'body_invalid', { reason, errors: [{ path, message }] })
}

export function refuseLink(c: Context<Guarded>): Response {
  return refuseField(c, 'token', 'link_invalid', 'This link was used already, or has run out: ask for a new one.')
}

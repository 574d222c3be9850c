import type { Context } from 'hono'
import type { Guarded } from './context.ts'

const BEARER_SECRET = /^Bearer +(pnx_sk_\S*) *$/i

/** The secret key of a server's call. Other bearer tokens (a thread's secret) are not keys, and none of the guard's business. */
export function secretKeyOf(c: Context<Guarded>): string | null {
  const header = c.req.raw.headers.get('authorization')
  return header === null ? null : (BEARER_SECRET.exec(header)?.[1] ?? null)
}

import type { Context } from 'hono'
import { ALWAYS, EXPOSED_HEADERS } from '../headers.ts'
import type { Guarded } from './context.ts'

/** Gives whatever a handler answers the headers that every answer has, unless it was made with them. */
export function dressAnswer(c: Context<Guarded>, answer: Response): Response {
  if (c.get('dressed') === answer) return answer
  const { headers } = answer
  // What the handler says about caching is more than we know.
  for (const [name, value] of ALWAYS) if (name !== 'cache-control' || !headers.has(name)) headers.set(name, value)
  const origin = c.get('allowedOrigin') ?? null
  if (origin !== null) {
    headers.set('access-control-allow-origin', origin)
    headers.set('access-control-expose-headers', EXPOSED_HEADERS)
  }
  const ratePolicy = c.get('ratePolicy')
  if (ratePolicy) headers.set('ratelimit-policy', ratePolicy)
  const rateLimit = c.get('rateLimit')
  if (rateLimit) headers.set('ratelimit', rateLimit)
  return answer
}

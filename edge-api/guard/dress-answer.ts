import type { Context } from 'hono'
import { responseHeaders } from '../headers.ts'
import type { Guarded } from './context.ts'

/** Gives whatever a handler answers the headers that every answer has. */
export function dressAnswer(c: Context<Guarded>, answer: Response): Response {
  const { headers } = answer
  // A stream says more about caching than the others do.
  for (const [name, value] of responseHeaders(c.get('allowedOrigin') ?? null))
    if (name !== 'cache-control' || !headers.has(name)) headers.set(name, value)
  const ratePolicy = c.get('ratePolicy')
  if (ratePolicy) headers.set('ratelimit-policy', ratePolicy)
  const rateLimit = c.get('rateLimit')
  if (rateLimit) headers.set('ratelimit', rateLimit)
  return answer
}

import { responseHeaders } from '../headers.ts'
import type { Step } from './context.ts'

/** Gives whatever the handler answers the headers that every answer has. */
export const dressAnswer: Step = async (c, next) => {
  await next()
  const { headers } = c.res
  // A stream says more about caching than the others do.
  for (const [name, value] of Object.entries(responseHeaders(c.get('allowedOrigin') ?? null)))
    if (name !== 'cache-control' || !headers.has(name)) headers.set(name, value)
  const ratePolicy = c.get('ratePolicy')
  if (ratePolicy) headers.set('ratelimit-policy', ratePolicy)
  const rateLimit = c.get('rateLimit')
  if (rateLimit) headers.set('ratelimit', rateLimit)
}

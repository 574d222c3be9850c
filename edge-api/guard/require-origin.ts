import { parseOrigin } from '#shared/origin.ts'
import { problem } from '../errors.ts'
import type { Step } from './context.ts'
import { secretKeyOf } from './credentials.ts'

/**
 * Is there one well-formed browser origin at all? Costs no I/O. A secret key belongs on a server, which sends none: in a page
 * it would be everyone's, so with an Origin it is refused whatever it may open.
 */
export const requireOrigin: Step = (c, next) => {
  const header = c.req.raw.headers.get('origin')
  if (secretKeyOf(c) !== null) {
    if (header !== null) return Promise.resolve(problem(c, 'origin_not_allowed'))
    c.set('origin', null)
    return next()
  }
  const origin = parseOrigin(header)
  if (!origin.ok) return Promise.resolve(problem(c, origin.reason))
  c.set('origin', origin.value)
  return next()
}

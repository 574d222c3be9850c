import { parseOrigin } from '#shared/origin.ts'
import { problem } from '../errors.ts'
import type { Check } from './context.ts'
import { secretKeyOf } from './credentials.ts'

/**
 * Is there one well-formed browser origin at all? Costs no I/O. A secret key belongs on a server, which sends none: in a page
 * it would be everyone's, so with an Origin it is refused whatever it may open.
 */
export const requireOrigin: Check = (c) => {
  const origin = parseOrigin(c.req.raw.headers.get('origin'))
  if (!origin.ok && origin.reason !== 'origin_missing') return problem(c, origin.reason)
  const isServer = secretKeyOf(c) !== null
  if (!origin.ok) {
    c.set('origin', null)
    return isServer ? null : problem(c, 'origin_missing')
  }
  c.set('origin', origin.value)
  return isServer ? problem(c, 'origin_not_allowed') : null
}

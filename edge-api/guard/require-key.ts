import type { KeyVerifier } from '#shared/public-key.ts'
import { problem } from '../errors.ts'
import type { Check } from './context.ts'
import { secretKeyOf } from './credentials.ts'

/** Did we make this key? Shape and keyed checksum only: a made-up key costs us no look-up. */
export function requireKey(verify: KeyVerifier): Check {
  return (c) => {
    const secret = c.get('origin') === null ? secretKeyOf(c) : null
    const text = secret ?? c.req.query('key')
    if (text === undefined || text === '') return problem(c, 'key_missing')
    const key = verify(text)
    // A secret key in the address would end up in logs and histories; it counts only as a Bearer token.
    if (!key.ok || key.value.kind !== (secret === null ? 'public' : 'secret')) return problem(c, 'key_malformed')
    c.set('keyText', text)
    c.set('key', key.value)
    return null
  }
}

import { allow, deny } from '#shared/verdict.ts'
import { membersOf } from '../rules/json-body.ts'
import { eventAbout, readObject } from './event.ts'
import { readTextSecret } from './secret.ts'
import type { WebhookScheme } from './webhook.ts'

const HEADER = /^v=\d{13},d=[0-9a-f]{64}$/

/**
 * https://docs.retellai.com/features/secure-webhook: signed with the API key that carries the webhook badge. The time follows the
 * body with nothing in between: only because it always has thirteen digits can none be moved from one to the other.
 */
export const retell: WebhookScheme = {
  encoding: 'hex',
  unitMs: 1,
  // Their own example has twelve characters.
  readSecret: (text) => readTextSecret(text, 12),
  readClaim(headers) {
    const header = headers.get('x-retell-signature')
    if (!header) return deny('signature_missing')
    if (!HEADER.test(header)) return deny('signature_malformed')
    const time = header.slice(2, 15)
    return allow({ signedAt: Number(time), before: '', after: time, signatures: [header.slice(18)] })
  },
  readEvent(delivery) {
    const body = readObject(delivery)
    return eventAbout(body?.event, membersOf(body?.call)?.call_id)
  },
}

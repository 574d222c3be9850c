import { allow, deny } from '#shared/verdict.ts'
import { membersOf } from '../rules/json-body.ts'
import { eventOf, readObject } from './event.ts'
import { readTextSecret } from './secret.ts'
import type { VerifiedDelivery, WebhookEvent, WebhookScheme } from './webhook.ts'

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slack: WebhookScheme = {
  encoding: 'hex',
  unitMs: 1000,
  readSecret: (text) => readTextSecret(text, 16),
  readClaim(headers) {
    const signature = headers.get('x-slack-signature')
    const time = headers.get('x-slack-request-timestamp')
    if (!signature || !time) return deny('signature_missing')
    if (!/^v0=[0-9a-f]{64}$/.test(signature) || !/^\d{10}$/.test(time)) return deny('signature_malformed')
    return allow({ signedAt: Number(time), before: `v0:${time}:`, after: '', signatures: [signature.slice(3)] })
  },
  // The content type is not signed, so the bytes say themselves what they are.
  readEvent: (delivery) => readEventsApi(delivery) ?? readForm(delivery),
}

/** The handshake has no id: it is answered at once and takes no effect. */
function readEventsApi(delivery: VerifiedDelivery): WebhookEvent | null {
  const body = readObject(delivery)
  if (body === null) return null
  if (body.type === 'url_verification') return eventOf('url_verification', body.type)
  return eventOf(body.event_id, membersOf(body.event)?.type ?? body.type)
}

/** Slash commands, by the id of what the person did. */
function readForm({ body }: VerifiedDelivery): WebhookEvent | null {
  const form = new URLSearchParams(new TextDecoder().decode(body))
  return form.has('command') ? eventOf(form.get('trigger_id'), 'slash_command') : null
}

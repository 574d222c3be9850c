import { membersOf } from '../rules/json-body.ts'
import { eventAbout, readObject } from './event.ts'
import { readTextSecret } from './secret.ts'
import { readTimedList } from './timed-list.ts'
import type { WebhookScheme } from './webhook.ts'

/** https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks: one `v0`. Their own library takes half an hour. */
export const elevenlabs: WebhookScheme = {
  encoding: 'hex',
  unitMs: 1000,
  readSecret: (text) => readTextSecret(text, 16),
  readClaim: (headers) => readTimedList(headers.get('elevenlabs-signature'), { name: 'v0', most: 1 }),
  readEvent(delivery) {
    const body = readObject(delivery)
    return eventAbout(body?.type, membersOf(body?.data)?.conversation_id)
  },
}

import { type Members, membersOf, parseJsonBody } from '../rules/json-body.ts'
import type { VerifiedDelivery, WebhookEvent } from './webhook.ts'

/** The body as a JSON object; null for anything else. Asks for a verified delivery, so that it cannot be asked too early. */
export function readObject({ body }: VerifiedDelivery): Members | null {
  const parsed = parseJsonBody(body)
  return parsed.ok ? membersOf(parsed.value) : null
}

/** Null unless both are texts of a sensible length: an id is stored, and compared for ever after. */
export function eventOf(id: unknown, type: unknown): WebhookEvent | null {
  return isName(id) && isName(type) ? { id, type } : null
}

/** For providers whose repetitions share no id of their own: what happened, and to what. */
export function eventAbout(type: unknown, subject: unknown): WebhookEvent | null {
  return isName(type) && isName(subject) ? eventOf(`${type}:${subject}`, type) : null
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 255 && !/\p{Cc}/u.test(value)
}

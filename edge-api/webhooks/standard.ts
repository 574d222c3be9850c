import { fromBase64Url } from '#shared/bytes.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { membersOf } from '../rules/json-body.ts'
import { eventOf, readObject } from './event.ts'
import type { SecretReason } from './secret.ts'
import { type HeaderReason, MAX_HEADER_LENGTH, MAX_SIGNATURES, type WebhookScheme } from './webhook.ts'

/** Without a full stop, which would let characters move from the id to the time and the body. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/
const ITEM = /^v[0-9a-z]*,[A-Za-z0-9+/]+={0,2}$/
const OURS = /^v1,[A-Za-z0-9+/]{43}=$/

/** Standard Webhooks 1.0.0, https://www.standardwebhooks.com: the shared-secret half of it (`v1`). */
export const standard: WebhookScheme = {
  encoding: 'base64',
  unitMs: 1000,
  readSecret,
  readClaim(headers) {
    const id = headers.get('webhook-id')
    const time = headers.get('webhook-timestamp')
    const list = headers.get('webhook-signature')
    if (!id || !time || !list) return deny('signature_missing')
    if (!ID.test(id) || !/^\d{10}$/.test(time)) return deny('signature_malformed')
    const signatures = readList(list)
    return signatures.ok
      ? allow({ signedAt: Number(time), before: `${id}.${time}.`, after: '', signatures: signatures.value })
      : signatures
  },
  readEvent(delivery) {
    const body = readObject(delivery)
    // Voice platforms that send through this scheme say it one level down.
    const type = body?.type ?? membersOf(body?.message)?.type
    return eventOf(delivery.headers.get('webhook-id'), type ?? 'untyped')
  },
}

function readList(text: string): Verdict<string[], HeaderReason> {
  if (text.length > MAX_HEADER_LENGTH) return deny('signature_malformed')
  const signatures: string[] = []
  let named = 0
  for (const item of text.split(' ')) {
    if (!ITEM.test(item)) return deny('signature_malformed')
    if (item.startsWith('v1,')) named += 1
    if (OURS.test(item)) signatures.push(item.slice('v1,'.length))
  }
  return named <= MAX_SIGNATURES && signatures.length > 0 ? allow(signatures) : deny('signature_malformed')
}

/** `whsec_` and the base64 of 24 to 64 bytes. */
function readSecret(text: string): Verdict<Uint8Array, SecretReason> {
  const encoded = text.startsWith('whsec_') ? text.slice('whsec_'.length) : text
  if (encoded === '') return deny('secret_short')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return deny('secret_malformed')
  const bytes = fromBase64Url(encoded.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
  if (bytes === null || bytes.length > 64) return deny('secret_malformed')
  return bytes.length < 24 ? deny('secret_short') : allow(bytes)
}

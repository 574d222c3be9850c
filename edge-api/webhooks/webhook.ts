import { createHmac } from 'node:crypto'
import { equalTextInConstantTime } from '#shared/bytes.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { SecretReason, WebhookSecret } from './secret.ts'

/** What arrived. `get` finds a header by its lower-case name, as `Headers` does; the body is its bytes, never its text. */
export interface Delivery {
  headers: { get(name: string): string | null }
  body: Uint8Array
}

export type HeaderReason = 'signature_missing' | 'signature_malformed'
export type SignatureReason = HeaderReason | 'signature_wrong' | 'timestamp_outside_window'

/** What the headers say, of which nothing is believed yet. */
export interface Claim {
  /** In the scheme's unit, since the epoch. */
  signedAt: number
  /** What is signed in front of the body, and behind it. */
  before: string
  after: string
  /** At most `MAX_SIGNATURES`, in the scheme's encoding; one of them has to hold. */
  signatures: readonly string[]
}

/** How one provider signs: HMAC-SHA256 over the raw body and a time. The file of each names what it is taken from. */
export interface WebhookScheme {
  encoding: 'hex' | 'base64'
  unitMs: 1 | 1000
  /** The key inside a secret as the provider shows it. */
  readSecret(text: string): Verdict<Uint8Array, SecretReason>
  readClaim(headers: Delivery['headers']): Verdict<Claim, HeaderReason>
  /** Null where the body does not say which event it is. */
  readEvent(delivery: VerifiedDelivery): WebhookEvent | null
}

export interface WebhookEvent {
  /** The same for every repetition of the event: what makes it take effect once. */
  id: string
  /** In the provider's words. */
  type: string
}

declare const verified: unique symbol
/** One whose signature has held. Nothing reads meaning into any other. */
export type VerifiedDelivery = Delivery & { readonly [verified]: true }

export const WINDOW_MS = 300_000
/** A few while a secret is being rotated; each costs a comparison. */
export const MAX_SIGNATURES = 10
export const MAX_HEADER_LENGTH = 4096

/**
 * Was it signed with one of the secrets, within five minutes of `nowMs` either way? `secrets`: the current one, and those that it
 * replaced until they expire; none at all never passes. A signature holds as long as its time does: that an event is not taken
 * twice is for whoever remembers its id.
 */
export function verifyWebhook(
  scheme: WebhookScheme,
  delivery: Delivery,
  secrets: readonly WebhookSecret[],
  nowMs: number,
): Verdict<VerifiedDelivery, SignatureReason> {
  const claim = scheme.readClaim(delivery.headers)
  if (!claim.ok) return claim
  const { signedAt, signatures } = claim.value
  const distanceMs = Math.abs(Math.floor(nowMs / scheme.unitMs) - signedAt) * scheme.unitMs
  // Asked this way round, a time that is not a number is outside.
  if (!(distanceMs <= WINDOW_MS)) return deny('timestamp_outside_window')
  for (const secret of secrets) {
    if (secret.expiresAtMs !== null && secret.expiresAtMs <= nowMs) continue
    const expected = sign(scheme, secret, claim.value, delivery.body)
    for (const signature of signatures)
      if (equalTextInConstantTime(signature, expected)) return allow(delivery as VerifiedDelivery)
  }
  return deny('signature_wrong')
}

/** In parts, so that the body is not copied. Compared as text: of one signature there is one spelling only. */
function sign({ encoding }: WebhookScheme, { key }: WebhookSecret, { before, after }: Claim, body: Uint8Array): string {
  const hmac = createHmac('sha256', key)
  if (before !== '') hmac.update(before)
  hmac.update(body)
  if (after !== '') hmac.update(after)
  return hmac.digest(encoding)
}

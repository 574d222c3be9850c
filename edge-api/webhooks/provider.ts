import { elevenlabs } from './elevenlabs.ts'
import { retell } from './retell.ts'
import { slack } from './slack.ts'
import { standard } from './standard.ts'
import { stripe } from './stripe.ts'
import type { Delivery, WebhookScheme } from './webhook.ts'

/** Who signs, and how. Vapi signs nothing of its own accord; it can be set up to sign by Standard Webhooks. */
const SCHEMES = { slack, stripe, standard, elevenlabs, retell, vapi: standard } as const satisfies Record<
  string,
  WebhookScheme
>

export type Provider = keyof typeof SCHEMES
export type VoiceProvider = Exclude<Provider, 'slack' | 'stripe'>

export function schemeOf(provider: Provider): WebhookScheme {
  return SCHEMES[provider]
}

export function isProvider(text: string): text is Provider {
  return Object.hasOwn(SCHEMES, text)
}

/** By the header that only that provider sends; where there is none of them, the scheme whose headers are missing. */
export function voiceSchemeOf(headers: Delivery['headers']): WebhookScheme {
  if (headers.get('elevenlabs-signature') !== null) return elevenlabs
  return headers.get('x-retell-signature') !== null ? retell : standard
}

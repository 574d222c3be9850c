import { createSecretKey, type KeyObject } from 'node:crypto'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { WebhookScheme } from './webhook.ts'

/** A signing secret ready for use. */
export interface WebhookSecret {
  key: KeyObject
  /** Of one that was replaced: from then on it opens nothing. */
  expiresAtMs: number | null
}

export interface SecretSource {
  /** As the provider shows it. */
  text: string
  expiresAtMs: number | null
}

export type SecretReason = 'secret_short' | 'secret_malformed'

/** The current one, and a few that it replaced. */
export const MAX_SECRETS = 10

/**
 * One that is not good refuses them all: with an empty key anybody can sign, and a set that is half right would only come to
 * light with the first delivery that needs the other half.
 */
export function loadSecrets(
  scheme: WebhookScheme,
  sources: readonly SecretSource[],
): Verdict<WebhookSecret[], SecretReason | 'secrets_too_many'> {
  if (sources.length > MAX_SECRETS) return deny('secrets_too_many')
  const secrets: WebhookSecret[] = []
  for (const { text, expiresAtMs } of sources) {
    const bytes = scheme.readSecret(text)
    if (!bytes.ok) return bytes
    secrets.push({ key: createSecretKey(bytes.value), expiresAtMs })
  }
  return allow(secrets)
}

/** A secret whose key is its characters. Visible ASCII: what surrounds it when pasted carelessly would become part of the key. */
export function readTextSecret(text: string, minLength: number): Verdict<Uint8Array, SecretReason> {
  if (text.length < minLength) return deny('secret_short')
  return /^[\x21-\x7e]{1,512}$/.test(text) ? allow(new TextEncoder().encode(text)) : deny('secret_malformed')
}

import { deny } from '#shared/verdict.ts'
import { isProvider, schemeOf, voiceSchemeOf } from '../webhooks/provider.ts'
import { loadSecrets, type SecretSource } from '../webhooks/secret.ts'
import { type Delivery, verifyWebhook, type WebhookScheme } from '../webhooks/webhook.ts'
import { readMoment } from './moment.ts'

type Verdict = { ok: boolean; reason?: string } & Record<string, unknown>

/**
 * `{"provider","secrets":[…],"headers":{…},"body"|"bodyBase64","now"}`. Beside the closed reasons of a signature:
 * `provider_unknown`, `secrets_missing`, `secret_short`, `secret_malformed`, `secrets_too_many`.
 */
export function judgeWebhook(line: Record<string, unknown>): Verdict {
  const { provider } = line
  const body = readBody(line)
  const headers = readHeaders(line.headers)
  const nowMs = line.now === undefined ? Date.now() : readMoment(line.now)
  const sources = Array.isArray(line.secrets) ? line.secrets.map(readSource) : [null]
  if (typeof provider !== 'string' || body === null || headers === null || nowMs === null) return deny('line_invalid')
  if (!sources.every((source) => source !== null)) return deny('line_invalid')
  if (headers === 'unsendable') return deny('signature_malformed')
  const scheme = findScheme(provider, headers)
  if (scheme === null) return deny('provider_unknown')
  if (sources.length === 0) return deny('secrets_missing')
  const secrets = loadSecrets(scheme, sources)
  if (!secrets.ok) return secrets
  const verdict = verifyWebhook(scheme, { headers, body }, secrets.value, nowMs)
  if (!verdict.ok) return verdict
  const event = scheme.readEvent(verdict.value)
  return { ok: true, eventId: event?.id ?? null, type: event?.type ?? null }
}

/** By the provider, or by the address that it would be sent to. */
function findScheme(name: string, headers: Delivery['headers']): WebhookScheme | null {
  if (name === 'in') return schemeOf('standard')
  if (name === 'voice') return voiceSchemeOf(headers)
  return isProvider(name) ? schemeOf(name) : null
}

function readBody({ body, bodyBase64 }: Record<string, unknown>): Uint8Array | null {
  if ((body === undefined) === (bodyBase64 === undefined)) return null
  if (typeof body === 'string') return new TextEncoder().encode(body)
  if (typeof bodyBase64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(bodyBase64)) return null
  return new Uint8Array(Buffer.from(bodyBase64, 'base64'))
}

/** As a server has them: names of any case, and one that was sent twice as one. `unsendable`: HTTP has no such header. */
function readHeaders(input: unknown): Headers | 'unsendable' | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null
  const headers = new Headers()
  for (const [name, value] of Object.entries(input))
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one !== 'string' && typeof one !== 'number') return null
      try {
        headers.append(name, String(one))
      } catch {
        return 'unsendable'
      }
    }
  return headers
}

function readSource(input: unknown): SecretSource | null {
  if (typeof input === 'string') return { text: input, expiresAtMs: null }
  if (typeof input !== 'object' || input === null) return null
  const { secret, expiresAt = null } = input as Record<string, unknown>
  const expiresAtMs = expiresAt === null ? null : readMoment(expiresAt)
  if (typeof secret !== 'string' || (expiresAt !== null && expiresAtMs === null)) return null
  return { text: secret, expiresAtMs }
}

import { createHmac } from 'node:crypto'
import { type Provider, schemeOf } from '#edge/webhooks/provider.ts'
import { loadSecrets, type WebhookSecret } from '#edge/webhooks/secret.ts'
import { verifyWebhook } from '#edge/webhooks/webhook.ts'

/** Signs as each provider's documentation says, written apart from the product's own reading of it. */
interface Signer {
  provider: Provider
  secret: string
  otherSecret: string
  /** In the provider's unit, `offset` seconds from `NOW_MS`. */
  time(offset: number): string
  mac(body: Uint8Array, time: string, secret: string): string
  headers(time: string, ...macs: string[]): Record<string, string>
}

export const NOW_MS = 1_790_000_000_000
const seconds = (offset: number) => String(NOW_MS / 1000 + offset)

function macOf(secret: string | Buffer, encoding: 'hex' | 'base64', ...parts: (string | Uint8Array)[]): string {
  const hmac = createHmac('sha256', secret)
  for (const part of parts) hmac.update(part)
  return hmac.digest(encoding)
}

const ID = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'

export const SIGNERS: Signer[] = [
  {
    provider: 'slack',
    secret: '5f2b1c0d9e8a7b6c5d4e3f2a1b0c9d8e',
    otherSecret: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    time: seconds,
    mac: (body, time, secret) => macOf(secret, 'hex', `v0:${time}:`, body),
    headers: (time, ...macs) => ({
      'x-slack-request-timestamp': time,
      'x-slack-signature': macs.map((mac) => `v0=${mac}`).join(','),
    }),
  },
  {
    provider: 'stripe',
    secret: 'whsec_Zk3vQ8mJr1tYw5xB7nC2dF4g',
    otherSecret: 'whsec_Aa1bB2cC3dD4eE5fF6gG7hH8',
    time: seconds,
    mac: (body, time, secret) => macOf(secret, 'hex', `${time}.`, body),
    headers: (time, ...macs) => ({ 'stripe-signature': [`t=${time}`, ...macs.map((mac) => `v1=${mac}`)].join(',') }),
  },
  {
    provider: 'elevenlabs',
    secret: 'wsec_1f0e9d8c7b6a59483726150413f2e1d0',
    otherSecret: 'wsec_00112233445566778899aabbccddeeff',
    time: seconds,
    mac: (body, time, secret) => macOf(secret, 'hex', `${time}.`, body),
    headers: (time, ...macs) => ({
      'elevenlabs-signature': [`t=${time}`, ...macs.map((mac) => `v0=${mac}`)].join(','),
    }),
  },
  {
    provider: 'retell',
    secret: 'key_7f6e5d4c3b2a19081726354453',
    otherSecret: 'key_0123456789abcdef0123456789',
    time: (offset) => String(NOW_MS + offset * 1000),
    mac: (body, time, secret) => macOf(secret, 'hex', body, time),
    headers: (time, ...macs) => ({ 'x-retell-signature': [`v=${time}`, ...macs.map((mac) => `d=${mac}`)].join(',') }),
  },
  ...(['standard', 'vapi'] as const).map(
    (provider): Signer => ({
      provider,
      secret: `whsec_${Buffer.alloc(32, 5).toString('base64')}`,
      otherSecret: `whsec_${Buffer.alloc(24, 6).toString('base64')}`,
      time: seconds,
      mac: (body, time, secret) => macOf(Buffer.from(secret.slice(6), 'base64'), 'base64', `${ID}.${time}.`, body),
      headers: (time, ...macs) => ({
        'webhook-id': ID,
        'webhook-timestamp': time,
        'webhook-signature': macs.map((mac) => `v1,${mac}`).join(' '),
      }),
    }),
  ),
]

export function secretsFor(provider: Provider, ...texts: string[]): WebhookSecret[] {
  const secrets = loadSecrets(
    schemeOf(provider),
    texts.map((text) => ({ text, expiresAtMs: null })),
  )
  if (!secrets.ok) throw new Error(secrets.reason)
  return secrets.value
}

/** `accepted`, or the reason why not. */
export function judge(
  provider: Provider,
  headers: Record<string, string>,
  body: Uint8Array,
  secrets: WebhookSecret[],
  nowMs = NOW_MS,
): string {
  const verdict = verifyWebhook(schemeOf(provider), { headers: new Headers(headers), body }, secrets, nowMs)
  return verdict.ok ? 'accepted' : verdict.reason
}

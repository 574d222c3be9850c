import type { Provider } from '#edge/webhooks/provider.ts'

/** A delivery whose signature is known from elsewhere. */
export interface WebhookVector {
  name: string
  /** Where its secret, body and signature are published. */
  source: string
  provider: Provider
  secret: string
  headers: Record<string, string>
  body: string
  /** A moment at which it was good. */
  nowMs: number
  event: { id: string; type: string } | null
}

const SLACK_BODY = [
  'token=xyzz0WbapA4vBCDEFasx0q6G',
  'team_id=T1DC2JH3J',
  'team_domain=testteamnow',
  'channel_id=G8PSS9T3V',
  'channel_name=foobar',
  'user_id=U2CERLKJA',
  'user_name=roadrunner',
  'command=%2Fwebhook-collect',
  'text=',
  'response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN',
  'trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
].join('&')

const STANDARD = {
  provider: 'standard',
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  body: '{"test": 2432232314}',
  nowMs: 1_614_265_330_000,
  event: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', type: 'untyped' },
} as const
const STANDARD_HEADERS = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330' }
const STANDARD_SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
const STANDARD_DECOY = 'Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc='

/** What the providers themselves print. */
export const PUBLISHED: WebhookVector[] = [
  {
    name: 'Slack, a slash command',
    source: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
    provider: 'slack',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    headers: {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    body: SLACK_BODY,
    nowMs: 1_531_420_618_000,
    event: { id: '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c', type: 'slash_command' },
  },
  {
    ...STANDARD,
    name: 'Standard Webhooks',
    source: 'https://github.com/standard-webhooks/standard-webhooks, tests of the reference libraries',
    headers: { ...STANDARD_HEADERS, 'webhook-signature': STANDARD_SIGNATURE },
  },
  {
    ...STANDARD,
    name: 'Standard Webhooks, the right signature between others',
    source: 'https://github.com/standard-webhooks/standard-webhooks, tests of the reference libraries',
    headers: {
      ...STANDARD_HEADERS,
      'webhook-signature': `v1,${STANDARD_DECOY} ${STANDARD_SIGNATURE} v2,${STANDARD_DECOY}`,
    },
  },
  {
    name: 'Retell',
    source: 'https://github.com/RetellAI/retell-typescript-sdk, tests of the library',
    provider: 'retell',
    secret: 'test-api-key',
    headers: {
      'X-Retell-Signature': 'v=1700000000000,d=07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e',
    },
    body: '{"event":"call_ended"}',
    nowMs: 1_700_000_000_000,
    event: null,
  },
]

/** Stripe and ElevenLabs print none: computed with OpenSSL by the formula of their documentation. */
export const COMPUTED: WebhookVector[] = [
  {
    name: 'Stripe',
    source: 'https://docs.stripe.com/webhooks/signature#verify-manually',
    provider: 'stripe',
    secret: 'whsec_test_secret',
    headers: {
      'Stripe-Signature': 't=1614556800,v1=96943a0ceebda8d3913e8b90697d39bbe16342f950890d77a41a248e4fb22794',
    },
    body: '{"id":"evt_test_webhook","object":"event"}',
    nowMs: 1_614_556_800_000,
    event: null,
  },
  {
    name: 'ElevenLabs',
    source: 'https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks',
    provider: 'elevenlabs',
    secret: 'wsec_test_secret',
    headers: {
      'ElevenLabs-Signature': 't=1739537297,v0=5bee464c180a6bbfc5af865307f25e1f290497bd4f4ca28ac850f43de6bde023',
    },
    body: '{"type":"post_call_transcription","event_timestamp":1739537297,"data":{"conversation_id":"abc"}}',
    nowMs: 1_739_537_297_000,
    event: { id: 'post_call_transcription:abc', type: 'post_call_transcription' },
  },
]

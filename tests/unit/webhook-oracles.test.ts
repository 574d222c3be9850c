/**
 * The providers' own libraries judge the same deliveries: what they sign is accepted, what they refuse is refused, and where
 * they accept what is refused here, the case is listed with its reason.
 */
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js'
import { verifySlackRequest } from '@slack/bolt'
import Retell from 'retell-sdk'
import { Webhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Provider } from '#edge/webhooks/provider.ts'
import { utf8 } from '#shared/bytes.ts'
import { judge, NOW_MS, SIGNERS, secretsFor } from './webhook-signing.ts'

type Headers = Record<string, string>
type Verifier = (headers: Headers, body: string, secret: string) => unknown

const NO_KEY = 'test'
const stripe = new Stripe('sk_test_none')
const elevenlabs = new ElevenLabsClient({ apiKey: NO_KEY })

/** Each throws, or is false, for what the library refuses. */
const LIBRARIES: Record<Provider, Verifier> = {
  slack: (headers, body, signingSecret) => verifySlackRequest({ signingSecret, body, headers: headers as never }),
  stripe: (headers, body, secret) => {
    const tolerance = Stripe.webhooks.DEFAULT_TOLERANCE
    return stripe.webhooks.signature?.verifyHeader(body, headers['stripe-signature'] ?? '', secret, tolerance)
  },
  elevenlabs: (headers, body, secret) =>
    elevenlabs.webhooks.constructEvent(body, headers['elevenlabs-signature'] ?? '', secret),
  retell: (headers, body, secret) => Retell.verify(body, secret, headers['x-retell-signature'] ?? ''),
  standard: (headers, body, secret) => new Webhook(secret).verify(body, headers, { jsonParse: false }),
  vapi: (headers, body, secret) => new Webhook(secret).verify(body, headers, { jsonParse: false }),
}

async function libraryAccepts(provider: Provider, headers: Headers, body: string, secret: string): Promise<boolean> {
  try {
    return (await LIBRARIES[provider](headers, body, secret)) !== false
  } catch {
    return false
  }
}

beforeAll(() => vi.useFakeTimers({ now: NOW_MS, toFake: ['Date'] }))
afterAll(() => void vi.useRealTimers())

const BODIES = ['{}', '{"id":"evt_1","text":"naïve 🙂\\n"}', `{"long":"${'x'.repeat(70_000)}"}`]

describe('what the libraries sign is accepted', () => {
  test.each(BODIES)('%.40s', async (body) => {
    const at = new Date(NOW_MS)
    const stripeSecret = 'whsec_Zk3vQ8mJr1tYw5xB7nC2dF4g'
    const header = stripe.webhooks.generateTestHeaderString({
      payload: body,
      secret: stripeSecret,
      timestamp: NOW_MS / 1000,
    })
    const standardSecret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
    const standard = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(NOW_MS / 1000),
      'webhook-signature': new Webhook(standardSecret).sign('msg_1', at, body),
    }
    const retellHeaders = { 'x-retell-signature': await Retell.sign(body, 'key_7f6e5d4c3b2a19081726354453') }
    const verdict = (provider: Provider, headers: Headers, secret: string) =>
      judge(provider, headers, utf8(body), secretsFor(provider, secret))
    expect(verdict('stripe', { 'stripe-signature': header }, stripeSecret)).toBe('accepted')
    expect(verdict('standard', standard, standardSecret)).toBe('accepted')
    expect(verdict('retell', retellHeaders, 'key_7f6e5d4c3b2a19081726354453')).toBe('accepted')
  })
})

/** Ways in which a signed delivery goes wrong, or is only written otherwise. */
const CHANGES: Record<string, (headers: Headers, body: string) => [Headers, string]> = {
  none: (headers, body) => [headers, body],
  'a body of one byte more': (headers, body) => [headers, `${body} `],
  'a body written anew': (headers, body) => [headers, JSON.stringify(JSON.parse(body), null, 1)],
  'upper case': (headers, body) => [eachSignature(headers, (text) => text.toUpperCase()), body],
  'a character less': (headers, body) => [eachSignature(headers, (text) => text.slice(0, -1)), body],
  'a character more': (headers, body) => [eachSignature(headers, (text) => `${text}0`), body],
  'not hex at its end': (headers, body) => [eachSignature(headers, (text) => `${text.slice(0, -2)}zz`), body],
  'empty signature': (headers, body) => [eachSignature(headers, () => ''), body],
  'blanks around': (headers, body) => [eachSignature(headers, (text) => ` ${text} `), body],
  'a decoy after it': (headers, body) => [eachSignature(headers, (text) => `${text},v1=${'0'.repeat(64)}`), body],
  'an unknown item after it': (headers, body) => [eachSignature(headers, (text) => `${text},x=1`), body],
}

/** The signature is what is longest in its header. */
function eachSignature(headers: Headers, change: (text: string) => string): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name.includes('signature') ? value.replace(/[0-9a-f]{64}|[A-Za-z0-9+/]{43}=/, change) : value,
    ]),
  )
}

describe.each(SIGNERS)('what the library of $provider refuses is refused', (signer) => {
  const { provider, secret, otherSecret } = signer
  const secrets = secretsFor(provider, secret)

  test.each(Object.keys(CHANGES))('%s', async (name) => {
    let signedByLibrary = 0
    for (const body of BODIES)
      for (const offset of [-31_536_000, -1801, -301, -300, 0, 300])
        for (const signedWith of [secret, otherSecret]) {
          const time = signer.time(offset)
          const signed = signer.headers(time, signer.mac(utf8(body), time, signedWith))
          const [headers, changed] = CHANGES[name]?.(signed, body) ?? [signed, body]
          const theirs = await libraryAccepts(provider, headers, changed, secret)
          const ours = judge(provider, headers, utf8(changed), secrets)
          if (!theirs) expect(ours, JSON.stringify(headers)).not.toBe('accepted')
          if (theirs) signedByLibrary += 1
          if (name === 'none' && Math.abs(offset) <= 300) expect(ours === 'accepted').toBe(theirs)
        }
    // Else the library would refuse everything, and prove nothing.
    if (name === 'none') expect(signedByLibrary).toBeGreaterThan(0)
  })
})

describe('where the libraries accept what is refused here', () => {
  const stricter: [Provider, string, string, (signer: (typeof SIGNERS)[number], body: string) => Headers][] = [
    ['slack', 'a time five minutes and more ahead', 'timestamp_outside_window', at(301)],
    ['stripe', 'a time five minutes and more ahead', 'timestamp_outside_window', at(301)],
    ['elevenlabs', 'a time five minutes and more ahead', 'timestamp_outside_window', at(301)],
    ['elevenlabs', 'a time between five minutes and half an hour ago', 'timestamp_outside_window', at(-1799)],
    ['slack', 'a time that is no number', 'signature_malformed', withTime('NaN')],
    [
      'stripe',
      'a time with letters behind it',
      'signature_malformed',
      (signer, body) => {
        const headers = at(0)(signer, body)['stripe-signature'] ?? ''
        return { 'stripe-signature': headers.replace(',', 'abc,') }
      },
    ],
    [
      'stripe',
      'two times, of which it takes the last',
      'signature_malformed',
      (signer, body) => ({
        'stripe-signature': `t=1,${at(0)(signer, body)['stripe-signature']}`,
      }),
    ],
    [
      'stripe',
      'an item that names nothing',
      'signature_malformed',
      (signer, body) => ({
        'stripe-signature': `${at(0)(signer, body)['stripe-signature']},`,
      }),
    ],
    [
      'stripe',
      'more than ten signatures',
      'signature_malformed',
      (signer, body) => ({
        'stripe-signature': `${at(0)(signer, body)['stripe-signature']}${`,v1=${'0'.repeat(64)}`.repeat(10)}`,
      }),
    ],
    ['elevenlabs', 'a time that is no number', 'signature_malformed', withTime('NaN')],
    ['elevenlabs', 'a time with a fraction', 'signature_malformed', withTime(`${NOW_MS / 1000}.5`)],
    [
      'elevenlabs',
      'a second signature, which it does not look at',
      'signature_malformed',
      (signer, body) => ({
        'elevenlabs-signature': `${at(0)(signer, body)['elevenlabs-signature']},v0=${'0'.repeat(64)}`,
      }),
    ],
    [
      'standard',
      'a time with letters behind it',
      'signature_malformed',
      (signer, body) => ({
        ...at(0)(signer, body),
        'webhook-timestamp': `${NOW_MS / 1000}abc`,
      }),
    ],
    [
      'standard',
      'an id with a full stop',
      'signature_malformed',
      (_, body) => ({
        'webhook-id': 'msg.1',
        'webhook-timestamp': String(NOW_MS / 1000),
        'webhook-signature': new Webhook(secretOf('standard')).sign('msg.1', new Date(NOW_MS), body),
      }),
    ],
    [
      'retell',
      'upper case',
      'signature_malformed',
      (signer, body) => eachSignature(at(0)(signer, body), (text) => text.toUpperCase()),
    ],
  ]

  test.each(stricter)('%s: %s', async (provider, _, reason, headersOf) => {
    const signer = SIGNERS.find((one) => one.provider === provider)
    if (!signer) throw new Error(provider)
    const headers = headersOf(signer, '{"id":"evt_1"}')
    expect(await libraryAccepts(provider, headers, '{"id":"evt_1"}', signer.secret)).toBe(true)
    expect(judge(provider, headers, utf8('{"id":"evt_1"}'), secretsFor(provider, signer.secret))).toBe(reason)
  })

  function at(offset: number) {
    return (signer: (typeof SIGNERS)[number], body: string) => {
      const time = signer.time(offset)
      return signer.headers(time, signer.mac(utf8(body), time, signer.secret))
    }
  }

  function withTime(time: string) {
    return (signer: (typeof SIGNERS)[number], body: string) =>
      signer.headers(time, signer.mac(utf8(body), time, signer.secret))
  }

  function secretOf(provider: Provider): string {
    return SIGNERS.find((one) => one.provider === provider)?.secret ?? ''
  }

  test('a secret that anybody could know', () => {
    expect(() => new Webhook('whsec_AAAA')).not.toThrow()
    expect(() => secretsFor('standard', 'whsec_AAAA')).toThrow('secret_short')
    expect(() => secretsFor('slack', 'x')).toThrow('secret_short')
  })
})

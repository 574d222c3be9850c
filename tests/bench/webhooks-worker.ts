import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { WebhooksClient } from '@elevenlabs/elevenlabs-js/wrapper/webhooks.js'
import { verifySlackRequest } from '@slack/bolt/dist/receivers/verify-request.js'
import { Webhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { Webhook as Svix } from 'svix'
import { type Provider, schemeOf } from '#edge/webhooks/provider.ts'
import { loadSecrets } from '#edge/webhooks/secret.ts'
import { verifyWebhook } from '#edge/webhooks/webhook.ts'

/** Verifies one delivery many times, so that the CPU time of the process is the verifier's: `POST /` with a `Job`. */
export interface Job {
  subject: Subject
  bytes: number
  times: number
}

/** One delivery, signed at the moment the job is made. */
interface Delivery {
  body: Uint8Array
  text: string
  time: string
  secret: string
}

type Verify = () => unknown

/** No grammar, no window, no JSON: the least that can be called verifying. */
function minimal(key: Uint8Array, before: string, body: Uint8Array, encoding: 'hex' | 'base64'): Verify {
  const keyObject = createSecretKey(key)
  const signature = createHmac('sha256', keyObject).update(before).update(body).digest(encoding)
  return () => {
    const mac = createHmac('sha256', keyObject).update(before).update(body).digest()
    if (!timingSafeEqual(mac, Buffer.from(signature, encoding))) throw new Error('refused')
  }
}

function ours(provider: Provider, headers: Record<string, string>, { body, secret }: Delivery): Verify {
  const scheme = schemeOf(provider)
  const secrets = loadSecrets(scheme, [{ text: secret, expiresAtMs: null }])
  if (!secrets.ok) throw new Error(secrets.reason)
  const delivery = { headers: new Headers(headers), body }
  return () => {
    if (!verifyWebhook(scheme, delivery, secrets.value, Date.now()).ok) throw new Error('refused')
  }
}

function hexMac({ secret, body }: Delivery, before: string): string {
  return createHmac('sha256', secret).update(before).update(body).digest('hex')
}

const ID = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'
const STANDARD_KEY = Buffer.alloc(32, 5)

function standardHeaders({ body, time }: Delivery): Record<string, string> {
  const mac = createHmac('sha256', STANDARD_KEY).update(`${ID}.${time}.`).update(body).digest('base64')
  return { 'webhook-id': ID, 'webhook-timestamp': time, 'webhook-signature': `v1,${mac}` }
}

const slackHeaders = (delivery: Delivery) => ({
  'x-slack-request-timestamp': delivery.time,
  'x-slack-signature': `v0=${hexMac(delivery, `v0:${delivery.time}:`)}`,
})
const timedList = (delivery: Delivery, name: string) =>
  `t=${delivery.time},${name}=${hexMac(delivery, `${delivery.time}.`)}`
const standardDelivery = (delivery: Delivery) => ({
  ...delivery,
  secret: `whsec_${STANDARD_KEY.toString('base64')}`,
})

const SUBJECTS = {
  'slack minimal': ({ body, time, secret }: Delivery) => minimal(Buffer.from(secret), `v0:${time}:`, body, 'hex'),
  slack: (delivery: Delivery) => ours('slack', slackHeaders(delivery), delivery),
  'slack @slack/bolt': (delivery: Delivery) => {
    const headers = slackHeaders(delivery) as never
    return () => verifySlackRequest({ signingSecret: delivery.secret, body: delivery.text, headers })
  },

  'stripe minimal': ({ body, time, secret }: Delivery) => minimal(Buffer.from(secret), `${time}.`, body, 'hex'),
  stripe: (delivery: Delivery) => ours('stripe', { 'stripe-signature': timedList(delivery, 'v1') }, delivery),
  'stripe stripe': (delivery: Delivery) => {
    const { signature } = new Stripe('sk_test_none').webhooks
    const header = timedList(delivery, 'v1')
    // The one that the library has for Workers; it waits.
    const crypto = Stripe.createSubtleCryptoProvider()
    return () => signature?.verifyHeaderAsync(delivery.body, header, delivery.secret, 300, crypto)
  },

  'elevenlabs minimal': ({ body, time, secret }: Delivery) => minimal(Buffer.from(secret), `${time}.`, body, 'hex'),
  elevenlabs: (delivery: Delivery) =>
    ours('elevenlabs', { 'elevenlabs-signature': timedList(delivery, 'v0') }, delivery),
  'elevenlabs @elevenlabs/elevenlabs-js': (delivery: Delivery) => {
    const client = new WebhooksClient()
    const header = timedList(delivery, 'v0')
    return () => client.constructEvent(delivery.text, header, delivery.secret)
  },

  'retell minimal': ({ body, time, secret }: Delivery) => minimal(Buffer.from(secret), time, body, 'hex'),
  retell: (delivery: Delivery) => {
    const time = `${delivery.time}000`
    const mac = createHmac('sha256', delivery.secret).update(delivery.body).update(time).digest('hex')
    return ours('retell', { 'x-retell-signature': `v=${time},d=${mac}` }, delivery)
  },

  'standard minimal': ({ body, time }: Delivery) => minimal(STANDARD_KEY, `${ID}.${time}.`, body, 'base64'),
  standard: (delivery: Delivery) => ours('standard', standardHeaders(delivery), standardDelivery(delivery)),
  'standard standardwebhooks': (delivery: Delivery) => {
    const webhook = new Webhook(standardDelivery(delivery).secret)
    const headers = standardHeaders(delivery)
    return () => webhook.verify(delivery.text, headers, { jsonParse: false })
  },
  'standard svix': (delivery: Delivery) => {
    const webhook = new Svix(standardDelivery(delivery).secret)
    const headers = standardHeaders(delivery)
    return () => webhook.verify(delivery.text, headers)
  },
} satisfies Record<string, (delivery: Delivery) => Verify>

export type Subject = keyof typeof SUBJECTS

/** JSON of that many bytes. */
function makeDelivery(bytes: number): Delivery {
  const text = JSON.stringify({ id: 'evt_1', type: 'test', text: '' })
  const padded = text.replace('""', `"${'documentation '.repeat(bytes / 14 + 1).slice(0, bytes - text.length)}"`)
  const time = String(Math.floor(Date.now() / 1000))
  return { body: new TextEncoder().encode(padded), text: padded, time, secret: '5f2b1c0d9e8a7b6c5d4e3f2a1b0c9d8e' }
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { subject, bytes, times } = (await request.json()) as Job
    const verify = SUBJECTS[subject](makeDelivery(bytes))
    for (let index = 0; index < times; index++) {
      const verdict = verify()
      if (verdict instanceof Promise) await verdict
    }
    return new Response(String(times))
  },
}

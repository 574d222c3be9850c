import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { listenFrom } from './ports.ts'
import { readRequest } from './read-request.ts'
import { ACTS, type Act, act, type Happened, payCheckout } from './stripe-stand-in-acts.ts'
import { checkoutPage, portalPage } from './stripe-stand-in-pages.ts'
import {
  newStripeId,
  openStripeState,
  PRICES,
  planOfPrice,
  type StripeState,
  subscriptionObject,
} from './stripe-stand-in-state.ts'

/**
 * Stands in for Stripe on one machine, for what emulate's has not (subscriptions, the portal, invoices, events with an id): written
 * from Stripe's published contract, as much of it as Pernoex uses. Its events come as Stripe's may: the last first, and one twice.
 */
export interface StripeStandIn {
  /** `http://127.0.0.1:PORT` */
  url: string
  webhookSecret: string
  /** For the Workers. */
  vars: Record<string, string>
  secrets: Record<string, string>
  /** Its next so many answers to questions about a subscription are of this status; for tests. */
  failNext(count: number, status: number): void
  /** Objects as they are now; for tests. */
  state: StripeState
  /** Has something happen to a subscription, and sends the events. */
  act(subscription: string, what: Act): Promise<void>
  close(): Promise<void>
}

export interface StandInOptions {
  firstPort: number
  /** `http://127.0.0.1:PORT/webhooks/stripe` */
  webhookUrl: string
  /** Null: everything is forgotten in the end. */
  stateFile: string | null
}

type Answer = [status: number, type: 'json' | 'html' | 'redirect', body: string]

interface World extends ReturnType<typeof openStripeState> {
  base: string
  failing: { count: number; status: number }
  send(happened: Happened[]): Promise<void>
}

export async function startStripeStandIn({ firstPort, webhookUrl, stateFile }: StandInOptions): Promise<StripeStandIn> {
  const { state, save } = openStripeState(stateFile)
  const send = (happened: Happened[]) => deliver(happened, { url: webhookUrl, secret: state.webhookSecret })
  const world: World = { state, save, base: '', failing: { count: 0, status: 0 }, send }
  const server = createServer((request, response) => {
    respond(request, world)
      .catch((error): Answer => [400, 'json', problem(String(error))])
      .then(([status, type, body]) => {
        if (type === 'redirect') response.writeHead(303, { location: body }).end()
        else response.writeHead(status, { ...HEADERS, 'content-type': TYPES[type] }).end(body)
      })
  })
  // As the database's endpoint: the Worker keeps its connections, and one that is closed under it fails its request.
  server.keepAliveTimeout = 0
  world.base = `http://127.0.0.1:${await listenFrom(server, firstPort)}`
  return {
    ...{ url: world.base, webhookSecret: state.webhookSecret, state },
    vars: { STRIPE_ENDPOINT: world.base, STRIPE_PRICES: JSON.stringify(PRICES) },
    secrets: { STRIPE_SECRET_KEY: state.secretKey, STRIPE_WEBHOOK_SECRET: state.webhookSecret },
    failNext: (count, status) => {
      world.failing = { count, status }
    },
    act: (subscription, what) => happen(world, subscription, what),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const TYPES = { json: 'application/json', html: 'text/html; charset=utf-8' }
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}

const MAX_BYTES = 64 * 1024
const now = () => Math.floor(Date.now() / 1000)
const problem = (message: string) => JSON.stringify({ error: { type: 'invalid_request_error', message } })

async function respond(request: IncomingMessage, world: World): Promise<Answer> {
  if (`http://${request.headers.host}` !== world.base) return [421, 'json', problem('Another host.')]
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const form = new URLSearchParams(await readRequest(request, MAX_BYTES))
  if (path.startsWith('/v1/')) return api(request, path, form, world)
  if (request.method === 'GET') return showPage(path, world)
  // From a page of its own only: whoever is elsewhere pays for nobody.
  if (request.headers.origin !== world.base) return [403, 'json', problem('Another origin.')]
  return submit(path, world)
}

async function api(request: IncomingMessage, path: string, form: URLSearchParams, world: World): Promise<Answer> {
  const { state, save, failing } = world
  if (request.headers.authorization !== `Bearer ${state.secretKey}`) return [401, 'json', problem('Invalid API Key.')]
  if (request.method === 'GET') {
    if (failing.count-- > 0) return [failing.status, 'json', problem('The stand-in was told to fail.')]
    const subscription = state.subscriptions[path.replace('/v1/subscriptions/', '')]
    if (subscription === undefined) return [404, 'json', problem('No such subscription.')]
    return [200, 'json', JSON.stringify(subscriptionObject(subscription))]
  }
  const key = request.headers['idempotency-key']?.toString()
  const known = key === undefined ? undefined : state.answered[key]
  const body = known ?? create(path, form, world)
  if (body === null) return [400, 'json', problem('No such customer, price or address.')]
  if (key !== undefined) state.answered[key] = body
  save()
  return [200, 'json', body]
}

function create(path: string, form: URLSearchParams, { state, base }: World): string | null {
  const field = (name: string) => form.get(name) ?? ''
  const customer = field('customer')
  if (path === '/v1/customers') {
    const made = { id: newStripeId('cus'), name: field('name'), email: field('email') }
    state.customers[made.id] = made
    return JSON.stringify({ ...made, object: 'customer' })
  }
  if (state.customers[customer] === undefined) return null
  if (path === '/v1/billing_portal/sessions') {
    const portal = { id: newStripeId('bps'), customer, returnUrl: field('return_url') }
    state.portals[portal.id] = portal
    return JSON.stringify({ id: portal.id, object: 'billing_portal.session', url: `${base}/portal/${portal.id}` })
  }
  const plan = planOfPrice(field('line_items[0][price]'))
  if (path !== '/v1/checkout/sessions' || field('mode') !== 'subscription' || plan === null) return null
  const checkout = {
    ...{ id: newStripeId('cs'), customer, organization: field('client_reference_id'), plan, done: false },
    ...{ successUrl: field('success_url'), cancelUrl: field('cancel_url') },
  }
  state.checkouts[checkout.id] = checkout
  return JSON.stringify({ id: checkout.id, object: 'checkout.session', url: `${base}/checkout/${checkout.id}` })
}

function showPage(path: string, { state }: World): Answer {
  const [, kind, id = ''] = path.split('/')
  const [checkout, portal] = [state.checkouts[id], state.portals[id]]
  if (kind === 'checkout' && checkout !== undefined) return [200, 'html', checkoutPage(checkout)]
  if (kind === 'portal' && portal !== undefined) return [200, 'html', portalPage(state, portal)]
  return [404, 'json', problem('Nothing here.')]
}

async function submit(path: string, world: World): Promise<Answer> {
  const [, kind, id = '', subscription = '', what = ''] = path.split('/')
  const [checkout, portal] = [world.state.checkouts[id], world.state.portals[id]]
  if (kind === 'checkout' && checkout !== undefined) {
    const happened = payCheckout(world.state, checkout, now())
    world.save()
    if (happened !== null) void world.send(happened)
    return [303, 'redirect', checkout.successUrl]
  }
  const isOwn = portal !== undefined && world.state.subscriptions[subscription]?.customer === portal.customer
  if (kind !== 'portal' || !isOwn || !ACTS.includes(what as Act)) return [404, 'json', problem('Nothing here.')]
  await happen(world, subscription, what as Act)
  return [303, 'redirect', `/portal/${id}`]
}

async function happen({ state, save, send }: World, id: string, what: Act): Promise<void> {
  const subscription = state.subscriptions[id]
  if (subscription === undefined) throw new Error('no such subscription')
  const happened = act(state, subscription, what, now())
  save()
  await send(happened)
}

const TRIES = 5

/** The last first, and the first one twice: https://docs.stripe.com/webhooks promises neither order nor that each comes once. */
async function deliver(happened: Happened[], { url, secret }: { url: string; secret: string }): Promise<void> {
  const created = now()
  const events = happened.map(({ type, object }) =>
    JSON.stringify({ id: newStripeId('evt'), object: 'event', type, created, livemode: false, data: { object } }),
  )
  for (const body of [...events.toReversed(), ...events.slice(0, 1)])
    for (let attempt = 0; attempt < TRIES && !(await deliverOne(url, secret, body)); attempt++)
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt).unref())
}

async function deliverOne(url: string, secret: string, body: string): Promise<boolean> {
  try {
    const headers = { 'stripe-signature': signStripe(secret, body, now()) }
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}

/** https://docs.stripe.com/webhooks/signature */
export function signStripe(secret: string, body: string, atSeconds: number): string {
  return `t=${atSeconds},v1=${createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')}`
}

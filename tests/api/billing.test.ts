import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StripeStandIn, signStripe } from '#edge/local/stripe-stand-in.ts'
import { PRICES } from '#edge/local/stripe-stand-in-state.ts'
import type { BillingView } from '#edge/rules/billing-view.ts'
import { parseId } from '#shared/ids.ts'
import { GRACE_DAYS } from '#shared/plans.ts'
import { type DashboardClient, newPerson } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
let stripe: StripeStandIn
beforeAll(async () => {
  harness = await startHarness({ limits: 'on', stripe: true })
  if (harness.stripe === null) throw new Error('no stand-in')
  stripe = harness.stripe
}, 240_000)
afterAll(() => harness.close())

/** The queue waits a second for more, and a first failure five. */
const SOON = { timeout: 20_000, interval: 250 }
const DAY = 86_400
const now = () => Math.floor(Date.now() / 1000)

interface Shop {
  owner: DashboardClient
  billing(): Promise<BillingView>
  /** Asks as a server of the organization's. */
  ask(): Promise<Response>
  /** Uses up answers, past the HTTP routes. */
  useUp(count: number): Promise<void>
}

async function openShop(name: string): Promise<Shop> {
  const owner = await newPerson(harness, `${name}@example.com`)
  const { id } = await owner.json<{ id: string }>('POST', '/api/projects', { name })
  const made = await owner.json<{ id: string; key: string }>('POST', `/api/projects/${id}/keys`, {
    ...{ label: 'Server', kind: 'secret', environment: 'live', scopes: ['answers'] },
  })
  const [projectId, keyId] = [parseId('project', id), parseId('key', made.id)]
  if (projectId === null || keyId === null) throw new Error('no ids')
  const nobody = { origin: null, visitor: null, identityKeyId: null, requestId: null, threadId: null }
  return {
    owner,
    billing: () => owner.json<BillingView>('GET', '/api/billing'),
    ask: () =>
      fetch(`${harness.edge}/v1/answers`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${made.key}`,
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: JSON.stringify({ question: 'What is a zebra?' }),
      }),
    async useUp(count) {
      const given = await Promise.all(
        Array.from({ length: count }, () =>
          harness.worker.gate.admitAnswer({ projectId, keyId, network: '192.0.2', ...nobody }),
        ),
      )
      expect(given.filter(({ ok }) => !ok)).toEqual([])
    },
  }
}

/** As Stripe sends it: signed, at that time, about things of that time. */
async function tell(
  type: string,
  created: number,
  object: object,
  { id = `evt_${crypto.randomUUID()}`, secret = stripe.webhookSecret } = {},
) {
  const body = JSON.stringify({ id, object: 'event', type, created, data: { object } })
  const headers = { 'stripe-signature': signStripe(secret, body, now()) }
  const answer = await fetch(`${harness.edge}/webhooks/stripe`, { method: 'POST', headers, body })
  return [answer.status, ((await answer.json()) as { code?: string }).code]
}

function subscription(customer: string, status: string, start: number) {
  const item = { price: { id: PRICES.pro }, current_period_start: start, current_period_end: start + 30 * DAY }
  return { id: `sub_of_${customer}`, customer, status, cancel_at_period_end: false, items: { data: [item] } }
}

const customerOf = (owner: string) => {
  const found = Object.values(stripe.state.customers).find(({ email }) => email === `${owner}@example.com`)
  return found?.id ?? ''
}

describe('an event', () => {
  test('that is not signed by Stripe is refused without one SQL statement', async () => {
    harness.database.reset()
    const told = tell('invoice.paid', now(), { id: 'in_1', customer: 'cus_1' }, { secret: 'whsec_of_somebody_else' })
    expect(await told).toEqual([401, 'signature_wrong'])
    const unsigned = await fetch(`${harness.edge}/webhooks/stripe`, { method: 'POST', body: '{}' })
    expect(await unsigned.json()).toMatchObject({ code: 'signature_missing' })
    const large = await fetch(`${harness.edge}/webhooks/stripe`, { method: 'POST', body: 'x'.repeat(200_000) })
    expect(large.status).toBe(413)
    expect(harness.database.statements()).toBe(0)
  })

  test('about nobody here is received, kept with the reason, and logged', async () => {
    expect(await tell('invoice.paid', now(), { id: 'in_1', customer: 'cus_stranger' }, { id: 'evt_stray' })).toEqual([
      200,
      undefined,
    ])
    const rows = () => harness.asOwner(`select state, reason from billing_events where event_id = 'evt_stray'`)
    await expect.poll(rows, SOON).toEqual([{ state: 'dead', reason: 'Nobody here is this customer.' }])
    await expect
      .poll(() => harness.logs().some(({ message }) => message.includes('billing_event_dead')), SOON)
      .toBe(true)
  })
})

// Each is an organization of its own, and most of the time all of them wait for the queue.
describe.concurrent('an organization', () => {
  test('buying: the stand-in’s page, events out of order and twice, a plan, and the quota that follows from it', async ({
    expect,
  }) => {
    const shop = await openShop('ada')
    expect(await shop.billing()).toMatchObject({ plan: 'free', subscription: null, payment: true, isCustomer: false })
    await shop.useUp(198)
    // Two are left, whoever asks at once.
    const answers = await Promise.all(Array.from({ length: 5 }, () => shop.ask()))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 429, 429, 429])
    const refused = answers.find(({ status }) => status === 429)
    expect(await refused?.json()).toMatchObject({ code: 'quota_exceeded' })
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await shop.billing()).usage).toMatchObject({ answers: 200, days: [{ answers: 200 }] })

    const { url } = await shop.owner.json<{ url: string }>('POST', '/api/billing/checkout', { plan: 'pro' })
    expect(await (await fetch(url)).text()).toContain('Pro plan')
    // The event that comes first only names the subscription: Stripe has to be asked, and is too busy at first.
    stripe.failNext(1, 429)
    const paid = await fetch(`${url}/pay`, { method: 'POST', redirect: 'manual', headers: { origin: stripe.url } })
    expect(paid.headers.get('location')).toBe(`${harness.app}/billing?checkout=done`)
    await expect.poll(async () => (await shop.billing()).plan, SOON).toBe('pro')
    expect(await shop.billing()).toMatchObject({ subscription: { state: 'active', until: null }, isCustomer: true })
    await expect.poll(async () => (await shop.ask()).status, SOON).toBe(200)
    expect(harness.logs().some(({ message }) => message.includes('billing_failed'))).toBe(true)
    const again = await shop.owner.send('POST', '/api/billing/checkout', { plan: 'business' })
    expect(await again.json()).toMatchObject({ code: 'conflict', reason: 'subscribed' })

    const portal = await shop.owner.json<{ url: string }>('POST', '/api/billing/portal')
    expect(await (await fetch(portal.url)).text()).toMatch(/active.*\$49\.00/s)
    const [bought = ''] = Object.keys(stripe.state.subscriptions)
    await stripe.act(bought, 'switch')
    await expect.poll(async () => (await shop.billing()).plan, SOON).toBe('business')
    // Two words of the same second, neither of them so: what Stripe says itself counts.
    const word = (status: string) => ({ ...subscription(customerOf('ada'), status, now()), id: bought })
    const at = now()
    for (const status of ['paused', 'past_due'])
      await tell('customer.subscription.updated', at, word(status), { id: `evt_contested_${status}` })
    const heard = () =>
      harness.asOwner(`select count(*)::int as n from billing_events where event_id like 'evt_contested_%'`)
    await expect.poll(heard, SOON).toEqual([{ n: 2 }])
    await expect.poll(() => shop.billing(), SOON).toMatchObject({ plan: 'business', subscription: { state: 'active' } })
    const gone = await shop.owner.send('DELETE', '/api/organization', { confirm: 'ada' })
    expect([gone.status, ((await gone.json()) as { reason: string }).reason]).toEqual([409, 'subscription_running'])
  }, 120_000)

  test('a payment that fails: the plan goes on for the days of grace, then the gate refuses by itself', async ({
    expect,
  }) => {
    const shop = await openShop('bert')
    await shop.useUp(220).catch(() => {})
    await shop.owner.json('POST', '/api/billing/checkout', { plan: 'pro' })
    const customer = customerOf('bert')
    const failedAt = now() - GRACE_DAYS * DAY + 8
    const renewal = failedAt - 3600
    const invoice = {
      id: 'in_bert',
      customer,
      parent: { subscription_details: { subscription: `sub_of_${customer}` } },
    }
    const events: Parameters<typeof tell>[] = [
      ['customer.subscription.updated', failedAt + 1, subscription(customer, 'past_due', renewal)],
      ['invoice.payment_failed', failedAt, invoice, { id: 'evt_failed' }],
      ['invoice.payment_failed', failedAt, invoice, { id: 'evt_failed' }],
      ['customer.subscription.created', renewal - 30 * DAY, subscription(customer, 'active', renewal - 30 * DAY)],
    ]
    for (const event of events) expect(await tell(...event)).toEqual([200, undefined])
    await expect.poll(async () => (await shop.billing()).subscription?.state, SOON).toBe('grace')
    expect((await shop.billing()).plan).toBe('pro')
    await expect.poll(async () => (await shop.ask()).status, SOON).toBe(200)
    // Nobody publishes anything now: the gate was told until when.
    await expect.poll(async () => (await shop.ask()).status, SOON).toBe(429)
    expect(await shop.billing()).toMatchObject({ plan: 'free', subscription: { state: 'lapsed' } })
    await tell('invoice.paid', now(), invoice)
    await expect.poll(async () => (await shop.ask()).status, SOON).toBe(200)
  }, 120_000)

  test('a smaller plan takes nothing away, and refuses what is new with a sentence', async ({ expect }) => {
    const shop = await openShop('cleo')
    const refused = await shop.owner.send('POST', '/api/projects', { name: 'Second' })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({
      ...{ code: 'plan_full', reason: 'projects' },
      errors: [{ message: 'The Free plan holds 1 project. Choose a larger plan, or take one away first.' }],
    })
    await shop.owner.json('POST', '/api/billing/checkout', { plan: 'pro' })
    const customer = customerOf('cleo')
    await tell('customer.subscription.created', now() - DAY, subscription(customer, 'active', now() - DAY))
    await expect.poll(async () => (await shop.billing()).plan, SOON).toBe('pro')
    for (const name of ['Second', 'Third']) await shop.owner.json('POST', '/api/projects', { name })
    await tell('customer.subscription.deleted', now(), subscription(customer, 'canceled', now() - DAY))
    await expect.poll(async () => (await shop.billing()).plan, SOON).toBe('free')
    expect(await shop.billing()).toMatchObject({ held: { projects: 3 }, overLimit: ['projects'] })
    expect((await shop.owner.json<{ items: unknown[] }>('GET', '/api/projects')).items).toHaveLength(3)
    expect((await shop.owner.send('POST', '/api/projects', { name: 'Fourth' })).status).toBe(409)
    const audit = await shop.owner.json<{ items: { action: string; actor: object }[] }>('GET', '/api/audit')
    expect(audit.items[0]).toMatchObject({ action: 'plan.changed', actor: { id: null, email: 'Stripe' } })
  }, 60_000)
})

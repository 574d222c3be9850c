import { expect, test } from 'vitest'
import type { Payment } from '#edge/account-ports.ts'
import type { BillingChange, BillingDb } from '#edge/db/billing.ts'
import { PaymentUnavailable } from '#edge/errors.ts'
import {
  applyBillingEvent,
  askAboutUnclear,
  type Billing,
  beginCheckout,
  openPortal,
  willBePaid,
} from '#edge/flows/bill.ts'
import { consumeBilling } from '#edge/jobs/billing.ts'
import { standingOf } from '#edge/rules/standing.ts'
import { NO_FACTS, type Snapshot, unclear } from '#edge/rules/subscription.ts'
import { utf8 } from '#shared/bytes.ts'
import { newId } from '#shared/ids.ts'
import { random } from './policy-source.ts'

const organizationId = newId('organization', random)
const START = 1_800_000_000
const snapshot: Snapshot = {
  ...{
    asOf: START + 60,
    status: 'active',
    plan: 'pro',
    periodStart: START,
    periodEnd: START + 2_592_000,
    cancelAt: null,
  },
}

/** A database in memory that keeps the promises of the real one, and a provider that answers as told. */
function world() {
  const stored = { facts: NO_FACTS, revision: 0, unclear: false, askAfterMs: null as number | null }
  const events = new Set<string>()
  const strays: string[] = []
  const asked: string[] = []
  const state = {
    customer: 'cus_1' as string | null,
    stale: 0,
    answers: [] as (Snapshot | null | Error)[],
    nowMs: START * 1000,
  }
  const billing: BillingDb = {
    readBilling: async () => ({ customerId: state.customer, ...stored }),
    countHeld: async () => ({ projects: 0, seats: 0, documents: 0 }),
    keepCustomer: async (_, customerId) => (state.customer ??= customerId),
    organizationOf: async (customer) => (customer === state.customer ? organizationId : null),
    async record(_, { event, revision, facts, unclear: isUnclear, askAfterMs }: BillingChange) {
      if (event !== null && events.has(event.id)) return 'taken'
      if (state.stale-- > 0) stored.revision++
      if (revision !== stored.revision) return 'stale'
      if (event !== null) events.add(event.id)
      Object.assign(stored, { facts, unclear: isUnclear, askAfterMs, revision: revision + 1 })
      return 'recorded'
    },
    keepStray: async ({ id }) => !strays.includes(id) && strays.push(id) > 0,
    unclearSubscriptions: async () =>
      stored.unclear || (stored.askAfterMs ?? state.nowMs) < state.nowMs ? [organizationId] : [],
  }
  const payment: Payment = {
    planOf: (price) => (price === 'price_pro' ? 'pro' : null),
    createCustomer: async () => 'cus_new',
    createCheckout: async ({ customerId, plan }) => `https://pay.example/${customerId}/${plan}`,
    createPortal: async ({ customerId }) => `https://pay.example/portal/${customerId}`,
    async readSubscription(id) {
      asked.push(id)
      const answer = state.answers.shift() ?? null
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const logged: string[] = []
  const log = { info: () => {}, error: (name: string) => void logged.push(name) }
  const publishing = { records: { pendingPolicies: async () => [] } as never, publish: async () => {} }
  const ports: Billing = { billing, payment, publishing, log, nowMs: () => state.nowMs }
  return { ports, stored, state, asked, strays, logged }
}

const named = (id = 'evt_1', customer = 'cus_1') =>
  bodyOf(id, 'checkout.session.completed', START, { customer, subscription: 'sub_1' })

function bodyOf(id: string, type: string, created: number, object: object): Uint8Array {
  return utf8(JSON.stringify({ id, type, created, data: { object } }))
}
const event = (id: string) => ({ id, type: 'any', at: START })

test('a subscription that is only named is asked about, and what Stripe says holds', async () => {
  const { ports, stored, state, asked } = world()
  state.answers = [snapshot]
  await applyBillingEvent(named(), event('evt_1'), ports)
  expect(asked).toEqual(['sub_1'])
  expect(standingOf(stored.facts)).toMatchObject({ plan: 'pro', state: 'active' })
  expect(stored.unclear).toBe(false)
})

test.each([429, 500])(
  'Stripe answering %s loses nothing: the event has its effect, and the asking is left to do',
  async (status) => {
    const { ports, stored, state, asked } = world()
    state.answers = [new PaymentUnavailable(`Stripe answered ${status}`), new PaymentUnavailable('again'), snapshot]
    await expect(applyBillingEvent(named(), event('evt_1'), ports)).rejects.toBeInstanceOf(PaymentUnavailable)
    expect(stored.unclear).toBe(true)
    // The same event again, from the queue; then the cron, which nothing has to wake.
    await expect(applyBillingEvent(named(), event('evt_1'), ports)).rejects.toBeInstanceOf(PaymentUnavailable)
    await askAboutUnclear(ports)
    expect(asked).toHaveLength(3)
    expect(standingOf(stored.facts)?.state).toBe('active')
    expect(stored.revision).toBe(2)
  },
)

test('an answer of the same second as the events settles nothing, and is asked for again at once', async () => {
  const { ports, state, stored } = world()
  const item = { price: { id: 'price_pro' }, current_period_start: START, current_period_end: START + 2_592_000 }
  const told = (id: string, status: string) =>
    bodyOf(id, 'customer.subscription.updated', START + 60, {
      ...{ id: 'sub_1', customer: 'cus_1', status, items: { data: [item] } },
    })
  await applyBillingEvent(told('evt_1', 'active'), event('evt_1'), ports)
  state.answers = [snapshot, { ...snapshot, asOf: START + 61 }]
  const refused = applyBillingEvent(told('evt_2', 'past_due'), event('evt_2'), ports)
  await expect(refused).rejects.toMatchObject({ retryAfterSeconds: 1 })
  await applyBillingEvent(told('evt_2', 'past_due'), event('evt_2'), ports)
  expect(unclear(stored.facts)).toEqual([])
  expect(standingOf(stored.facts)?.state).toBe('active')
})

test('where news is overdue, because an event was lost for good, Stripe is asked; in vain, once a day', async () => {
  const { ports, stored, state, asked } = world()
  const DAY_MS = 86_400_000
  state.answers = [snapshot]
  await applyBillingEvent(named(), event('evt_1'), ports)
  const overdue = snapshot.periodEnd * 1000 + DAY_MS
  expect(stored.askAfterMs).toBe(overdue)
  state.nowMs = overdue + 1
  state.answers = [{ ...snapshot, asOf: snapshot.periodEnd + 90_000 }]
  await askAboutUnclear(ports)
  expect(stored.askAfterMs).toBe(state.nowMs + DAY_MS)
  await askAboutUnclear(ports)
  expect(asked).toHaveLength(2)
  state.nowMs += DAY_MS + 1
  state.answers = [{ ...snapshot, asOf: snapshot.periodEnd + 200_000, status: 'canceled' }]
  await askAboutUnclear(ports)
  expect(standingOf(stored.facts)?.state).toBe('ended')
  expect(stored.askAfterMs).toBeNull()
})

test('what Stripe does not know gives nothing, and is not asked about again', async () => {
  const { ports, stored, asked } = world()
  await applyBillingEvent(named(), event('evt_1'), ports)
  await askAboutUnclear(ports)
  expect(asked).toHaveLength(1)
  expect(standingOf(stored.facts)).toBeNull()
})

test('where other events are quicker, an event is worked out anew', async () => {
  const { ports, stored, state } = world()
  Object.assign(state, { stale: 3, answers: [snapshot] })
  await applyBillingEvent(named(), event('evt_1'), ports)
  expect(standingOf(stored.facts)?.state).toBe('active')
  state.stale = 100
  await expect(applyBillingEvent(named('evt_2'), event('evt_2'), ports)).rejects.toThrow('quicker each time')
})

test('an event about nobody, and one whose price is of no plan, is kept and logged once', async () => {
  const { ports, strays, logged, stored } = world()
  const price = bodyOf('evt_9', 'customer.subscription.created', START, {
    ...{ id: 'sub_1', customer: 'cus_1', items: { data: [{ price: { id: 'price_other' } }] } },
  })
  for (let twice = 0; twice < 2; twice++) {
    await applyBillingEvent(named('evt_8', 'cus_stranger'), event('evt_8'), ports)
    await applyBillingEvent(price, event('evt_9'), ports)
  }
  expect([strays, logged]).toEqual([
    ['evt_8', 'evt_9'],
    ['billing_event_dead', 'billing_event_dead'],
  ])
  expect(stored.revision).toBe(0)
})

test('the queue brings back what failed, sooner where asking again soon helps; other messages are not its own', async () => {
  const { ports, state } = world()
  state.answers = [new PaymentUnavailable('busy'), new PaymentUnavailable('same second', { retryAfterSeconds: 1 })]
  const outcome: (string | number)[] = []
  const message = (attempts: number, body: unknown) => ({
    ...{ body, attempts, ack: () => void outcome.push('ack') },
    retry: ({ delaySeconds }: { delaySeconds: number }) => void outcome.push(delaySeconds),
  })
  const told = { kind: 'stripe', eventId: 'evt_1', type: 'any', receivedAtMs: 0, body: named() }
  for (const attempts of [2, 3, 4]) expect(await consumeBilling(message(attempts, told), ports)).toBe(true)
  expect(await consumeBilling(message(1, told), { ...ports, payment: null })).toBe(true)
  expect(await consumeBilling(message(1, { ...told, kind: 'in' }), ports)).toBe(false)
  expect(outcome).toEqual([10, 1, 'ack', 5])
})

test('buying makes the organization a customer first; whoever has a subscription is sent to the portal', async () => {
  const { ports, state } = world()
  state.customer = null
  const purchase = { ...ports, returnTo: 'https://app.example/billing' }
  const actor = { organizationId, email: 'ada@example.com' } as never
  const buy = () => beginCheckout(purchase, actor, { plan: 'pro', name: 'Ada' })
  expect(await openPortal(purchase, organizationId)).toEqual({ ok: false, reason: 'not_a_customer' })
  expect(await buy()).toEqual({ ok: true, value: { url: 'https://pay.example/cus_new/pro' } })
  expect(await willBePaid(ports, organizationId)).toBe(false)
  state.answers = [snapshot]
  await applyBillingEvent(named('evt_1', 'cus_new'), event('evt_1'), ports)
  expect(await buy()).toEqual({ ok: false, reason: 'subscribed' })
  expect(await willBePaid(ports, organizationId)).toBe(true)
  expect(await openPortal(purchase, organizationId)).toMatchObject({ ok: true })
  expect(await beginCheckout({ ...purchase, payment: null }, actor, { plan: 'pro', name: 'Ada' })).toEqual({
    ...{ ok: false, reason: 'payment_not_configured' },
  })
})

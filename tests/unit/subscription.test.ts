import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BillingEvent, readBillingEvent } from '#edge/rules/billing-event.ts'
import { planInForce, standingOf } from '#edge/rules/standing.ts'
import { type BillingFacts, mergeFact, NO_FACTS, SUBSCRIPTION_STATUSES, unclear } from '#edge/rules/subscription.ts'
import { utf8 } from '#shared/bytes.ts'
import { GRACE_DAYS } from '#shared/plans.ts'

const DAY = 86_400
const START = 1_800_000_000
const MONTH = 30 * DAY
const planOf = (price: string) => (price === 'price_pro' ? 'pro' : price === 'price_business' ? 'business' : null)

let count = 0
function event(type: string, at: number, object: object): BillingEvent {
  const body = { id: `evt_${count++}`, type, created: at, data: { object: { customer: 'cus_1', ...object } } }
  const read = readBillingEvent(utf8(JSON.stringify(body)), planOf)
  if (!read.ok || read.value === null) throw new Error(read.ok ? 'no effect' : read.reason)
  return read.value
}

interface Described {
  id?: string
  status?: string
  price?: string
  start?: number
  atEnd?: boolean
}

function subscription(
  type: 'created' | 'updated' | 'deleted',
  at: number,
  { id = 'sub_1', status = 'active', price = 'price_pro', start = START, atEnd = false }: Described = {},
) {
  const item = { price: { id: price }, current_period_start: start, current_period_end: start + MONTH }
  return event(`customer.subscription.${type}`, at, {
    ...{ id, status, cancel_at_period_end: atEnd, cancel_at: null },
    items: { data: [item] },
  })
}

const invoice = (type: 'paid' | 'payment_failed', at: number, id = 'in_1') =>
  event(`invoice.${type}`, at, { id, parent: { subscription_details: { subscription: 'sub_1' } } })
const refund = (at: number, chargedAt: number, refunded = true) =>
  event('charge.refunded', at, { id: 'ch_1', created: chargedAt, refunded })

const fold = (events: BillingEvent[]): BillingFacts => events.flatMap(({ facts }) => facts).reduce(mergeFact, NO_FACTS)
const plan = (events: BillingEvent[], at: number) => planInForce(standingOf(fold(events)), 'free', at * 1000)

const signedUp = [
  event('checkout.session.completed', START, { id: 'cs_1', subscription: 'sub_1' }),
  subscription('created', START, { status: 'incomplete' }),
  subscription('updated', START + 2),
  invoice('paid', START + 2),
]
const RENEWAL = START + MONTH
const failed = [
  subscription('updated', RENEWAL, { start: RENEWAL }),
  invoice('payment_failed', RENEWAL + 3600, 'in_2'),
  subscription('updated', RENEWAL + 3601, { start: RENEWAL, status: 'past_due' }),
]

describe('a history', () => {
  test('without a subscription leaves what needs none', () => {
    expect(planInForce(null, 'local', 0)).toBe('local')
    expect(standingOf(NO_FACTS)).toBeNull()
    expect(plan([subscription('created', START, { status: 'incomplete' })], START)).toBe('free')
  })

  test('of signing up gives the plan', () => {
    expect(plan(signedUp, START + 10)).toBe('pro')
    expect(unclear(fold(signedUp))).toEqual([])
  })

  test('of a payment that fails keeps the plan for the days of grace, and loses it then', () => {
    const missed = RENEWAL + 3600
    const events = [...signedUp, ...failed, invoice('payment_failed', missed + 3 * DAY, 'in_2')]
    expect(standingOf(fold(events))).toMatchObject({ state: 'grace', untilMs: (missed + GRACE_DAYS * DAY) * 1000 })
    expect(plan(events, missed + GRACE_DAYS * DAY - 1)).toBe('pro')
    expect(plan(events, missed + GRACE_DAYS * DAY)).toBe('free')
  })

  test('of a payment that comes after all gives the plan back, also before the subscription says so', () => {
    const events = [...signedUp, ...failed, invoice('paid', RENEWAL + 4 * DAY, 'in_2')]
    expect(standingOf(fold(events))).toMatchObject({ state: 'active', untilMs: null })
    const told = [...events, subscription('updated', RENEWAL + 4 * DAY + 1, { start: RENEWAL })]
    expect(standingOf(fold(told))).toMatchObject({ state: 'active', untilMs: null })
  })

  test('of a payment that was waived forgets it', () => {
    const events = [...signedUp, ...failed, subscription('updated', RENEWAL + DAY, { start: RENEWAL })]
    expect(standingOf(fold(events))).toMatchObject({ state: 'active', untilMs: null })
  })

  test('that says past due and not since when counts from the period’s beginning', () => {
    const events = [subscription('updated', RENEWAL + DAY, { start: RENEWAL, status: 'past_due' })]
    expect(standingOf(fold(events))?.untilMs).toBe((RENEWAL + GRACE_DAYS * DAY) * 1000)
  })

  test('of giving notice keeps the plan until the end that is told', () => {
    const notice = subscription('updated', START + DAY, { atEnd: true })
    const end = subscription('deleted', START + MONTH, { status: 'canceled', atEnd: true })
    expect(standingOf(fold([...signedUp, notice]))).toMatchObject({
      ...{ state: 'active', untilMs: null, cancelAtMs: (START + MONTH) * 1000 },
    })
    expect(plan([...signedUp, notice, end], START + MONTH)).toBe('free')
    // Nothing that comes late brings it back.
    expect(plan([end, ...signedUp, notice, subscription('updated', START + MONTH + 9)], START + MONTH + 9)).toBe('free')
  })

  test('of paying back the period in full ends the plan; in part, or an earlier period, it does not', () => {
    expect(plan([...signedUp, refund(START + DAY, START, false)], START + 2 * DAY)).toBe('pro')
    expect(plan([...signedUp, refund(START + DAY, START)], START + 2 * DAY)).toBe('free')
    const renewed = [subscription('updated', RENEWAL, { start: RENEWAL }), invoice('paid', RENEWAL, 'in_2')]
    expect(plan([...signedUp, ...renewed, refund(RENEWAL + DAY, START)], RENEWAL + 2 * DAY)).toBe('pro')
    const again = invoice('paid', START + 3 * DAY, 'in_3')
    expect(plan([...signedUp, refund(START + DAY, START), again], START + 4 * DAY)).toBe('pro')
  })

  test('of two subscriptions gives the better one', () => {
    const other = subscription('created', START + 5, { id: 'sub_2', price: 'price_business' })
    expect(plan([...signedUp, other], START + 6)).toBe('business')
    expect(plan([...signedUp, other, subscription('deleted', START + 7, { status: 'canceled' })], START + 8)).toBe(
      'business',
    )
  })
})

test('what events do not tell is asked for: a subscription only named, and two words of the same second', () => {
  expect(unclear(fold(signedUp.slice(0, 1)))).toEqual(['sub_1'])
  const begun = [subscription('updated', START), subscription('created', START, { status: 'incomplete' })]
  expect(unclear(fold(begun))).toEqual([])
  expect(plan(begun, START)).toBe('pro')
  const contested = [subscription('created', START), subscription('updated', START, { atEnd: true })]
  expect(unclear(fold(contested))).toEqual(['sub_1'])
  expect(unclear(fold([...contested, subscription('updated', START + 1)]))).toEqual([])
  expect(unclear(fold([...contested, ...contested, contested[0] as BillingEvent]))).toEqual(['sub_1'])
})

describe('an event', () => {
  const read = (body: object) => readBillingEvent(utf8(JSON.stringify(body)), planOf)
  const whole = { id: 'evt_1', created: START }

  test.each([
    ['not an event', { id: 'evt_1' }, 'The body is not an event.'],
    ['nobody’s', { ...whole, type: 'invoice.paid', data: { object: { id: 'in_1' } } }, 'The event names no customer.'],
    [
      'a strange price',
      {
        ...{ ...whole, type: 'customer.subscription.created' },
        data: { object: { id: 'sub_1', customer: 'cus_1', items: { data: [{ price: { id: 'price_9' } }] } } },
      },
      'The price price_9 belongs to no plan.',
    ],
  ])('%s is told apart', (_, body, reason) => {
    expect(read(body)).toEqual({ ok: false, reason })
  })

  test('of another type has no effect', () => {
    expect(read({ ...whole, type: 'customer.created', data: { object: {} } })).toEqual({ ok: true, value: null })
  })

  test('is read in the shape of before 2025-03-31 too', () => {
    const old = { id: 'sub_1', status: 'active', current_period_start: START, current_period_end: START + MONTH }
    const object = { ...old, customer: 'cus_1', items: { data: [{ price: { id: 'price_pro' } }] } }
    const described = read({ ...whole, type: 'customer.subscription.updated', data: { object } })
    expect(described.ok && described.value?.facts).toMatchObject([{ snapshot: { periodEnd: START + MONTH } }])
    const paid = { id: 'in_1', customer: 'cus_1', subscription: 'sub_1' }
    const told = read({ ...whole, type: 'invoice.paid', data: { object: paid } })
    expect(told.ok && told.value?.facts).toMatchObject([{ subscription: 'sub_1', invoice: 'in_1', paid: true }])
  })
})

const second = fc.integer({ min: START, max: START + 12 })
const anyEvent = fc.oneof(
  second.map((at) => event('checkout.session.completed', at, { id: 'cs', subscription: 'sub_1' })),
  fc
    .record({
      at: second,
      status: fc.constantFrom(...SUBSCRIPTION_STATUSES),
      price: fc.constantFrom('price_pro', 'price_business'),
      id: fc.constantFrom('sub_1', 'sub_2'),
      atEnd: fc.boolean(),
    })
    .map(({ at, ...described }) => subscription('updated', at, described)),
  fc
    .record({
      at: second,
      type: fc.constantFrom('paid' as const, 'payment_failed' as const),
      id: fc.constantFrom('in_1', 'in_2'),
    })
    .map(({ at, type, id }) => invoice(type, at, id)),
  fc.tuple(second, second).map(([at, chargedAt]) => refund(at, chargedAt)),
)

test('any order and any repetition of a history ends in the same state', () => {
  const histories = fc.array(anyEvent, { minLength: 1, maxLength: 14 }).chain((events) =>
    fc.record({
      events: fc.constant(events),
      // Every event at least once, some again, in any order.
      arrived: fc
        .array(fc.constantFrom(...events), { maxLength: 10 })
        .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length })),
    }),
  )
  fc.assert(
    fc.property(histories, ({ events, arrived }) => {
      expect(fold(arrived)).toEqual(fold(events))
      expect(standingOf(fold(arrived))).toEqual(standingOf(fold(events)))
    }),
    { numRuns: 2000 },
  )
})

import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PaymentUnavailable } from '#edge/errors.ts'
import { choosePort } from '#edge/local/ports.ts'
import { configuredPayment } from '#edge/providers/payment/configured.ts'
import { newId } from '#shared/ids.ts'
import { random } from './policy-source.ts'

// emulate's Stripe has customers, prices and checkout; the rest is held against our own stand-in, in tests/api/billing.test.ts.
const organizationId = newId('organization', random)
let emulator: Emulator
let prices: { pro: string; business: string }

const post = async (path: string, form: Record<string, string>) => {
  const headers = { authorization: 'Bearer sk_test_emulated', 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await fetch(emulator.url + path, { method: 'POST', headers, body: new URLSearchParams(form) })
  return (await answer.json()) as { id: string }
}

beforeAll(async () => {
  const port = await choosePort(null, 30_000 + Math.floor(Math.random() * 20_000))
  emulator = await createEmulator({ service: 'stripe', port, baseUrl: `http://127.0.0.1:${port}` })
  const product = await post('/v1/products', { name: 'Pernoex' })
  const price = (amount: string) =>
    post('/v1/prices', { product: product.id, currency: 'usd', unit_amount: amount, 'recurring[interval]': 'month' })
  prices = { pro: (await price('4900')).id, business: (await price('24900')).id }
})
afterAll(() => emulator.close())

const payment = (change: Partial<{ secretKey: string; endpoint: string }> = {}) => {
  const configured = configuredPayment(
    { secretKey: 'sk_test_emulated', endpoint: emulator.url, prices, ...change },
    fetch,
  )
  if (configured === null) throw new Error('not configured')
  return configured
}

test('another’s Stripe takes our customer, and sells the plan’s price', async () => {
  const customerId = await payment().createCustomer({ organizationId, name: 'Ada & Co', email: 'ada@example.com' })
  expect(customerId).toMatch(/^cus_/)
  const url = await payment().createCheckout({
    ...{ customerId, organizationId, plan: 'pro', returnTo: 'https://app.example/billing' },
  })
  const page = await (await fetch(url)).text()
  expect(page).toContain('$49.00')
})

test('a price is told apart, and what is sold nowhere is none', () => {
  expect([prices.pro, prices.business, 'price_other'].map(payment().planOf)).toEqual(['pro', 'business', null])
  expect(configuredPayment(null, fetch)).toBeNull()
})

test('nobody answering, and a refusal, say what Stripe said and no key', async () => {
  const away = payment({ endpoint: 'http://127.0.0.1:1', secretKey: 'sk_test_very_secret' })
  const failure = await away.readSubscription('sub_1').catch((error) => error)
  expect(failure).toBeInstanceOf(PaymentUnavailable)
  expect(failure.message).toBe('Stripe answered nothing')
  expect(JSON.stringify(failure)).not.toContain('very_secret')
  await expect(
    payment().createCheckout({
      customerId: 'cus_nobody',
      organizationId,
      plan: 'pro',
      returnTo: 'https://app.example',
    }),
  ).rejects.toBeInstanceOf(PaymentUnavailable)
})

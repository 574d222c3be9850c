import { PLANS } from '#shared/plans.ts'
import type { Act } from './stripe-stand-in-acts.ts'
import { type Checkout, invoicesOf, type StoredSubscription, type StripeState } from './stripe-stand-in-state.ts'

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:34rem;margin:2rem auto;padding:0 1rem}
.note{border-inline-start:.25rem solid #6d5bd0;padding-inline-start:.75rem;opacity:.85}form{display:inline-block;margin:.25rem .5rem .25rem 0}
button,a.button{font:inherit;padding:.5rem 1rem;border:1px solid currentColor;border-radius:.5rem;background:none;color:inherit;text-decoration:none;display:inline-block;cursor:pointer}
button.first{background:#5544c0;border-color:#5544c0;color:#fff}table{border-collapse:collapse;width:100%}td,th{text-align:start;padding:.35rem .5rem;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}`

const NOTE =
  'This page stands in for Stripe’s on your machine: nothing is charged. What you choose is sent to Pernoex as signed events, as Stripe would: in no order, and some of them twice.'

export function checkoutPage({ id, plan, cancelUrl, done }: Checkout): string {
  const { title, centsPerMonth } = PLANS[plan]
  const pay = done
    ? '<p>This has been paid.</p>'
    : `${button(`/checkout/${id}/pay`, 'Pay', true)}<p><a class="button" href="${escapeHtml(cancelUrl)}">Back without paying</a></p>`
  return page('Checkout', `<p>${title} plan, <strong>${dollars(centsPerMonth)}</strong> a month.</p>${pay}`)
}

const LABELS: [Act, string][] = [
  ['switch', 'Switch plan'],
  ['cancel', 'Cancel at the end of the period'],
  ['resume', 'Do not cancel'],
  ['renew', 'The next payment succeeds'],
  ['fail', 'The next payment fails'],
  ['pay', 'Pay what is open'],
  ['refund', 'Refund the last payment'],
  ['end', 'End it now'],
]

export function portalPage(state: StripeState, portal: StripeState['portals'][string]): string {
  const { id, customer, returnUrl } = portal
  const subscriptions = Object.values(state.subscriptions).filter((one) => one.customer === customer)
  const rows = invoicesOf(state, customer).map(
    ({ id: number, plan, amount, status, created }) =>
      `<tr><td>${day(created)}</td><td>${PLANS[plan].title}</td><td>${dollars(amount)}</td><td>${status}</td><td>${number.slice(0, 11)}</td></tr>`,
  )
  const invoices = `<h2>Invoices</h2><table><tr><th>Date</th><th>Plan</th><th>Amount</th><th>State</th><th>Number</th></tr>${rows.join('')}</table>`
  const back = `<p><a class="button" href="${escapeHtml(returnUrl)}">Back to Pernoex</a></p>`
  return page('Customer portal', `${subscriptions.map((one) => subscriptionPart(id, one)).join('')}${invoices}${back}`)
}

function subscriptionPart(portal: string, { id, plan, status, periodEnd, cancelAtPeriodEnd }: StoredSubscription) {
  const end = cancelAtPeriodEnd ? `ends on ${day(periodEnd)}` : `renews on ${day(periodEnd)}`
  const acts = LABELS.map(([act, label]) => button(`/portal/${portal}/${id}/${act}`, label))
  return `<h2>${PLANS[plan].title}</h2><p>${status}, ${end}</p>${status === 'canceled' ? '' : acts.join('')}`
}

function button(action: string, label: string, first = false): string {
  return `<form method="post" action="${action}"><button${first ? ' class="first"' : ''}>${label}</button></form>`
}

const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`
const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10)

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} (stand-in)</title><style>${STYLE}</style><main><h1>${title}</h1><p class="note">${NOTE}</p>${body}</main></html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

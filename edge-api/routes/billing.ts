import * as z from 'zod'
import { PAID_PLANS } from '#shared/plans.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { beginCheckout, openPortal } from '../flows/bill.ts'
import { appOrigin } from '../flows/send-letter.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { billingView } from '../rules/billing-view.ts'
import { standingOf } from '../rules/standing.ts'

export const checkoutBody = z.object({ plan: z.enum(PAID_PLANS, `One of ${PAID_PLANS.join(', ')}.`) })

/** `GET /api/billing`: plan, state, limits, and what of them is used. */
export function getBilling({ accounts, settings, nowMs }: AppPorts): Endpoint {
  return async (c) => {
    const { organizationId } = c.get('actor')
    const [{ facts, customerId }, held, usage] = await Promise.all([
      accounts.billing.readBilling(organizationId),
      accounts.billing.countHeld(organizationId),
      accounts.readUsage(organizationId),
    ])
    const state = { standing: standingOf(facts), unpaidPlan: settings.unpaidPlan, usage, held }
    const payment = accounts.payment !== null
    return c.json(billingView({ ...state, payment, isCustomer: payment && customerId !== null }, nowMs()))
  }
}

/** `POST /api/billing/checkout {plan}`: the address of the provider's page, to which the browser goes on. */
export function postCheckout(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, checkoutBody)
    if ('refusal' in body) return body.refusal
    const { plan } = body.value
    const { name } = c.get('session').organization
    const verdict = await beginCheckout(purchaseOf(ports), c.get('actor'), { plan, name })
    if (!verdict.ok) return problem(c, 'conflict', { reason: verdict.reason })
    await ports.accounts.db.addAudit(c.get('actor'), { action: 'billing.checkout', target: null, details: { plan } })
    return c.json(verdict.value)
  }
}

/** `POST /api/billing/portal`: invoices, card, another plan, notice. */
export function postPortal(ports: AppPorts): Endpoint {
  return async (c) => {
    const verdict = await openPortal(purchaseOf(ports), c.get('actor').organizationId)
    if (!verdict.ok) return problem(c, 'conflict', { reason: verdict.reason })
    await ports.accounts.db.addAudit(c.get('actor'), { action: 'billing.portal', target: null })
    return c.json(verdict.value)
  }
}

function purchaseOf({ accounts, settings }: AppPorts) {
  const { billing, payment } = accounts
  return { billing, payment, returnTo: `${appOrigin(settings)}/billing` }
}

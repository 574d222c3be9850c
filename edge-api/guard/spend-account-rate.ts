import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { networkOf } from '../rules/network.ts'
import { CHEAP_RATES } from '../rules/rate.ts'
import type { Check } from './context.ts'

/** Is the caller's network within the platform's counter? Keeps floods from Postgres; wrong passwords are counted there. */
export function spendAccountRate(counters: AppPorts['rates']): Check {
  return async (c) => {
    if (counters === null) return null
    const network = networkOf(c.req.raw.headers.get('cf-connecting-ip'))
    const { success } = await counters.app.limit({ key: network })
    return success ? null : problem(c, 'rate_limited', { headers: { 'retry-after': String(CHEAP_RATES.app.seconds) } })
  }
}

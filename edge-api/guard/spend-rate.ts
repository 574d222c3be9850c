import type { Context } from 'hono'
import { problem } from '../errors.ts'
import type { Ports } from '../ports.ts'
import type { Caller } from '../rules/caller.ts'
import { CHEAP_RATES, type Rate, rateLimitPolicy } from '../rules/rate.ts'
import type { Check, Guarded } from './context.ts'

type CounterName = Exclude<keyof typeof CHEAP_RATES, 'app' | 'webhook'>
type CountedRate = Rate & { name: CounterName }

/** What one network, one page and one key may each do. */
const PAGES = counted([CHEAP_RATES.network, CHEAP_RATES.origin, CHEAP_RATES.key])
/** A customer's server is one network for all its visitors. */
const SERVERS = counted([CHEAP_RATES.key])
/** Answers are counted exactly by the gate; this only keeps one network from flooding it. */
const PAGES_BEFORE_GATE = counted([CHEAP_RATES.network])

function counted(rates: CountedRate[]) {
  return { rates, header: rateLimitPolicy(rates) }
}

/** Is the caller within the platform's counters? They know no remainder, so answers carry the policy only. */
export function spendRate(counters: Ports['rates'], countedBy: 'platform' | 'gate'): Check {
  const pages = countedBy === 'gate' ? PAGES_BEFORE_GATE : PAGES
  return (c) => {
    const caller = c.get('caller')
    const { rates, header } = caller.origin === null ? SERVERS : pages
    if (countedBy === 'platform') c.set('ratePolicy', header)
    return counters === null ? null : count(c, caller, rates, counters)
  }
}

async function count(
  c: Context<Guarded>,
  caller: Caller,
  rates: CountedRate[],
  counters: NonNullable<Ports['rates']>,
): Promise<Response | null> {
  const verdicts = await Promise.all(rates.map(({ name }) => counters[name].limit({ key: counterKey(name, caller) })))
  const refused = rates.find((_, index) => !verdicts[index]?.success)
  return refused ? problem(c, 'rate_limited', { headers: refusalHeaders(refused) }) : null
}

function counterKey(name: CounterName, caller: Caller): string {
  // Per project, so that a busy office shared by two customers' visitors does not stop both.
  if (name === 'network') return `${caller.projectId} ${caller.network}`
  return name === 'key' ? caller.keyId : `${caller.projectId} ${caller.origin}`
}

function refusalHeaders(rate: Rate): Record<string, string> {
  return { 'retry-after': String(rate.seconds), 'ratelimit-policy': rateLimitPolicy([rate]) }
}

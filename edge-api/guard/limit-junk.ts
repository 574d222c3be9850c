import type { Context } from 'hono'
import { createMemo } from '#shared/memo.ts'
import { problem } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { networkOf } from '../rules/network.ts'
import { CHEAP_RATES, rateLimitPolicy } from '../rules/rate.ts'
import type { Guarded } from './context.ts'

/** Keeps those out who go on sending what has to be refused. Only refusals count, so no sender's own traffic can shut it out. */
export interface JunkLimit {
  /** The refusal of one that has sent too much of it, before anything else is looked at; null: go on. */
  check(c: Context<Guarded>, address: string): Response | null
  /** Counts one refusal, by the platform's counter for this address and network. */
  count(c: Context<Guarded>, address: string): Promise<void>
}

const { limit, seconds } = CHEAP_RATES.webhook
const HEADERS = {
  'retry-after': String(seconds),
  'ratelimit-policy': rateLimitPolicy([{ name: 'webhook', limit, seconds }]),
}

export function createJunkLimit({ rates, nowMs }: Pick<Ports, 'rates' | 'nowMs'>, remembered = 10_000): JunkLimit {
  /** Until when each is kept out, in this isolate. */
  const out = createMemo<number>(remembered)
  const nameOf = (c: Context<Guarded>, address: string) =>
    `${address} ${networkOf(c.req.raw.headers.get('cf-connecting-ip'))}`
  return {
    check(c, address) {
      const untilMs = rates === null ? undefined : out.get(nameOf(c, address))
      return untilMs !== undefined && nowMs() < untilMs ? problem(c, 'rate_limited', { headers: HEADERS }) : null
    },
    async count(c, address) {
      const name = nameOf(c, address)
      const { success } = (await rates?.webhook.limit({ key: name })) ?? { success: true }
      if (!success) out.set(name, nowMs() + seconds * 1000)
    },
  }
}

import { createKeyVerifier, type Scope } from '#shared/public-key.ts'
import type { Ports } from '../ports.ts'
import type { Check, Endpoint } from './context.ts'
import { dressAnswer } from './dress-answer.ts'
import { limitBody } from './limit-body.ts'
import { loadPolicy } from './load-policy.ts'
import { matchOrigin } from './match-origin.ts'
import { openProject } from './open-project.ts'
import { requireKey } from './require-key.ts'
import { requireOrigin } from './require-origin.ts'
import { requireScope } from './require-scope.ts'
import { spendRate } from './spend-rate.ts'

/** The checks before a handler, in their order. */
export type Door = readonly { name: string; check: Check }[]

/** The methods of one address, each with the door before it. */
export type Methods = Record<string, { door: Door; endpoint: Endpoint }>

/** Lets a test see which checks a request reaches. */
export type Watch = (name: string) => void

/**
 * The handler behind its door. A plain loop: as Hono middlewares, eight nested promises cost a refusal more than all of the
 * checks themselves.
 */
export function behind(door: Door, endpoint: Endpoint, watch?: Watch): Endpoint {
  return async (c, next) => {
    for (const { name, check } of door) {
      watch?.(name)
      const verdict = check(c)
      const refusal = verdict instanceof Promise ? await verdict : verdict
      if (refusal !== null) return refusal
    }
    return dressAnswer(c, (await endpoint(c, next)) as Response)
  }
}

export interface Doors {
  /** Routes that read or write the project's data. */
  data(scope: Scope): Door
  /** The ask path: its handler counts exactly, at the gate, before it uses the database it was given. */
  answers: Door
  /** Routes that need nothing but the policy. */
  policyOnly(scope: Scope): Door
  preflight: Door
}

export function createDoors(ports: Ports): Doors {
  const identify: Door = [
    { name: 'require-origin', check: requireOrigin },
    { name: 'require-key', check: requireKey(createKeyVerifier(ports.settings.checksumSecrets)) },
    { name: 'load-policy', check: loadPolicy(ports.policies) },
    { name: 'match-origin', check: matchOrigin(ports.nowMs, ports.sighter) },
  ]
  const scoped = (scope: Scope): Door => [
    ...identify,
    { name: 'require-scope', check: requireScope(scope, ports.nowMs) },
    { name: 'limit-body', check: limitBody() },
  ]
  const byPlatform = { name: 'spend-rate', check: spendRate(ports.rates, 'platform') }
  const byGate = { name: 'spend-rate', check: spendRate(ports.rates, 'gate') }
  const open = { name: 'open-project', check: openProject(ports) }
  return {
    data: (scope) => [...scoped(scope), byPlatform, open],
    answers: [...scoped('answers'), byGate, open],
    policyOnly: (scope) => [...scoped(scope), byPlatform],
    preflight: identify,
  }
}

import { createKeyVerifier, type Scope } from '#shared/public-key.ts'
import type { Ports } from '../ports.ts'
import type { Step } from './context.ts'
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
export type Door = readonly { name: string; step: Step }[]

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
    { name: 'require-origin', step: requireOrigin },
    { name: 'require-key', step: requireKey(createKeyVerifier(ports.settings.checksumSecrets)) },
    { name: 'load-policy', step: loadPolicy(ports.policies) },
    { name: 'match-origin', step: matchOrigin(ports.nowMs) },
  ]
  const scoped = (scope: Scope): Door => [
    ...identify,
    { name: 'require-scope', step: requireScope(scope, ports.nowMs) },
    { name: 'limit-body', step: limitBody },
  ]
  const byPlatform = { name: 'spend-rate', step: spendRate(ports.rates, 'platform') }
  const byGate = { name: 'spend-rate', step: spendRate(ports.rates, 'gate') }
  const open = { name: 'open-project', step: openProject(ports) }
  const dress = { name: 'dress-answer', step: dressAnswer }
  return {
    data: (scope) => [...scoped(scope), byPlatform, open, dress],
    answers: [...scoped('answers'), byGate, open, dress],
    policyOnly: (scope) => [...scoped(scope), byPlatform, dress],
    preflight: identify,
  }
}

import { type Action, needsRecentProof } from '#shared/roles.ts'
import type { AppPorts } from '../account-ports.ts'
import type { Door } from './doors.ts'
import { limitBody } from './limit-body.ts'
import { openManagement } from './open-management.ts'
import { requireCsrf } from './require-csrf.ts'
import { requirePerson } from './require-person.ts'
import { requireProof } from './require-proof.ts'
import { requireRole } from './require-role.ts'
import { requireSameOrigin } from './require-same-origin.ts'
import { spendAccountRate } from './spend-account-rate.ts'

/**
 * The doors of the app host, where a cookie says who is calling. Up to `require-person` nothing touches Postgres: what
 * comes from another site, without its token or too often is refused on CPU alone. Keys are not looked at: they open nothing.
 */
export interface AccountDoors {
  /** Before there is anybody: reading the session, signing up and in. */
  stranger: Door
  /** Back from a provider's page, by its form: no token of ours can be in it. The one exception; the state stands in. */
  returning: Door
  /** Whoever has signed in, about themselves. */
  person: Door
  /** The same, also in a session that waits for its second factor. */
  anybody: Door
  /** Whoever has shown the password only: for the second factor. */
  halfway: Door
  /** Whoever has signed in, about themselves, with a recent proof of who is there. */
  proved: Door
  /** The organization's affairs, by role. */
  organization(action: Action): Door
  /** One project's affairs: the address names it as `:project`, and another organization's is not there. */
  project(action: Action, maxBodyBytes?: number): Door
}

export function createAccountDoors(ports: AppPorts): AccountDoors {
  const front = (maxBodyBytes?: number): Door => [
    { name: 'require-same-origin', check: requireSameOrigin(ports.settings) },
    { name: 'require-csrf', check: requireCsrf(ports.settings) },
    { name: 'limit-body', check: limitBody(maxBodyBytes) },
    { name: 'spend-rate', check: spendAccountRate(ports.rates) },
  ]
  const person = (maxBodyBytes?: number): Door => [
    ...front(maxBodyBytes),
    { name: 'require-person', check: requirePerson(ports) },
  ]
  const proof = { name: 'require-proof', check: requireProof(ports.nowMs) }
  const allowed = (action: Action, maxBodyBytes?: number): Door => [
    ...person(maxBodyBytes),
    { name: 'require-role', check: requireRole(action) },
    ...(needsRecentProof(action) ? [proof] : []),
  ]
  return {
    stranger: front(),
    returning: front().slice(2),
    person: person(),
    anybody: [...front(), { name: 'require-person', check: requirePerson(ports, 'either') }],
    halfway: [...front(), { name: 'require-person', check: requirePerson(ports, 'asked') }],
    proved: [...person(), proof],
    organization: (action) => allowed(action),
    project: (action, maxBodyBytes) => [
      ...allowed(action, maxBodyBytes),
      { name: 'open-management', check: openManagement(ports) },
    ],
  }
}

import { signal } from '@preact/signals'
import { type Action, can } from '#shared/roles.ts'
import type { Session } from './calls.ts'

/** As the server last told it; null until it has. */
export const session = signal<Session | null>(null)

/** Whether the person's role permits it. The server decides again; this only hides what it would refuse. */
export function may(action: Action): boolean {
  const role = session.value?.role ?? null
  return role !== null && can(role, action)
}

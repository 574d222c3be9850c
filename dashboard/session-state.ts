import { signal } from '@preact/signals'
import { type Action, can } from '#shared/roles.ts'
import type { Session } from './calls.ts'

/** Who has signed in, as the server last told it; null until it has. Stays when the session ends, with the page that it is on. */
export const session = signal<Session | null>(null)

/** The token for the cookie that this browser has now, and whether that waits for a second factor. */
export const handshake = signal<Pick<Session, 'csrfToken' | 'pending'> | null>(null)

/** Whether the person's role permits it. The server decides again; this only hides what it would refuse. */
export function may(action: Action): boolean {
  const role = session.value?.role ?? null
  return role !== null && can(role, action)
}

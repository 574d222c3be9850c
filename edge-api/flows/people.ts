import { type InvitationId, newId, type OrganizationId, type ProjectId, type UserId } from '#shared/ids.ts'
import type { Role } from '#shared/roles.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { MemberChange } from '../db/account/people.ts'
import type { Actor } from '../db/account.ts'
import type { ThrottleRule } from '../rules/throttle.ts'
import type { Asking } from './second-factor.ts'
import { sendLetter } from './send-letter.ts'
import {
  type Held,
  hashToken,
  newSession,
  newToken,
  type OpenedSession,
  openedSession,
  type SignInPorts,
  throttleSubject,
} from './sign-in.ts'

const HOUR_MS = 60 * 60 * 1000
export const INVITATION_HOURS = 72
/** Of one organization within a day; our mail is not to be anybody's way to reach strangers. */
const INVITATION_RULE: ThrottleRule = { freeFailures: 200, forgetAfterSeconds: 24 * 60 * 60 }

export interface Invite {
  /** Normalised. */
  email: string
  role: Role
  projectIds: ProjectId[]
  expiresInHours?: number | undefined
}

export interface Invited {
  id: InvitationId
  expiresAt: string
  /** The mail on its way. */
  after: Promise<void>
}

export async function invite(
  ports: SignInPorts,
  actor: Actor,
  organization: string,
  { email, role, projectIds, expiresInHours = INVITATION_HOURS }: Invite,
): Promise<Verdict<Invited, 'already_member' | 'project_unknown'> | Held> {
  const { db } = ports.accounts
  const subject = throttleSubject(ports, `invitations of ${actor.organizationId}`)
  const retryAfterSeconds = await db.countAttempt([{ subject, rule: INVITATION_RULE, counted: true }])
  if (retryAfterSeconds > 0) return { retryAfterSeconds }
  const { token, tokenHash } = newToken(ports)
  const id = newId('invitation', ports.random)
  const expiresAtMs = ports.nowMs() + expiresInHours * HOUR_MS
  const invitation = { id, email, role, projectIds: [...new Set(projectIds)], tokenHash, expiresAtMs }
  const outcome = await db.invite(actor, invitation)
  if (outcome !== 'invited') return deny(outcome)
  const letter = { kind: 'invitation', token, organization, invitedBy: actor.email, hours: expiresInHours } as const
  return allow({ id, expiresAt: new Date(expiresAtMs).toISOString(), after: sendLetter(ports, email, letter) })
}

/** Only the address that was invited may accept. The session goes on in that organization, under a new token. */
export async function acceptInvitation(
  ports: SignInPorts,
  { actor, session, browser }: Asking,
  token: string,
): Promise<Verdict<OpenedSession, 'link_invalid' | 'address_differs'>> {
  const tokenHash = hashToken(token)
  const invitation = await ports.accounts.db.readInvitation(tokenHash)
  if (invitation === null) return deny('link_invalid')
  if (invitation.email !== actor.email) return deny('address_differs')
  const member = { ...actor, organizationId: invitation.organization.id }
  const opening = newSession(ports, member, browser, { replaces: session.id })
  if (!(await ports.accounts.db.acceptInvitation(tokenHash, opening.session))) return deny('link_invalid')
  return allow(openedSession(ports, opening, browser))
}

export type Changed = { opened: OpenedSession | null }

/** A new role ends the sessions that were opened in the old one; whoever changes their own goes on in a new one. */
export async function changeMember(
  ports: SignInPorts,
  asking: Asking,
  change: MemberChange,
): Promise<Verdict<Changed, 'unknown' | 'project_unknown' | 'last_owner'>> {
  const { actor } = asking
  const outcome = await ports.accounts.db.changeMember(actor, change)
  if (outcome !== 'changed') return deny(outcome)
  const ownRole = change.userId === actor.userId && change.role !== null && change.role !== actor.role
  return allow({ opened: ownRole ? await goOn(ports, asking) : null })
}

export async function handOver(
  ports: SignInPorts,
  asking: Asking,
  to: UserId,
): Promise<Verdict<{ opened: OpenedSession }, 'unknown'>> {
  if (!(await ports.accounts.db.handOver(asking.actor, to))) return deny('unknown')
  return allow({ opened: await goOn(ports, asking) })
}

async function goOn(ports: SignInPorts, { actor, browser }: Asking): Promise<OpenedSession> {
  const opening = newSession(ports, actor, browser, { action: 'session.renewed' })
  await ports.accounts.db.openSession(opening.session)
  return openedSession(ports, opening, browser)
}

/** The session goes on in another organization of the person's, under a new token. */
export async function enterOrganization(
  ports: SignInPorts,
  { actor, session, browser }: Asking,
  organizationId: OrganizationId,
): Promise<Verdict<OpenedSession, 'unknown'>> {
  const opening = newSession(ports, { ...actor, organizationId }, browser, { replaces: session.id })
  if (!(await ports.accounts.db.enterOrganization(opening.session))) return deny('unknown')
  return allow(openedSession(ports, opening, browser))
}

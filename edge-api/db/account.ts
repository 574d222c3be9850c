import type { OrganizationId, ProjectId, SessionId, UserId } from '#shared/ids.ts'
import type { UnpaidPlan } from '#shared/plans.ts'
import type { Role } from '#shared/roles.ts'
import type { List, Page } from '../rules/page.ts'
import type { ThrottleRule } from '../rules/throttle.ts'
import { type Identities, identityRows } from './account/identities.ts'
import { type Lifecycle, lifecycleRows } from './account/lifecycle.ts'
import { organizationRows } from './account/organization.ts'
import { passwordRows } from './account/password.ts'
import { type People, peopleRows } from './account/people.ts'
import { type SecondFactors, secondFactorRows } from './account/second-factor.ts'
import { sessionRows } from './account/sessions.ts'
import { type DatabaseAddress, open } from './connect.ts'

/**
 * People and their organizations. What precedes a person (signing in, finding a session) is answered by the `system_…`
 * functions of the database, one row each; everything else acts for the person, and row-level security holds it to their own
 * rows and those of their organization. Each method is one transaction in one round trip, and rejects with
 * `DatabaseUnavailable` when nobody answers. Tokens are given as SHA-256.
 */
export interface AccountDb extends SecondFactors, People, Identities, Lifecycle {
  /** The account of that address, if there is one, with the attempt counted as by `countAttempt`. */
  readCredentials(email: string, throttled: readonly Throttled[]): Promise<FoundCredentials>
  /**
   * Counts an attempt before it is made: of two at once the second is judged after the first. Seconds until one may be made;
   * 0: this one, and it is counted.
   */
  countAttempt(throttled: readonly Throttled[]): Promise<number>
  /** Null for an unknown token. `projectKnown` is about the project asked for, if any. */
  readSession(tokenHash: Uint8Array, projectId: ProjectId | null): Promise<SessionView | null>
  /** Also forgets the failures, and takes the session named `replaces` away. */
  openSession(session: NewSession): Promise<void>
  touchSession(userId: UserId, id: SessionId): Promise<void>
  listSessions(userId: UserId): Promise<ListedSession[]>
  /** False when it is not one of the person's. */
  endSession(actor: Actor, id: SessionId): Promise<boolean>

  /** An account with an organization of its own. `taken`: the address has one, and nothing was changed. */
  signUp(account: NewAccount): Promise<'created' | 'taken'>
  /** A link to be mailed; of one purpose only the latest counts. */
  addEmailToken(token: NewEmailToken): Promise<void>
  /** False when the link was used or has run out. */
  verifyEmail(tokenHash: Uint8Array): Promise<boolean>
  /** Sets the password and ends every session of the person. False when the link was used or has run out. */
  resetPassword(tokenHash: Uint8Array, passwordHash: string): Promise<boolean>
  readPasswordHash(email: string): Promise<string | null>
  /** Ends every session but the one that takes the place of the one that asked. */
  changePassword(change: PasswordChange): Promise<void>

  /** Those that the person belongs to, the one used last first. */
  listOrganizations(userId: UserId): Promise<ListedOrganization[]>
  /** Opens the session where the person belongs to its organization. */
  enterOrganization(session: NewSession): Promise<boolean>
  /** Somebody who belongs nowhere any more is given an organization of their own. */
  foundOrganization(founder: Actor, name: string): Promise<void>
  renameOrganization(actor: Actor, name: string): Promise<void>
  listProjects(actor: Actor, page: Page): Promise<List<ListedProject>>
  /** With its first policy noted for publishing. Rejects with `PlanFull`. */
  createProject(actor: Actor, project: { projectId: ProjectId; name: string }): Promise<void>
  listMembers(actor: Actor): Promise<ListedMember[]>
  listAudit(actor: Actor, page: Page, filter?: AuditFilter): Promise<List<AuditEntry>>
  addAudit(actor: Actor, act: Act): Promise<void>
}

/** Who acts, and from where. */
export interface Actor {
  userId: UserId
  organizationId: OrganizationId
  email: string
  role: Role
  network: string
}

/** For the audit log; never a secret, never content. */
export interface Act {
  action: string
  target: string | null
  details?: Record<string, string | number | boolean | null>
}

/** Whom attempts are counted by, known by a keyed hash. */
export interface Throttled {
  subject: Uint8Array
  rule: ThrottleRule
  /** False: it is only asked whether it is held. */
  counted: boolean
}

export interface FoundCredentials {
  account: Credentials | null
  /** Above 0 the attempt is not to be made; whether there is an account must not show. */
  retryAfterSeconds: number
}

export interface Credentials {
  userId: UserId
  name: string
  passwordHash: string | null
  emailVerified: boolean
  secondFactor: boolean
  /** Null for somebody who belongs to no organization any more. */
  organizationId: OrganizationId | null
}

export interface SessionView {
  id: SessionId
  user: { id: UserId; email: string; name: string; secondFactor: boolean }
  organization: { id: OrganizationId; name: string }
  role: Role
  /** The second factor has still to be shown. */
  pending: boolean
  createdAtMs: number
  lastSeenAtMs: number
  provedAtMs: number
  projectKnown: boolean
}

export interface NewSession {
  id: SessionId
  userId: UserId
  organizationId: OrganizationId
  tokenHash: Uint8Array
  pending: boolean
  userAgent: string
  network: string
  email: string
  /** Whose failures are forgotten. */
  throttled: readonly Uint8Array[]
  replaces: SessionId | null
  /** In the current scheme, where the stored one is not. */
  passwordHash: string | null
  /** For the audit log, where it is more than a sign-in. */
  action?: string
}

export interface ListedSession {
  id: SessionId
  createdAt: string
  lastSeenAt: string
  userAgent: string
  network: string
}

export interface NewAccount {
  userId: UserId
  organizationId: OrganizationId
  email: string
  name: string
  organizationName: string
  passwordHash: string
  network: string
  verification: { tokenHash: Uint8Array; expiresAtMs: number }
}

export interface NewEmailToken {
  userId: UserId
  purpose: 'verify' | 'reset'
  tokenHash: Uint8Array
  expiresAtMs: number
}

export interface PasswordChange {
  actor: Actor
  passwordHash: string
  session: NewSession
}

export interface ListedProject {
  id: ProjectId
  name: string
  language: string
  createdAt: string
}

export interface ListedOrganization {
  id: OrganizationId
  name: string
  role: Role
}

export interface ListedMember {
  id: UserId
  email: string
  name: string
  role: Role
  secondFactor: boolean
  projectIds: ProjectId[]
  joinedAt: string
}

export interface AuditFilter {
  action?: string | undefined
  /** Each of its words is somewhere in the entry, in upper or lower case. */
  text?: string | undefined
}

export interface AuditEntry extends Required<Act> {
  id: string
  actor: { id: UserId | null; email: string }
  network: string
  at: string
}

/** `unpaidPlan`: what holds where there was never a subscription. */
export function createAccountDb(address: DatabaseAddress, unpaidPlan: UnpaidPlan = 'local'): AccountDb {
  const db = open(address)
  return {
    ...sessionRows(db),
    ...passwordRows(db),
    ...secondFactorRows(db),
    ...peopleRows(db, unpaidPlan),
    ...identityRows(db),
    ...lifecycleRows(db),
    ...organizationRows(db, unpaidPlan),
  }
}

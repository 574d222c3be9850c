import type { OrganizationId, ProjectId } from '#shared/ids.ts'
import type { PaidPlan } from '#shared/plans.ts'
import type { Verdict } from '#shared/verdict.ts'
import type { AccountDb } from './db/account.ts'
import type { BillingDb } from './db/billing.ts'
import type { ProjectContent } from './db/content.ts'
import type { ProjectSettings } from './db/settings.ts'
import type { NewWorkspace, ProjectSlack } from './db/slack.ts'
import type { PolicyPublishing } from './flows/publish-policy.ts'
import type { CommonPorts, JobMessage, RateCounter, Settings, SlackRecords } from './ports.ts'
import type { PlanOfPrice } from './rules/billing-event.ts'
import type { Sightings } from './rules/sighting.ts'
import type { Attempt, IdentityProblem, ProvenIdentity, Provider } from './rules/social.ts'
import type { Snapshot } from './rules/subscription.ts'
import type { Usage } from './rules/usage.ts'

/** Everything the app host's Worker borrows. Only `app-worker.ts` builds the real ones. */
export interface AppPorts extends CommonPorts {
  settings: AppSettings
  /** The platform's counter; null switches it off. */
  rates: Record<'app', RateCounter> | null
  accounts: AccountPorts
}

export interface AppSettings extends Settings {
  /** Binds CSRF tokens to sessions, and hides whom the throttle counts. At least 32 characters. */
  sessionSecret: string
}

/** What people who sign in are served with: the edge host's Worker has none of it. */
export interface AccountPorts {
  db: AccountDb
  hasher: PasswordHasher
  /** Whether a lower-case text is among the common passwords; the list is loaded with the first password that is chosen. */
  commonPasswords(): Promise<(text: string) => boolean>
  mail: Mail
  identities: Partial<Record<Provider, ConfiguredProvider>>
  /** A handle on one project's settings. Opening costs nothing. */
  openSettings(projectId: ProjectId): ProjectSettings
  /** The same on what it holds. */
  openContent(projectId: ProjectId): ProjectContent
  publishing: PolicyPublishing
  /** Rejects with `GateUnavailable`. */
  readSightings(projectId: ProjectId): Promise<Sightings>
  billing: BillingDb
  /** Null: nothing is sold here. */
  payment: Payment | null
  slack: {
    /** Null: nobody can connect a workspace here. */
    app: SlackApp | null
    open(projectId: ProjectId): ProjectSlack
    projectOf: SlackRecords['projectOfSlackTeam']
  }
  /** Of this UTC month. Rejects with `GateUnavailable`. */
  readUsage(organizationId: OrganizationId): Promise<Usage>
  /** Wakes the consumer of a job. */
  wake(message: JobMessage): Promise<unknown>
}

/** bcrypt blocks an isolate for about 200 ms, so hashing queues; rejects with `HasherBusy` where the queue is full. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** `stored` null: an account that does not exist, or has no password; costs the same. */
  verify(password: string, stored: string | null): Promise<{ ok: boolean; rehash: boolean }>
}

/** One way to sign in by an account elsewhere; providers/identity has those that there are. */
export interface IdentityProvider {
  /** How the answer comes back: `form_post` is a POST from another site, which only a `SameSite=None` cookie survives. */
  answers: 'query' | 'form_post'
  /** Where to send the browser. */
  begin(attempt: Attempt): Promise<URL>
  /** `answer`: the query or the form that came back. */
  finish(answer: URLSearchParams, attempt: Attempt): Promise<Verdict<ProvenIdentity, IdentityProblem>>
  /** Gives up what `finish` was granted, when the account is deleted. False when the provider could not be told. */
  revoke(token: string): Promise<boolean>
}

/** A provider that is configured; its code is loaded when somebody comes that way. */
export interface ConfiguredProvider {
  issuer: string
  load(): Promise<IdentityProvider>
}

/** Who takes the money; each method rejects with `PaymentUnavailable`. */
export interface Payment {
  planOf: PlanOfPrice
  /** Asked again for the same organization it gives the same customer. */
  createCustomer(customer: { organizationId: OrganizationId; name: string; email: string }): Promise<string>
  /** The address of a page where the plan is paid for; people come back to `returnTo`. */
  createCheckout(checkout: {
    customerId: string
    organizationId: OrganizationId
    plan: PaidPlan
    returnTo: string
  }): Promise<string>
  /** The address of a page with invoices, card and subscription. */
  createPortal(portal: { customerId: string; returnTo: string }): Promise<string>
  /** As it is now; null: there is no such subscription. */
  readSubscription(id: string): Promise<Snapshot | null>
}

/** Slack's app; each call rejects with `SlackUnavailable` or `SlackRefused`. */
export interface SlackApp {
  /** The page on which a person adds the app to their workspace. */
  installUrl(state: string): string
  /** What the code that came back from there stands for. */
  install(code: string): Promise<Omit<NewWorkspace, 'sealedToken'> & { token: string }>
  /** The message's `ts`, its name within the channel. */
  post(token: string, message: SlackMessage): Promise<string>
  update(token: string, message: { channel: string; ts: string; text: string }): Promise<void>
  revoke(token: string): Promise<void>
}

export interface SlackMessage {
  channel: string
  /** Null: it begins a thread. */
  threadTs: string | null
  /** Slack's markup (rules/mrkdwn.ts). */
  text: string
}

export interface Mail {
  /** Rejects when the provider did not take it. */
  send(mail: { to: string; subject: string; text: string; idempotencyKey: string }): Promise<void>
}

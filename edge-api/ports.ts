import type { EndpointId } from '#shared/endpoint-id.ts'
import type { AnswerId, IdentityKeyId, JobId, KeyId, ProjectId, Random, ThreadId } from '#shared/ids.ts'
import type { UnpaidPlan } from '#shared/plans.ts'
import type { ChecksumSecrets } from '#shared/public-key.ts'
import type { SealingKeys } from '#shared/seal.ts'
import type { Log } from './log.ts'
import type { ProjectDb } from './project-db.ts'
import type { Policy, PolicySource } from './rules/policy.ts'
import type { BillingEventMessage, DeliveryWake, SlackEventMessage, WebhookEventMessage } from './rules/webhook.ts'

/** What both Workers borrow from the world. */
export interface CommonPorts {
  /** A handle on one project's rows. Opening costs nothing; each method is one round trip. */
  openProject(projectId: ProjectId): ProjectDb
  /** The project's gate (a Durable Object in the cloud): exact quotas, current policy, the identity of answers. */
  gate: AnswerGate
  /** Hands a verified event, or the wake-up of one that is noted, to the queue; resolves once the queue has it. */
  enqueueWebhook(
    message: WebhookEventMessage | BillingEventMessage | SlackEventMessage | DeliveryWake,
  ): Promise<unknown>
  /** The built files, by path: `/widget/…` and `/dashboard/…`. The request says which version its sender has. */
  assets: { fetch(path: string, request: Request): Promise<Response> }
  log: Log
  settings: Settings
  random: Random
  /** Milliseconds since the epoch. */
  nowMs(): number
}

/** Everything the edge host's Worker borrows. Only `worker.ts` builds the real ones. */
export interface Ports extends CommonPorts {
  policies: Policies
  sighter: Sighter
  /** Of the apps that have one address for everybody: the current one, and one that it replaced until its expiry. */
  signingSecrets: Record<'stripe' | 'slack', SigningSecret[]>
  /** The platform's counters for the cheap routes; null switches them off. */
  rates: Record<'network' | 'key' | 'origin' | 'webhook', RateCounter> | null
}

/** As the provider shows it. */
export interface SigningSecret {
  text: string
  /** Null: until it is replaced. */
  expiresAtMs: number | null
}

/** What is configured, not borrowed. */
export interface Settings {
  /** Host with port, as in the address bar. */
  edgeHost: string
  appHost: string
  checksumSecrets: ChecksumSecrets
  threadSecret: string
  /** For what is stored sealed; without any, HS256 identity keys cannot be used. */
  sealingKeys: SealingKeys
  /** Where to report a hole: a `mailto:` or `https:` address. */
  securityContact: string
  /** What holds for an organization that never had a subscription. */
  unpaidPlan: UnpaidPlan
  /** Running on a developer's machine. */
  local: boolean
}

export interface Policies {
  /**
   * The project's policy, or null where none was ever published. A value when memory is young enough, a promise where the
   * gate has to be asked. Rejects with `GateUnavailable` when it cannot be and what is remembered is too old.
   */
  current(projectId: ProjectId): Policy | null | Promise<Policy | null>
}

/** Remembers which origins call, for the project's owner. In memory, at the cost of a look-up. */
export interface Sighter {
  /**
   * A promise, for `waitUntil`, where it is time to tell the gates what was seen; it never rejects. Nearly always null.
   * `origin` is null for a secret key.
   */
  note(
    projectId: ProjectId,
    keyId: KeyId,
    origin: string | null,
    admitted: boolean,
    nowMs: number,
  ): Promise<void> | null
}

export interface RateCounter {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

/** The look-ups that publishing needs, across projects; they return no content. */
export interface PolicyRecords {
  loadPolicySource(projectId: ProjectId): Promise<PolicySource | null>
  /** Projects with epochs that were not published yet. */
  pendingPolicies(limit: number): Promise<ProjectId[]>
  /** Forgets the outbox rows up to this epoch: the gate has it. */
  policyPublished(projectId: ProjectId, epoch: number): Promise<void>
}

/** The look-up that start-up and cron need, across projects; it returns no content. */
export interface JobRecords {
  /** Jobs that were begun and are not done, the longest untouched first. */
  unfinishedJobs(limit: number): Promise<JobMessage[]>
}

/** The same for webhooks: noted, without an end, and untouched for ten minutes. */
export interface DeliveryRecords {
  waitingDeliveries(limit: number): Promise<DeliveryWake[]>
}

/** The look-up that an event of Slack's begins with. */
export interface SlackRecords {
  /** The project that answers in the workspace; null: none does. */
  projectOfSlackTeam(teamId: string): Promise<ProjectId | null>
}

/** A wake-up: the truth about the job is its row. */
export interface JobMessage {
  projectId: ProjectId
  jobId: JobId
}

/** Called by the answer route once the body is known to be good, and before the database is touched. */
export interface AnswerGate {
  admitAnswer(input: AdmitAnswer): Promise<AnswerAdmission>
}

export interface AdmitAnswer {
  projectId: ProjectId
  /** Null where a signature let the question in. */
  keyId: KeyId | null
  /** Whose signature it was; judged here again, and counted as a key is. Absent with a key. */
  signedFor?: { endpoint: EndpointId }
  /** Null for a secret key, and where there is none. */
  origin: string | null
  /** The caller's network (`caller.network`). */
  network: string
  /** What one visitor is counted by; null for one who begins a conversation and does not say who they are. */
  visitor: string | null
  /** The registered key that a visitor's token has held against; null without a token. */
  identityKeyId: IdentityKeyId | null
  /** A lower-case UUID. Within ten minutes the same one is given the same ids again and spends nothing. */
  requestId: string | null
  /** The conversation to continue; null asks for a new one. */
  threadId: ThreadId | null
}

export type AnswerAdmission =
  | {
      ok: true
      answerId: AnswerId
      threadId: ThreadId
      /** Value of the RateLimit header; null where nothing was spent. */
      rateLimit: string | null
      /** Value of the RateLimit-Policy header. */
      ratePolicy: string
    }
  | AnswerRefusal

export interface AnswerRefusal {
  ok: false
  reason:
    | 'key_revoked'
    | 'key_expired'
    | 'origin_not_allowed'
    | 'scope_missing'
    | 'rate_limited'
    | 'quota_exceeded'
    | 'unavailable'
    /** Since the caller's memory of the policy: identity is asked for now, or the token's key is registered no more. */
    | 'token_missing'
    | 'identity_key_removed'
  retryAfterSeconds?: number
  ratePolicy?: string
}

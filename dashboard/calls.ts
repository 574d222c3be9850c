import type { InvitationView, ListedInvitation } from '#edge/db/account/people.ts'
import type {
  AuditEntry,
  ListedMember,
  ListedOrganization,
  ListedProject,
  ListedSession,
  SessionView,
} from '#edge/db/account.ts'
import type {
  DocumentPassage,
  ListedConversation,
  ListedDocument,
  ProjectContent,
  ReadConversation,
  Site,
} from '#edge/db/content.ts'
import type { SlackWorkspace } from '#edge/db/slack.ts'
import type { Appearance } from '#edge/flows/manage-appearance.ts'
import type { CreateKey, ListedKey, RotateKey } from '#edge/flows/manage-keys.ts'
import type { Limits } from '#edge/flows/manage-limits.ts'
import type { AddRule, Observed } from '#edge/flows/manage-origins.ts'
import type { ChangePassword, SignUp } from '#edge/flows/passwords.ts'
import type { TriedAnswer } from '#edge/flows/try-question.ts'
import type { JobState } from '#edge/project-db.ts'
import type { BillingView } from '#edge/rules/billing-view.ts'
import type { List } from '#edge/rules/page.ts'
import type { OriginRule } from '#edge/rules/settings.ts'
import type { Delivery, WebhookEndpoint } from '#edge/rules/webhook.ts'
import type { Explanation } from '#shared/explain-origin.ts'
import type { PaidPlan } from '#shared/plans.ts'
import type { Role } from '#shared/roles.ts'
import type { WidgetConfig } from '#shared/wire.ts'
import type { Provider } from './words.ts'

/**
 * Every call of the management API that the dashboard makes, with what it sends and gets. The shapes are the server's own
 * types; tests/house/dashboard.test.ts finds each of these addresses in the server's map.
 */
export interface Calls {
  'GET /api/session': { answer: Session }
  'POST /api/sign-up': { body: SignUp }
  'POST /api/verification': { body: { email: string } }
  'POST /api/verification/confirm': { body: { token: string } }
  'POST /api/sign-in': { body: { email: string; password: string }; answer: { secondFactor: boolean } }
  'GET /api/sign-in': { answer: { providers: Provider[] } }
  'POST /api/sign-in/:provider': { body: object; answer: { url: string } }
  'GET /api/identities': { answer: { items: { provider: Provider; linkedAt: string }[]; password: boolean } }
  'POST /api/identities/:provider': { body: object; answer: { url: string } }
  'DELETE /api/identities/:provider': object
  'POST /api/sign-in/second-factor': { body: { code: string } | { backupCode: string } }
  'GET /api/second-factor': { answer: { enabled: boolean; backupCodesLeft: number } }
  'POST /api/second-factor': { answer: { uri: string; secret: string } }
  'DELETE /api/second-factor': object
  'POST /api/second-factor/confirm': { body: { code: string }; answer: { backupCodes: string[] } }
  'POST /api/second-factor/backup-codes': { answer: { backupCodes: string[] } }
  'POST /api/sign-out': object
  'POST /api/password/reset': { body: { email: string } }
  'POST /api/password/reset/confirm': { body: { token: string; password: string } }
  'PUT /api/password': { body: ChangePassword }
  'POST /api/proof': { body: { password: string } | { code: string } }
  'GET /api/sessions': { answer: List<ListedSession & { current: boolean }> }
  'DELETE /api/sessions/:id': object
  'GET /api/members': { answer: List<ListedMember> }
  'PATCH /api/members/:id': { body: { role?: Role; projectIds?: string[] } }
  'DELETE /api/members/:id': object
  'GET /api/organizations': { answer: List<ListedOrganization & { current: boolean }> }
  'PUT /api/session/organization': { body: { organizationId: string } }
  'PATCH /api/organization': { body: { name: string } }
  'DELETE /api/organization': { body: { confirm: string } }
  'GET /api/export': { answer: unknown }
  'DELETE /api/account': { body: { confirm: string } }
  'GET /api/account/export': { answer: unknown }
  'DELETE /api/sessions': object
  'POST /api/organization/owner': { body: { memberId: string } }
  'GET /api/invitations': { answer: List<ListedInvitation> }
  'POST /api/invitations': {
    body: { email: string; role: Role; projectIds: string[] }
    answer: Pick<ListedInvitation, 'id' | 'expiresAt'>
  }
  'DELETE /api/invitations/:id': object
  'POST /api/invitations/preview': { body: { token: string }; answer: InvitationView }
  'POST /api/invitations/accept': { body: { token: string } }
  'GET /api/billing': { answer: BillingView }
  'POST /api/billing/checkout': { body: { plan: PaidPlan }; answer: { url: string } }
  'POST /api/billing/portal': { body: object; answer: { url: string } }
  'GET /api/audit': { answer: List<AuditEntry> }
  'GET /api/projects': { answer: List<ListedProject> }
  'POST /api/projects': { body: { name: string }; answer: { id: string } }
  'GET /api/projects/:project/origins': { answer: List<OriginRule> }
  'POST /api/projects/:project/origins': { body: AddRule; answer: Pick<OriginRule, 'id' | 'rule' | 'expiresAt'> }
  'DELETE /api/projects/:project/origins/:id': object
  'POST /api/projects/:project/origins/explain': { body: { origin: string }; answer: Explanation }
  'GET /api/projects/:project/origins/observed': { answer: List<Observed> }
  'GET /api/projects/:project/keys': { answer: List<ListedKey> }
  'POST /api/projects/:project/keys': { body: CreateKey; answer: NewKey }
  'POST /api/projects/:project/keys/:id/rotate': { body: RotateKey; answer: NewKey }
  'DELETE /api/projects/:project/keys/:id': object
  'GET /api/projects/:project': {
    answer: Pick<ListedProject, 'id' | 'name' | 'language' | 'createdAt'> & { knowledge: Knowledge }
  }
  'DELETE /api/projects/:project': { body: { confirm: string } }
  'GET /api/projects/:project/export': { answer: unknown }
  'PATCH /api/projects/:project': { body: { name: string } }
  'GET /api/projects/:project/documents': { answer: List<ListedDocument> }
  'POST /api/projects/:project/documents': {
    body: { documents: { path: string; content: string }[] }
    answer: { jobId: string | null }
  }
  'GET /api/projects/:project/documents/:id': { answer: ListedDocument & { passages: DocumentPassage[] } }
  'DELETE /api/projects/:project/documents/:id': object
  'GET /api/projects/:project/conversations': { answer: List<ListedConversation> }
  'GET /api/projects/:project/conversations/:id': { answer: ReadConversation }
  'DELETE /api/projects/:project/conversations/:id': object
  'POST /api/projects/:project/playground': { body: { question: string }; answer: TriedAnswer }
  'GET /api/projects/:project/widget': { answer: Appearance }
  'PUT /api/projects/:project/widget': { body: Partial<WidgetConfig> }
  'GET /api/projects/:project/webhooks': { answer: List<WebhookEndpoint & { url: string }> }
  'POST /api/projects/:project/webhooks': {
    body: { label: string; kind: string; provider: string }
    answer: { id: string; url: string; secret: string }
  }
  'POST /api/projects/:project/webhooks/:id/rotate': {
    body: { graceSeconds: number }
    answer: { id: string; secret: string }
  }
  'DELETE /api/projects/:project/webhooks/:id': object
  'GET /api/projects/:project/webhooks/deliveries': { answer: List<Delivery> }
  'POST /api/projects/:project/webhooks/deliveries/:id/replay': object
  'GET /api/projects/:project/slack': { answer: List<SlackWorkspace> & { configured: boolean } }
  'POST /api/projects/:project/slack': { answer: { url: string } }
  'DELETE /api/projects/:project/slack/:team': { answer: { revoked: boolean } }
  'GET /api/projects/:project/limits': { answer: Limits }
  'PUT /api/projects/:project/limits': { body: { answersPerDay: number | null } }
  'GET /api/projects/:project/site': { answer: Site }
  'PUT /api/projects/:project/site': { body: Site }
  'GET /api/projects/:project/jobs/:id': { answer: Omit<JobState, 'jobId'> }
}

/** What `GET /api/session` tells; `user` null before sign-in. */
export interface Session {
  csrfToken: string
  user: SessionView['user'] | null
  organization: SessionView['organization'] | null
  role: Role | null
  /** Password given, second factor not yet. */
  pending: boolean
  /** Address of the edge host, where widgets load from. */
  edge: string
}

type Knowledge = Awaited<ReturnType<ProjectContent['countDocuments']>>

/** `key` is its whole text. */
export interface NewKey {
  id: string
  key: string
}

export type Call = keyof Calls

type ParamOf<Path> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamOf<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

/** What a call takes: each `:name` of its address, the body where it has one, and how to stop it. */
export type InputOf<C extends Call> = Record<ParamOf<C>, string> &
  (Calls[C] extends { body: infer Body } ? { body: Body } : { body?: never }) & {
    query?: Record<string, string | undefined>
    signal?: AbortSignal
  }

export type AnswerOf<C extends Call> = Calls[C] extends { answer: infer Answer } ? Answer : null

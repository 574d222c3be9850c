import type { EndpointId } from '#shared/endpoint-id.ts'
import type { KeyId, OrganizationId, ProjectId } from '#shared/ids.ts'
import { type CompiledRules, compileRules, type RuleSource } from '#shared/origin.ts'
import type { Environment, Scope } from '#shared/public-key.ts'
import type { WidgetConfig } from '#shared/wire.ts'
import type { IdentityPolicy } from './identity.ts'
import type { Entitlement } from './standing.ts'
import type { PolicyWebhook } from './webhook.ts'

/**
 * What the guard needs to know of a project, as Postgres says it: plain JSON, published to the project's gate. `epoch` grows
 * with every change.
 */
export interface PolicySource {
  projectId: ProjectId
  epoch: number
  /** `language`: BCP 47 primary language of the documents. */
  project: { name: string; language: string }
  /** What the project has set; the rest are defaults. */
  widget: Partial<WidgetConfig>
  /** As normalised on save. */
  rules: RuleSource[]
  keys: PolicyKeySource[]
  /** By name, what the project has set; the rest are defaults. */
  limits: Partial<PolicyLimits>
  /** How visitors say who they are. Absent where gates were told a policy before there was such a thing. */
  visitors?: IdentityPolicy
  /** Where it receives webhooks. Absent as with `visitors`. */
  webhooks?: PolicyWebhook[]
  /** Whose it is, and what they have paid for: which plan, not what it holds. Absent as with `visitors`: then no month is counted. */
  billing?: PolicyBilling
}

export interface PolicyBilling {
  organizationId: OrganizationId
  /** Null: there was never a subscription. */
  entitlement: Entitlement | null
}

export interface PolicyKeySource {
  keyId: KeyId
  kind: 'public' | 'secret'
  environment: Environment
  /** Public: the 14 characters that name the key inside its text. Secret: SHA-256 of the whole text, in hex. */
  identity: string
  scopes: Scope[]
  expiresAtMs: number | null
  /** A moment in the future is a rotation's grace. */
  revokedAtMs: number | null
}

export interface PolicyLimits {
  /** Answers in one UTC day: the breaker against a bill run up by strangers. */
  answersPerDay: number
}

/** A policy ready for use; compiled once per epoch. */
export interface Policy {
  projectId: ProjectId
  epoch: number
  project: { name: string; language: string }
  widget: WidgetConfig
  origins: CompiledRules
  publicKeys: ReadonlyMap<string, PolicyKey>
  secretKeys: ReadonlyMap<string, PolicyKey>
  limits: PolicyLimits
  visitors: IdentityPolicy
  webhooks: ReadonlyMap<EndpointId, PolicyWebhook>
}

export interface PolicyKey extends Omit<PolicyKeySource, 'scopes' | 'identity'> {
  scopes: ReadonlySet<Scope>
}

export const DEFAULT_LIMITS: PolicyLimits = { answersPerDay: 2000 }

export const DEFAULT_WIDGET: WidgetConfig = {
  theme: 'auto',
  accent: '#3b5bdb',
  position: 'bottom-right',
  greeting: '',
  starters: [],
  labels: {},
}

export function compilePolicy(source: PolicySource): Policy {
  const publicKeys = new Map<string, PolicyKey>()
  const secretKeys = new Map<string, PolicyKey>()
  for (const { identity, scopes, ...key } of source.keys)
    (key.kind === 'public' ? publicKeys : secretKeys).set(identity, { ...key, scopes: new Set(scopes) })
  return {
    projectId: source.projectId,
    epoch: source.epoch,
    project: source.project,
    widget: { ...DEFAULT_WIDGET, ...source.widget },
    origins: compileRules(source.rules),
    publicKeys,
    secretKeys,
    limits: { ...DEFAULT_LIMITS, ...source.limits },
    visitors: source.visitors ?? { enforced: false, keys: [] },
    webhooks: new Map(source.webhooks?.map((webhook) => [webhook.id, webhook])),
  }
}

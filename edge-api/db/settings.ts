import type { EndpointId } from '#shared/endpoint-id.ts'
import type { DeliveryId, IdentityKeyId, KeyId, OriginRuleId, ProjectId } from '#shared/ids.ts'
import type { RuleSource } from '#shared/origin.ts'
import type { WidgetConfig } from '#shared/wire.ts'
import type { IdentityKey } from '../rules/identity.ts'
import type { Page, Placed } from '../rules/page.ts'
import type { PolicyLimits } from '../rules/policy.ts'
import type { IdentitySetting, OriginRule, ProjectKey } from '../rules/settings.ts'
import type { Delivery, WebhookEndpoint } from '../rules/webhook.ts'
import type { DatabaseAddress } from './connect.ts'
import { identitySettings } from './project/settings-identity.ts'
import { keySettings } from './project/settings-keys.ts'
import { limitSettings } from './project/settings-limits.ts'
import { projectSettings } from './project/settings-project.ts'
import { ruleSettings } from './project/settings-rules.ts'
import { webhookSettings } from './project/settings-webhooks.ts'
import { scopeTo } from './scope.ts'

/**
 * What a project's owner changes, in the project's own scope: a handle beside `ProjectDb`, so that nothing a visitor
 * reaches can change a setting. Each method is one transaction in one round trip. Every change raises the policy's epoch
 * and notes it in the outbox in that transaction; a call that changes nothing does neither. Times are compared with the
 * `nowMs` that the caller gives, the clock that the guard judges by.
 */
export interface ProjectSettings {
  /** All of them, as the guard judges by them. */
  listRules(): Promise<RuleSource[]>
  /** In the order in which they were added. */
  pageOfRules(page: Page): Promise<Placed<OriginRule>[]>
  /** An expired rule does not stand in the way of a new one. */
  addRule(rule: NewRule, nowMs: number): Promise<'added' | 'duplicate' | 'full'>
  removeRule(id: OriginRuleId): Promise<boolean>

  /** In the order in which they were made. */
  pageOfKeys(page: Page): Promise<Placed<StoredKey>[]>
  findKey(id: KeyId): Promise<ProjectKey | null>
  addKey(key: NewKeyRow): Promise<'added' | 'full'>
  /** The new key beside the old one, whose label, scopes and kind it takes; `not_active` where the old one has ended. */
  replaceKey(replacement: KeyReplacement, nowMs: number): Promise<'replaced' | 'not_active' | 'full'>
  /** Also ends a grace. */
  revokeKey(id: KeyId, nowMs: number): Promise<'revoked' | 'ended_before' | 'unknown'>

  readProject(): Promise<ProjectOverview | null>
  rename(name: string): Promise<void>
  /** All of what the project sets of its widget; what is not in it is the widget's own. */
  setWidget(widget: Partial<WidgetConfig>): Promise<void>

  /** What the project has set. */
  readLimits(): Promise<Partial<PolicyLimits>>
  /** Null goes back to the default. */
  setAnswersPerDay(answersPerDay: number | null): Promise<void>

  readIdentity(): Promise<IdentitySetting>
  /** `duplicate`: the kid, or the place of the one key without a kid, is taken. */
  addIdentityKey(key: NewIdentityKey): Promise<'added' | 'duplicate' | 'full'>
  removeIdentityKey(id: IdentityKeyId): Promise<boolean>
  enforceIdentity(enforced: boolean): Promise<void>

  /** In the order in which they were made. */
  listEndpoints(): Promise<WebhookEndpoint[]>
  addEndpoint(endpoint: NewEndpoint): Promise<'added' | 'full'>
  /** The new secret counts at once, the old one until then; an older one no more. Null: there is no such endpoint. */
  rotateEndpoint(id: EndpointId, sealedSecret: Uint8Array, replacedUntilMs: number): Promise<WebhookEndpoint | null>
  removeEndpoint(id: EndpointId): Promise<boolean>
  /** The newest first. */
  pageOfDeliveries(page: Page): Promise<Placed<Delivery>[]>
  /** Back to waiting, with as many attempts as a new one. Null where it was not given up. */
  replayDelivery(id: DeliveryId): Promise<Pick<Delivery, 'endpoint' | 'eventId'> | null>
}

export interface ProjectOverview {
  name: string
  /** BCP 47 primary language. */
  language: string
  widget: Partial<WidgetConfig>
  createdAt: string
}

export interface NewEndpoint extends Pick<WebhookEndpoint, 'id' | 'kind' | 'provider' | 'label'> {
  /** Envelope of shared/seal.ts. */
  sealedSecret: Uint8Array
}

export interface NewIdentityKey {
  id: IdentityKeyId
  kid: string | null
  algorithm: IdentityKey['algorithm']
  /** PEM; null for HS256. */
  publicKey: string | null
  /** Envelope of shared/seal.ts; null for the others. */
  sealedSecret: Uint8Array | null
}

export interface NewRule {
  id: OriginRuleId
  /** Normalised. */
  rule: string
  /** How else the same origin may be written. */
  otherSpelling: string | null
  expiresAtMs: number | null
}

/** What a request knows a key by: see the columns of `keys` in schema.ts. */
export type KeyIdentity = { body: string; secretHash: null } | { body: null; secretHash: Uint8Array }

/** `body` names a public key in its project; null for a secret one. */
export type StoredKey = ProjectKey & Pick<KeyIdentity, 'body'>

export interface NewKeyRow {
  id: KeyId
  kind: ProjectKey['kind']
  environment: ProjectKey['environment']
  identity: KeyIdentity
  label: string
  scopes: ProjectKey['scopes']
  expiresAtMs: number | null
}

export interface KeyReplacement {
  oldId: KeyId
  newId: KeyId
  identity: KeyIdentity
  /** When the old key ends. */
  revokeAtMs: number
  /** Undefined: as the old one. */
  expiresAtMs: number | null | undefined
}

export function createProjectSettings(address: DatabaseAddress, projectId: ProjectId): ProjectSettings {
  const scope = scopeTo(address, projectId)
  return {
    ...ruleSettings(scope),
    ...keySettings(scope),
    ...projectSettings(scope),
    ...limitSettings(scope),
    ...identitySettings(scope),
    ...webhookSettings(scope),
  }
}

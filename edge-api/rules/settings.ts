import type { IdentityKeyId, KeyId, OriginRuleId } from '#shared/ids.ts'
import { RULE_REASONS, type RuleReason } from '#shared/origin-rule.ts'
import type { Environment, Scope } from '#shared/public-key.ts'
import { SCOPES } from '#shared/public-key.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { ProblemCode } from '#shared/wire.ts'
import type { IdentityKey } from './identity.ts'
import { MAX_PAGE } from './page.ts'
import { MAX_ENDPOINTS } from './webhook.ts'

/** What a project's owner may change: the shapes of it, and what is refused. Times are ISO 8601 in UTC. */
export interface OriginRule {
  id: OriginRuleId
  /** Normalised (shared/origin-rule.ts). */
  rule: string
  /** Null: it stays. */
  expiresAt: string | null
  createdAt: string
}

export interface ProjectKey {
  id: KeyId
  kind: 'public' | 'secret'
  environment: Environment
  label: string
  scopes: Scope[]
  createdAt: string
  expiresAt: string | null
  /** A moment in the future is a rotation's grace. */
  revokedAt: string | null
  /** The key that took this one's place. */
  replacedBy: KeyId | null
}

export interface IdentitySetting {
  enforced: boolean
  /** In the order in which they were added. Without the keys themselves: one is public, the other nobody's to see. */
  keys: (Pick<IdentityKey, 'id' | 'kid' | 'algorithm'> & { id: IdentityKeyId; createdAt: string })[]
}

export type KeyCondition = 'active' | 'grace' | 'revoked' | 'expired'

export const MAX_RULES = 10_000
/** Revoked ones count: the guard goes on telling them from made-up ones. */
export const MAX_KEYS = 1000
export const MAX_IDENTITY_KEYS = 20
export const MAX_LABEL_LENGTH = 100
export const MAX_GRACE_SECONDS = 90 * 86_400
export const MAX_ANSWERS_PER_DAY = 1_000_000

/** Why a change was refused: the problem to answer with, and one sentence for the person who asked for it. */
export const SETTINGS_REASONS = {
  rule_duplicate: ['conflict', 'This domain is on the list already.'],
  rules_full: ['conflict', `A project has at most ${MAX_RULES} rules.`],
  rule_unknown: ['not_found', 'There is no such rule.'],
  keys_full: ['conflict', `A project has at most ${MAX_KEYS} keys, revoked ones included.`],
  key_unknown: ['not_found', 'There is no such key.'],
  key_not_active: ['conflict', 'This key is revoked, expired or replaced already.'],
  label_invalid: ['body_invalid', `A label has 1 to ${MAX_LABEL_LENGTH} characters, none of them a control character.`],
  environment_invalid: ['body_invalid', 'The environment is live or test.'],
  kind_invalid: ['body_invalid', 'The kind is public or secret.'],
  scopes_invalid: ['body_invalid', `Name at least one scope out of ${SCOPES.join(', ')}.`],
  expiry_invalid: ['body_invalid', 'The expiry is a time in ISO 8601 with its zone, such as 2030-01-31T12:00:00Z.'],
  expiry_past: ['body_invalid', 'The expiry lies in the past.'],
  grace_invalid: ['body_invalid', `The grace is a whole number of seconds from 0 to ${MAX_GRACE_SECONDS}.`],
  answers_per_day_invalid: [
    'body_invalid',
    `Answers a day are a whole number from 0 to ${MAX_ANSWERS_PER_DAY}, or null for the default.`,
  ],
  identity_algorithm_invalid: ['body_invalid', 'The algorithm is EdDSA, ES256, RS256 or HS256.'],
  identity_kid_invalid: ['body_invalid', 'A kid has 1 to 100 visible ASCII characters.'],
  identity_key_invalid: [
    'body_invalid',
    'Not a public key of that algorithm as PEM (BEGIN PUBLIC KEY); RSA keys have 2048 bits or more.',
  ],
  identity_secret_invalid: ['body_invalid', 'A shared secret has 32 to 512 bytes, given in base64url.'],
  identity_kid_duplicate: ['conflict', 'A key of this kid, or the one without a kid, is registered already.'],
  identity_keys_full: ['conflict', `A project has at most ${MAX_IDENTITY_KEYS} identity keys.`],
  identity_key_unknown: ['not_found', 'There is no such identity key.'],
  cursor_invalid: ['body_invalid', 'The cursor is not one that this list has given.'],
  limit_invalid: ['body_invalid', `The limit is a whole number from 1 to ${MAX_PAGE}.`],
  webhook_kind_invalid: ['body_invalid', 'The kind is in.'],
  webhook_provider_invalid: ['body_invalid', 'The provider is standard.'],
  webhook_secret_invalid: ['body_invalid', 'This is not a signing secret as that provider shows it.'],
  webhook_secret_missing: ['body_invalid', 'This provider makes the secret itself: copy it from there.'],
  webhooks_full: ['conflict', `A project has at most ${MAX_ENDPOINTS} webhook addresses.`],
  webhook_unknown: ['not_found', 'There is no such webhook address.'],
  delivery_not_dead: [
    'conflict',
    'Only a delivery that was given up can be replayed, and its content must still be there.',
  ],
  sealing_off: ['unavailable', 'This installation has no SEALING_KEYS, so it cannot keep a shared secret.'],
} as const satisfies Record<string, readonly [ProblemCode, string]>

export type SettingsReason = keyof typeof SETTINGS_REASONS

/** The problem that a refused change is answered with; a rule's own reason travels in the field `reason`. */
export function settingsProblem(reason: SettingsReason | RuleReason): { code: ProblemCode; detail: string } {
  if (reason in RULE_REASONS) return { code: 'rule_invalid', detail: RULE_REASONS[reason as RuleReason] }
  const [code, detail] = SETTINGS_REASONS[reason as SettingsReason]
  return { code, detail }
}

/** With a zone: without one the same text would be another moment on another machine. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** An expiry as typed, in milliseconds; null and undefined mean never. */
export function readExpiry(
  text: string | null | undefined,
  nowMs: number,
): Verdict<number | null, 'expiry_invalid' | 'expiry_past'> {
  if (text === null || text === undefined) return allow(null)
  const atMs = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(atMs)) return deny('expiry_invalid')
  return atMs <= nowMs ? deny('expiry_past') : allow(atMs)
}

export function readLabel(text: string): Verdict<string, 'label_invalid'> {
  const label = text.trim()
  const holds = label !== '' && label.length <= MAX_LABEL_LENGTH && label.isWellFormed() && !/\p{Cc}/u.test(label)
  return holds ? allow(label) : deny('label_invalid')
}

/** In their usual order, each once. */
export function readScopes(scopes: readonly string[]): Verdict<Scope[], 'scopes_invalid'> {
  const known = SCOPES.filter((scope) => scopes.includes(scope))
  const named = new Set(scopes)
  return known.length > 0 && known.length === named.size ? allow(known) : deny('scopes_invalid')
}

export const KEY_KINDS = ['public', 'secret'] as const
export const ENVIRONMENTS = ['live', 'test'] as const

export function isOneOf<Value extends string>(values: readonly Value[], text: string): text is Value {
  return (values as readonly string[]).includes(text)
}

export function isWholeUpTo(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most
}

export function keyCondition({ revokedAt, expiresAt }: ProjectKey, nowMs: number): KeyCondition {
  if (revokedAt !== null && Date.parse(revokedAt) <= nowMs) return 'revoked'
  if (expiresAt !== null && Date.parse(expiresAt) <= nowMs) return 'expired'
  return revokedAt === null ? 'active' : 'grace'
}

/** `example.com` and `https://example.com` admit the same; null where a rule has one spelling only. */
export function otherSpelling(rule: string): string | null {
  if (!rule.includes('://')) return `https://${rule}`
  if (!rule.startsWith('https://')) return null
  const rest = rule.slice('https://'.length)
  // With a port, and for loopback addresses, the scheme belongs to the rule.
  return rest.includes(':') || rest === 'localhost' || /^[\d.]+$/.test(rest) ? null : rest
}

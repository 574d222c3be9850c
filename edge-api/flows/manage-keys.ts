import { utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import { type KeyId, newId, parseId } from '#shared/ids.ts'
import { type Environment, issuePublicKey, issueSecretKey, publicKeyText } from '#shared/public-key.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { KeyIdentity, StoredKey } from '../db/settings.ts'
import { type KeyUse, keyUse } from '../rules/key-use.ts'
import { type List, listOf, type PageReason, type PageRequest, readPage } from '../rules/page.ts'
import {
  ENVIRONMENTS,
  isOneOf,
  isWholeUpTo,
  KEY_KINDS,
  keyCondition,
  MAX_GRACE_SECONDS,
  type ProjectKey,
  readExpiry,
  readLabel,
  readScopes,
  type SettingsReason,
} from '../rules/settings.ts'
import { type Change, type Management, tellGate } from './manage-project.ts'

export interface CreateKey {
  label: string
  environment: string
  scopes: readonly string[]
  /** ISO 8601; absent or null: never. */
  expiresAt?: string | null | undefined
  /** Default `public`. */
  kind?: string | undefined
}

/** `key` is the whole text: shown this once, and stored nowhere. */
export interface IssuedKey extends Change {
  id: KeyId
  key: string
}

export async function createKey(management: Management, input: CreateKey): Promise<Verdict<IssuedKey, SettingsReason>> {
  const { kind = 'public', environment } = input
  if (!isOneOf(KEY_KINDS, kind)) return deny('kind_invalid')
  if (!isOneOf(ENVIRONMENTS, environment)) return deny('environment_invalid')
  const label = readLabel(input.label)
  if (!label.ok) return label
  const scopes = readScopes(input.scopes)
  if (!scopes.ok) return scopes
  const expiry = readExpiry(input.expiresAt, management.nowMs())
  if (!expiry.ok) return expiry
  const { id, key, identity } = issue(management, kind, environment)
  const row = { id, kind, environment, identity, label: label.value, scopes: scopes.value, expiresAtMs: expiry.value }
  if ((await management.settings.addKey(row)) === 'full') return deny('keys_full')
  return allow({ id, key, ...(await tellGate(management)) })
}

export interface RotateKey {
  /** How long the old key still works; 0 revokes it at once. */
  graceSeconds: number
  /** Of the new key; absent: as the old one's. */
  expiresAt?: string | null | undefined
}

/** A new key beside the old one, with its label, kind, environment and scopes. */
export async function rotateKey(
  management: Management,
  id: KeyId,
  { graceSeconds, expiresAt }: RotateKey,
): Promise<Verdict<IssuedKey, SettingsReason>> {
  const { settings, nowMs } = management
  const now = nowMs()
  if (!isWholeUpTo(graceSeconds, MAX_GRACE_SECONDS)) return deny('grace_invalid')
  const expiry = readExpiry(expiresAt, now)
  if (!expiry.ok) return expiry
  const old = await settings.findKey(id)
  if (old === null) return deny('key_unknown')
  const { id: nextId, key, identity } = issue(management, old.kind, old.environment)
  const expiresAtMs = expiresAt === undefined ? undefined : expiry.value
  const replacement = { oldId: id, newId: nextId, identity, revokeAtMs: now + graceSeconds * 1000, expiresAtMs }
  const outcome = await settings.replaceKey(replacement, now)
  if (outcome !== 'replaced') return deny(outcome === 'full' ? 'keys_full' : 'key_not_active')
  return allow({ id: nextId, key, ...(await tellGate(management)) })
}

/** Takes effect on the next answer. Revoking a key that has ended before is no error, and tells the gate once more. */
export async function revokeKey(management: Management, id: KeyId): Promise<Verdict<Change, 'key_unknown'>> {
  const outcome = await management.settings.revokeKey(id, management.nowMs())
  return outcome === 'unknown' ? deny('key_unknown') : allow(await tellGate(management))
}

export interface ListedKey extends ProjectKey, KeyUse {
  state: ReturnType<typeof keyCondition>
  /** The whole text of a public key, which is in pages for all to read; null for a secret one, which nobody has any more. */
  key: string | null
}

/** With what was seen of each: the evidence for revoking an old one. */
export async function listKeys(
  management: Management,
  request: PageRequest = {},
): Promise<Verdict<List<ListedKey>, PageReason>> {
  const { settings, projectId, readSightings, nowMs } = management
  const page = readPage(request, (id) => parseId('key', id) !== null)
  if (!page.ok) return page
  const [found, sightings] = await Promise.all([settings.pageOfKeys(page.value), readSightings(projectId)])
  const now = nowMs()
  const { items, nextCursor } = listOf(found, page.value)
  const withUse = items.map(({ body, ...key }) => ({
    ...key,
    key: textOf(management, key.environment, body),
    state: keyCondition(key, now),
    ...keyUse(key, sightings),
  }))
  return allow({ items: withUse, nextCursor })
}

function textOf(
  { projectId, checksumSecrets: secrets }: Management,
  environment: Environment,
  body: StoredKey['body'],
): string | null {
  return body === null ? null : publicKeyText({ projectId, environment, secrets }, body)
}

function issue(
  { projectId, checksumSecrets: secrets, random }: Management,
  kind: ProjectKey['kind'],
  environment: Environment,
): { id: KeyId; key: string; identity: KeyIdentity } {
  const id = newId('key', random)
  const making = { projectId, environment, secrets, random }
  if (kind === 'secret') {
    const { text } = issueSecretKey(making)
    return { id, key: text, identity: { body: null, secretHash: sha256(utf8(text)) } }
  }
  const { text, identity } = issuePublicKey(making)
  return { id, key: text, identity: { body: identity, secretHash: null } }
}

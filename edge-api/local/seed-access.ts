import { utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import { newId, type OriginRuleId } from '#shared/ids.ts'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import { type Environment, SCOPES } from '#shared/public-key.ts'
import { seal } from '#shared/seal.ts'
import type { KeyIdentity, NewKeyRow, ProjectSettings } from '../db/settings.ts'
import { endpointSecretPlace } from '../flows/verify-delivery.ts'
import { otherSpelling } from '../rules/settings.ts'
import type { EndpointKind } from '../rules/webhook.ts'
import type { LocalSecrets } from './secrets.ts'
import { StartProblem } from './start-problem.ts'

export interface Access {
  secrets: LocalSecrets
  /** Of the demo page; the one that an earlier start allowed for its demo page is replaced. */
  demoOrigin: string
  /** Normalised; added to what is there. */
  rules: string[]
}

const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)

/**
 * Who may call the project: keys, rules and the address for documents, added by the calls that its owner's changes go through. Texts
 * and ids are the data folder's own, so that they stay the same from start to start.
 */
export async function seedAccess(settings: ProjectSettings, { secrets, demoOrigin, rules }: Access): Promise<void> {
  for (const key of keysOf(secrets))
    if ((await settings.findKey(key.id)) === null) held(await settings.addKey(key), 'keys')
  await seedDemoRule(settings, secrets.ids.demoRule, demoOrigin)
  for (const rule of rules) await addRule(settings, newId('originRule', random), rule)
  await seedWebhook(settings, secrets, 'in')
  await seedWebhook(settings, secrets, 'voice')
}

async function seedDemoRule(settings: ProjectSettings, id: OriginRuleId, demoOrigin: string): Promise<void> {
  if ((await settings.listRules()).some(({ rule }) => rule === demoOrigin)) return
  await settings.removeRule(id)
  await addRule(settings, id, demoOrigin)
}

async function addRule(settings: ProjectSettings, id: OriginRuleId, rule: string): Promise<void> {
  held(await settings.addRule({ id, rule, otherSpelling: otherSpelling(rule), expiresAtMs: null }, Date.now()), 'rules')
}

/** Nothing where the data folder is of a version before webhooks, or before there were sealing keys. */
async function seedWebhook(settings: ProjectSettings, secrets: LocalSecrets, kind: EndpointKind): Promise<void> {
  const { sealingKeys, ids } = secrets
  const webhook = kind === 'in' ? secrets.webhookIn : secrets.webhookVoice
  const keys = sealingKeys === undefined ? null : parseNamedSecrets(sealingKeys)
  if (webhook === undefined || !keys?.ok) return
  const { id, secret } = webhook
  if ((await settings.listEndpoints()).some((one) => one.id === id)) return
  const sealedSecret = await seal(keys.value, endpointSecretPlace(ids.project, id), utf8(secret), random)
  const label = kind === 'in' ? 'Push documents' : 'Voice agent'
  const endpoint = { id, kind, provider: 'standard' as const, label, sealedSecret }
  held(await settings.addEndpoint(endpoint), 'webhooks')
}

function held(outcome: 'added' | 'duplicate' | 'full', what: string): void {
  if (outcome === 'full') throw new StartProblem(`The project has no room for more ${what}: start over with --fresh.`)
}

function keysOf({ ids, publicKey, testKey, secretKey }: LocalSecrets): NewKeyRow[] {
  const secretHash = sha256(utf8(secretKey))
  return [
    { id: ids.liveKey, kind: 'public', label: 'Demo page', ...named('live', publicKey) },
    { id: ids.testKey, kind: 'public', label: 'Development', ...named('test', testKey) },
    { id: ids.secretKey, kind: 'secret', label: 'Server', ...common('live', { body: null, secretHash }) },
  ]
}

/** What names a public key in its project: the 14 characters before the 11 of the checksum. */
function named(environment: Environment, text: string) {
  return common(environment, { body: text.slice(-25, -11), secretHash: null })
}

function common(environment: Environment, identity: KeyIdentity) {
  return { environment, identity, scopes: [...SCOPES], expiresAtMs: null }
}

import { utf8 } from '#shared/bytes.ts'
import { type EndpointId, isEndpointId, issueEndpointId } from '#shared/endpoint-id.ts'
import { type DeliveryId, parseId } from '#shared/ids.ts'
import { type SealingKeys, seal } from '#shared/seal.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { type List, listOf, type PageReason, type PageRequest, readPage } from '../rules/page.ts'
import { isOneOf, isWholeUpTo, MAX_GRACE_SECONDS, readLabel, type SettingsReason } from '../rules/settings.ts'
import {
  type Delivery,
  type DeliveryWake,
  ENDPOINT_KINDS,
  ENDPOINT_PROVIDERS,
  type EndpointProvider,
  type WebhookEndpoint,
} from '../rules/webhook.ts'
import { newStandardSecret } from '../webhooks/new-secret.ts'
import { schemeOf } from '../webhooks/provider.ts'
import { type Change, type Management, tellGate } from './manage-project.ts'
import { endpointSecretPlace } from './verify-delivery.ts'

export interface WebhookManagement extends Management {
  sealingKeys: SealingKeys
  wakeDelivery(message: DeliveryWake): Promise<unknown>
}

export interface CreateEndpoint {
  label: string
  kind: string
  /** Default `standard`. */
  provider?: string | undefined
  /** As the provider shows it. ElevenLabs and Retell make it themselves; for the others absent means a new one. */
  secret?: string | undefined
}

/** `secret` is shown this once, and stored sealed. */
export interface EndpointWithSecret extends Change {
  id: EndpointId
  secret: string
}

export async function listEndpoints({ settings }: Management): Promise<WebhookEndpoint[]> {
  return settings.listEndpoints()
}

export async function createEndpoint(
  management: WebhookManagement,
  input: CreateEndpoint,
): Promise<Verdict<EndpointWithSecret, SettingsReason>> {
  const { kind, provider = 'standard' } = input
  if (!isOneOf(ENDPOINT_KINDS, kind)) return deny('webhook_kind_invalid')
  if (!isOneOf(ENDPOINT_PROVIDERS, provider)) return deny('webhook_provider_invalid')
  // Documents come from systems of the customer's own.
  if (kind === 'in' && provider !== 'standard') return deny('webhook_provider_invalid')
  const label = readLabel(input.label)
  if (!label.ok) return label
  const { projectId, checksumSecrets, random, settings } = management
  const id = issueEndpointId({ projectId, secrets: checksumSecrets, random })
  const secret = await sealSecret(management, id, provider, input.secret)
  if (!secret.ok) return secret
  const { text, sealedSecret } = secret.value
  const outcome = await settings.addEndpoint({ id, kind, provider, label: label.value, sealedSecret })
  return outcome === 'full' ? deny('webhooks_full') : allow({ id, secret: text, ...(await tellGate(management)) })
}

export interface RotateSecret {
  /** How long the old secret is accepted too; 0 ends it at once. */
  graceSeconds: number
  secret?: string | undefined
}

export async function rotateEndpointSecret(
  management: WebhookManagement,
  id: string,
  { graceSeconds, secret: text }: RotateSecret,
): Promise<Verdict<EndpointWithSecret, SettingsReason>> {
  if (!isWholeUpTo(graceSeconds, MAX_GRACE_SECONDS)) return deny('grace_invalid')
  const found = isEndpointId(id) ? (await management.settings.listEndpoints()).find((one) => one.id === id) : undefined
  if (found === undefined) return deny('webhook_unknown')
  const secret = await sealSecret(management, found.id, found.provider, text)
  if (!secret.ok) return secret
  const untilMs = management.nowMs() + graceSeconds * 1000
  const rotated = await management.settings.rotateEndpoint(found.id, secret.value.sealedSecret, untilMs)
  if (rotated === null) return deny('webhook_unknown')
  return allow({ id: found.id, secret: secret.value.text, ...(await tellGate(management)) })
}

/** What it has received stays in the list of deliveries. */
export async function removeEndpoint(management: Management, id: string): Promise<Verdict<Change, 'webhook_unknown'>> {
  const removed = isEndpointId(id) && (await management.settings.removeEndpoint(id))
  return removed ? allow(await tellGate(management)) : deny('webhook_unknown')
}

/** The newest first. */
export async function listDeliveries(
  { settings }: Management,
  request: PageRequest,
): Promise<Verdict<List<Delivery>, PageReason>> {
  const page = readPage(request, (text) => parseId('delivery', text) !== null)
  return page.ok ? allow(listOf(await settings.pageOfDeliveries(page.value), page.value)) : page
}

/** Of one that was given up: it waits again, and is tried at once. */
export async function replayDelivery(
  { settings, projectId, wakeDelivery }: WebhookManagement,
  id: DeliveryId,
): Promise<Verdict<null, 'delivery_not_dead'>> {
  const delivery = await settings.replayDelivery(id)
  if (delivery === null) return deny('delivery_not_dead')
  await wakeDelivery({ projectId, ...delivery })
  return allow(null)
}

async function sealSecret(
  { projectId, sealingKeys, random }: WebhookManagement,
  id: EndpointId,
  provider: EndpointProvider,
  given: string | undefined,
): Promise<Verdict<{ text: string; sealedSecret: Uint8Array }, SettingsReason>> {
  const makesItself = provider === 'elevenlabs' || provider === 'retell'
  if (given === undefined && makesItself) return deny('webhook_secret_missing')
  const text = given ?? newStandardSecret(random)
  if (!schemeOf(provider).readSecret(text).ok) return deny('webhook_secret_invalid')
  if (sealingKeys.size === 0) return deny('sealing_off')
  return allow({ text, sealedSecret: await seal(sealingKeys, endpointSecretPlace(projectId, id), utf8(text), random) })
}

import { fromBase64Url } from '#shared/bytes.ts'
import type { EndpointId } from '#shared/endpoint-id.ts'
import type { ProjectId } from '#shared/ids.ts'
import { openSealed, type SealingKeys } from '#shared/seal.ts'
import type { Verdict } from '#shared/verdict.ts'
import type { EndpointKind, PolicyWebhook } from '../rules/webhook.ts'
import { schemeOf, voiceSchemeOf } from '../webhooks/provider.ts'
import { loadSecrets, type SecretSource, type WebhookSecret } from '../webhooks/secret.ts'
import {
  type Delivery,
  type SignatureReason,
  type VerifiedDelivery,
  verifyWebhook,
  type WebhookScheme,
} from '../webhooks/webhook.ts'

export interface FoundEndpoint {
  projectId: ProjectId
  policy: PolicyWebhook
}

export interface Addressed {
  /** By the address. */
  kind: EndpointKind
  /** Null: there is no such endpoint. */
  endpoint: FoundEndpoint | null
}

export interface Verified {
  scheme: WebhookScheme
  delivery: VerifiedDelivery
}

/** What a door asks of a delivery: is it signed, and by whom? */
export type Verify<Value = Verified> = (delivery: Delivery, nowMs: number) => Judged<Value> | Promise<Judged<Value>>

type Judged<Value> = Verdict<Value, SignatureReason>

/**
 * Is it signed for the endpoint that it is addressed to? One that does not exist, or is another provider's, is told what a wrong
 * signature is told. Throws when the endpoint's own secret cannot be used.
 */
export async function verifyDelivery(
  delivery: Delivery,
  { kind, endpoint }: Addressed,
  { sealingKeys, nowMs }: { sealingKeys: SealingKeys; nowMs: number },
): Promise<Judged<Verified & { endpoint: FoundEndpoint }>> {
  const scheme = kind === 'voice' ? voiceSchemeOf(delivery.headers) : schemeOf('standard')
  const { policy, projectId } = endpoint ?? {}
  const isItsOwn = policy?.kind === kind && schemeOf(policy.provider) === scheme
  const secrets =
    isItsOwn && projectId ? (opened.get(policy) ?? (await open(policy, projectId, scheme, sealingKeys))) : []
  const verdict = verifyWebhook(scheme, delivery, secrets, nowMs)
  if (!verdict.ok) return verdict
  if (endpoint === null) throw new Error('a signature held without a secret')
  return { ok: true, value: { scheme, delivery: verdict.value, endpoint } }
}

/** The same for an app's own address, with secrets of the Worker's. Throws at once where one of them cannot be used. */
export function appVerifier(provider: 'stripe' | 'slack', sources: readonly SecretSource[]): Verify {
  const scheme = schemeOf(provider)
  const secrets = loadSecrets(scheme, sources)
  if (!secrets.ok) throw new Error(`the signing secrets of ${provider} cannot be used: ${secrets.reason}`)
  return (delivery, nowMs) => {
    const verdict = verifyWebhook(scheme, delivery, secrets.value, nowMs)
    return verdict.ok ? { ok: true, value: { scheme, delivery: verdict.value } } : verdict
  }
}

/** Opened once per policy: the entry goes with the policy that it belongs to. */
const opened = new WeakMap<PolicyWebhook, WebhookSecret[]>()

async function open(
  endpoint: PolicyWebhook,
  projectId: ProjectId,
  scheme: WebhookScheme,
  sealingKeys: SealingKeys,
): Promise<WebhookSecret[]> {
  const sources: SecretSource[] = []
  for (const { sealed, expiresAtMs } of endpoint.secrets) {
    const place = endpointSecretPlace(projectId, endpoint.id)
    const secret = await openSealed(sealingKeys, place, fromBase64Url(sealed) ?? new Uint8Array())
    if (!secret.ok) throw new Error(`the secret of webhook ${endpoint.id} cannot be opened: ${secret.reason}`)
    sources.push({ text: new TextDecoder().decode(secret.value), expiresAtMs })
  }
  const secrets = loadSecrets(scheme, sources)
  if (!secrets.ok) throw new Error(`the secret of webhook ${endpoint.id} cannot be used: ${secrets.reason}`)
  opened.set(endpoint, secrets.value)
  return secrets.value
}

/** Where a signing secret is stored, which its envelope is bound to; one that was replaced stays bound to where it was made. */
export function endpointSecretPlace(projectId: ProjectId, id: EndpointId) {
  return { tenant: projectId, table: 'webhook_endpoints', column: 'sealed_secret', row: id }
}

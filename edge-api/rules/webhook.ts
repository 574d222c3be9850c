import type { EndpointId } from '#shared/endpoint-id.ts'
import type { DeliveryId, ProjectId } from '#shared/ids.ts'

/** What is sent to a project: content for its documents, or what was said to a voice agent. */
export type EndpointKind = 'in' | 'voice'
/** Those that have an effect, so that an address can be made for them. */
export const ENDPOINT_KINDS = ['in', 'voice'] as const satisfies EndpointKind[]

export const ENDPOINT_PROVIDERS = ['standard', 'elevenlabs', 'retell', 'vapi'] as const
export type EndpointProvider = (typeof ENDPOINT_PROVIDERS)[number]

/** As its owner sees it: without the secret, which is shown once. Times are ISO 8601 in UTC. */
export interface WebhookEndpoint {
  id: EndpointId
  kind: EndpointKind
  provider: EndpointProvider
  label: string
  createdAt: string
  /** Until when the secret before the current one is accepted too; null: there is none. */
  previousSecretUntil: string | null
}

/** As the guard knows it. */
export interface PolicyWebhook {
  id: EndpointId
  kind: EndpointKind
  provider: EndpointProvider
  /** Envelopes of shared/seal.ts in base64url: the current secret, and the one that it replaced until its expiry. */
  secrets: { sealed: string; expiresAtMs: number | null }[]
}

/** A verified event on its way to its effect: what the queue carries. */
export interface WebhookEventMessage {
  projectId: ProjectId
  endpoint: EndpointId
  kind: EndpointKind
  eventId: string
  type: string
  receivedAtMs: number
  /** As it was signed. */
  body: Uint8Array
}

/** The same of an app's own address, where one endpoint serves all. */
export interface BillingEventMessage extends Pick<WebhookEventMessage, 'eventId' | 'type' | 'receivedAtMs' | 'body'> {
  kind: 'stripe'
}

/** Of Slack's app, which has one address for all workspaces. */
export interface SlackEventMessage extends Pick<WebhookEventMessage, 'eventId' | 'type' | 'receivedAtMs' | 'body'> {
  kind: 'slack'
}

/** What stands in a project's list of deliveries for the endpoint of Slack's app. */
export const SLACK_ENDPOINT = 'slack' as EndpointId

export type DeliveryState = 'waiting' | 'done' | 'ignored' | 'dead'

/** One event in the owner's list, however often it was sent. */
export interface Delivery {
  id: DeliveryId
  endpoint: EndpointId
  eventId: string
  type: string
  state: DeliveryState
  attempts: number
  /** Why it has no effect, or not yet. */
  reason: string | null
  receivedAt: string
  updatedAt: string
}

/** What became of an event: an end of it, or null where it has taken effect, now or before. */
export type EventEnd = { state: 'ignored' | 'dead'; reason: string } | null

export const MAX_ENDPOINTS = 20
/** A queue's message holds 128 kB, with all that stands beside the body. */
export const MAX_EVENT_BYTES = 100_000
/** Of a voice platform, which sends along all that a call has cost; its transcript alone goes into the queue. */
export const MAX_VOICE_BYTES = 1_000_000
/** Attempts at an effect before the event is put aside, for its owner to look at. */
export const MAX_ATTEMPTS = 8

/** 5 s, 10 s, 20 s … up to five minutes. */
export function retryDelaySeconds(attempts: number): number {
  return Math.min(300, 5 * 2 ** Math.max(0, attempts - 1))
}

/** For an event that is noted already, and whose first message is gone. */
export type DeliveryWake = Pick<WebhookEventMessage, 'projectId' | 'endpoint' | 'eventId'>

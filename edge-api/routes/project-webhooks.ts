import type { Context } from 'hono'
import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import { deny } from '#shared/verdict.ts'
import type { AppPorts } from '../account-ports.ts'
import {
  createEndpoint,
  listDeliveries,
  listEndpoints,
  removeEndpoint,
  replayDelivery,
  rotateEndpointSecret,
  type WebhookManagement,
} from '../flows/manage-webhooks.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { answerChange, pageRequestOf, refuseSetting } from '../guard/settings-answer.ts'

const short = z.string().max(200, 'At most 200 characters.')
const secret = z.string().max(600, 'At most 600 characters.').optional()
export const endpointBody = z.object({ label: short, kind: short, provider: short.optional(), secret })
export const secretRotationBody = z.object({ graceSeconds: z.number(), secret })

function managementOf(c: Context<Guarded>, { settings, enqueueWebhook }: AppPorts): WebhookManagement {
  return { ...c.get('management'), sealingKeys: settings.sealingKeys, wakeDelivery: enqueueWebhook }
}

/** Where the sender finds it; the id is made of characters that an address may have. */
function addressOf({ settings }: AppPorts, { id, kind }: { id: string; kind: string }): string {
  const scheme = settings.local ? 'http' : 'https'
  return `${scheme}://${settings.edgeHost}/webhooks/${kind}/${id}`
}

/** `GET /api/projects/{id}/webhooks`: with the address of each, never with its secret. */
export function getWebhooks(ports: AppPorts): Endpoint {
  return async (c) => {
    const endpoints = await listEndpoints(c.get('management'))
    return c.json({
      items: endpoints.map((endpoint) => ({ ...endpoint, url: addressOf(ports, endpoint) })),
      nextCursor: null,
    })
  }
}

/** `POST /api/projects/{id}/webhooks`: the signing secret is in this answer and nowhere else. */
export function postWebhook(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, endpointBody)
    if ('refusal' in body) return body.refusal
    const { label, kind } = body.value
    return answerChange(
      c,
      ports.accounts.db,
      await createEndpoint(managementOf(c, ports), body.value),
      ({ id }) => ({ action: 'webhook.created', target: id, details: { projectId: c.get('projectId'), label, kind } }),
      ({ id, secret: text, published }) =>
        c.json({ id, url: addressOf(ports, { id, kind }), secret: text, published }, 201),
    )
  }
}

/** `POST /api/projects/{id}/webhooks/{id}/rotate`: the new secret, beside the old one for `graceSeconds`. */
export function postWebhookRotation(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, secretRotationBody)
    if ('refusal' in body) return body.refusal
    const id = c.req.param('id') ?? ''
    const { graceSeconds } = body.value
    return answerChange(
      c,
      ports.accounts.db,
      await rotateEndpointSecret(managementOf(c, ports), id, body.value),
      () => ({ action: 'webhook.rotated', target: id, details: { projectId: c.get('projectId'), graceSeconds } }),
      ({ secret: text, published }) => c.json({ id, secret: text, published }, 201),
    )
  }
}

/** `DELETE /api/projects/{id}/webhooks/{id}` */
export function deleteWebhook({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const id = c.req.param('id') ?? ''
    return answerChange(
      c,
      accounts.db,
      await removeEndpoint(c.get('management'), id),
      () => ({ action: 'webhook.removed', target: id, details: { projectId: c.get('projectId') } }),
      () => c.body(null, 204),
    )
  }
}

/** `GET /api/projects/{id}/webhooks/deliveries`: the newest first. */
export const getDeliveries: Endpoint = async (c) => {
  const list = await listDeliveries(c.get('management'), pageRequestOf(c))
  return list.ok ? c.json(list.value) : refuseSetting(c, list.reason)
}

/** `POST /api/projects/{id}/webhooks/deliveries/{id}/replay`: of one that was given up. */
export function postReplay(ports: AppPorts): Endpoint {
  return async (c) => {
    const id = parseId('delivery', c.req.param('id') ?? '')
    const verdict = id === null ? deny('delivery_not_dead' as const) : await replayDelivery(managementOf(c, ports), id)
    return answerChange(
      c,
      ports.accounts.db,
      verdict,
      () => ({ action: 'webhook.replayed', target: id, details: { projectId: c.get('projectId') } }),
      () => c.json({}, 202),
    )
  }
}

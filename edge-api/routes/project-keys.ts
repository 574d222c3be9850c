import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import { deny } from '#shared/verdict.ts'
import type { AppPorts } from '../account-ports.ts'
import { createKey, listKeys, revokeKey, rotateKey } from '../flows/manage-keys.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { answerChange, pageRequestOf, refuseSetting } from '../guard/settings-answer.ts'

const short = z.string().max(200, 'At most 200 characters.')
export const keyBody = z.object({
  label: short,
  environment: short,
  scopes: z.array(short).max(20, 'At most 20 scopes.'),
  expiresAt: z.string().nullish(),
  kind: short.optional(),
})
export const keyRotationBody = z.object({ graceSeconds: z.number(), expiresAt: z.string().nullish() })

/** `GET /api/projects/{id}/keys`: with what was seen of each, and with the text of the public ones. */
export const getKeys: Endpoint = async (c) => {
  const list = await listKeys(c.get('management'), pageRequestOf(c))
  return list.ok ? c.json(list.value) : refuseSetting(c, list.reason)
}

/** `POST /api/projects/{id}/keys`: the text of a secret key is in this answer and nowhere else. */
export function postKey({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, keyBody)
    if ('refusal' in body) return body.refusal
    const { label, environment } = body.value
    return answerChange(
      c,
      accounts.db,
      await createKey(c.get('management'), body.value),
      ({ id }) => ({
        action: 'key.created',
        target: id,
        details: { projectId: c.get('projectId'), label, environment },
      }),
      ({ id, key, published }) => c.json({ id, key, published }, 201),
    )
  }
}

/** `POST /api/projects/{id}/keys/{id}/rotate` */
export function postRotation({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, keyRotationBody)
    if ('refusal' in body) return body.refusal
    const id = parseId('key', c.req.param('id') ?? '')
    const verdict = id === null ? deny('key_unknown' as const) : await rotateKey(c.get('management'), id, body.value)
    return answerChange(
      c,
      accounts.db,
      verdict,
      (next) => ({
        action: 'key.rotated',
        target: id,
        details: { projectId: c.get('projectId'), replacedBy: next.id },
      }),
      ({ id: nextId, key, published }) => c.json({ id: nextId, key, published }, 201),
    )
  }
}

/** `DELETE /api/projects/{id}/keys/{id}`: stops the very next answer. */
export function deleteKey({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const id = parseId('key', c.req.param('id') ?? '')
    const verdict = id === null ? deny('key_unknown' as const) : await revokeKey(c.get('management'), id)
    return answerChange(
      c,
      accounts.db,
      verdict,
      () => ({ action: 'key.revoked', target: id, details: { projectId: c.get('projectId') } }),
      () => c.body(null, 204),
    )
  }
}

import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import { allow, deny } from '#shared/verdict.ts'
import type { AppPorts } from '../account-ports.ts'
import { addIdentityKey, enforceIdentity, readIdentity, removeIdentityKey } from '../flows/manage-identity.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { answerChange } from '../guard/settings-answer.ts'

const text = (max: number) => z.string().max(max, `At most ${max} characters.`)
export const identityBody = z.object({ enforced: z.boolean() })
export const identityKeyBody = z.object({
  algorithm: text(20),
  kid: text(200).nullish(),
  publicKey: text(5000).optional(),
  secret: text(1000).optional(),
})

/** `GET /api/projects/{id}/identity`: whether visitors have to say who they are, and whose signature counts. */
export const getIdentity: Endpoint = async (c) => c.json(await readIdentity(c.get('management')))

/** `PUT /api/projects/{id}/identity` */
export function putIdentity({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, identityBody)
    if ('refusal' in body) return body.refusal
    const { enforced } = body.value
    return answerChange(
      c,
      accounts.db,
      allow(await enforceIdentity(c.get('management'), enforced)),
      () => ({ action: 'identity.changed', target: c.get('projectId'), details: { enforced } }),
      (change) => c.json({ enforced, ...change }),
    )
  }
}

/** `POST /api/projects/{id}/identity/keys` */
export function postIdentityKey({ accounts, settings }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, identityKeyBody)
    if ('refusal' in body) return body.refusal
    const { algorithm, kid = null } = body.value
    return answerChange(
      c,
      accounts.db,
      await addIdentityKey({ ...c.get('management'), sealingKeys: settings.sealingKeys }, body.value),
      ({ id }) => ({
        action: 'identity_key.added',
        target: id,
        details: { projectId: c.get('projectId'), algorithm, kid },
      }),
      (added) => c.json(added, 201),
    )
  }
}

/** `DELETE /api/projects/{id}/identity/keys/{id}`: what it has signed is refused on the very next answer. */
export function deleteIdentityKey({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const id = parseId('identityKey', c.req.param('id') ?? '')
    return answerChange(
      c,
      accounts.db,
      id === null ? deny('identity_key_unknown' as const) : await removeIdentityKey(c.get('management'), id),
      () => ({ action: 'identity_key.removed', target: id, details: { projectId: c.get('projectId') } }),
      () => c.body(null, 204),
    )
  }
}

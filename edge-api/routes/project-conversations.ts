import * as z from 'zod'
import { CHANNELS } from '#shared/channel.ts'
import { parseId } from '#shared/ids.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import type { Endpoint } from '../guard/context.ts'
import { readValue } from '../guard/read-json.ts'
import { pageOf } from '../guard/settings-answer.ts'
import { isCleanText } from '../rules/json-body.ts'
import { listOf } from '../rules/page.ts'

export const conversationFilter = z.object({
  rating: z.enum(['up', 'down'], 'up or down.').optional(),
  outcome: z.enum(['answered', 'abstained'], 'answered or abstained.').optional(),
  channel: z.enum(CHANNELS, `One of ${CHANNELS.join(', ')}.`).optional(),
  text: z.string().max(200, 'At most 200 characters.').refine(isCleanText, 'Not valid text.').optional(),
})

/** `GET /api/projects/{id}/conversations`: the latest first. */
export const getConversations: Endpoint = async (c) => {
  const page = pageOf(c, 'thread')
  if ('refusal' in page) return page.refusal
  const wanted = readValue(c, conversationFilter, c.req.query())
  if ('refusal' in wanted) return wanted.refusal
  return c.json(listOf(await c.get('content').pageOfConversations(page.value, wanted.value), page.value))
}

/** `GET /api/projects/{id}/conversations/{id}` */
export const getConversation: Endpoint = async (c) => {
  const id = parseId('thread', c.req.param('id') ?? '')
  const conversation = id === null ? null : await c.get('content').readConversation(id)
  return conversation === null ? problem(c, 'not_found') : c.json(conversation)
}

/** `DELETE /api/projects/{id}/conversations/{id}`: for good, with its ratings. */
export function deleteConversation({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const id = parseId('thread', c.req.param('id') ?? '')
    if (id === null || !(await c.get('content').removeConversation(id))) return problem(c, 'not_found')
    const details = { projectId: c.get('projectId') }
    await accounts.db.addAudit(c.get('actor'), { action: 'conversation.deleted', target: id, details })
    return c.body(null, 204)
  }
}

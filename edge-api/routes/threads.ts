import type { Context } from 'hono'
import { parseId, type ThreadId } from '#shared/ids.ts'
import type { ThreadView } from '#shared/wire.ts'
import { problem } from '../errors.ts'
import { hashSecret } from '../flows/answer.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'

/** `GET /v1/threads/:id`: a conversation, for whoever holds its secret. A wrong secret finds nothing. */
export const readThread: Endpoint = async (c) => {
  const held = capability(c)
  const thread = held && (await c.get('db').readThread(held.id, held.secretHash))
  return thread ? c.json(thread satisfies ThreadView) : problem(c, 'not_found')
}

/** `DELETE /v1/threads/:id`: forgets the conversation with its answers and ratings. */
export const deleteThread: Endpoint = async (c) => {
  const held = capability(c)
  if (!held || !(await c.get('db').deleteThread(held.id, held.secretHash))) return problem(c, 'not_found')
  return c.body(null, 204)
}

/** A secret key already takes the Authorization header, so its holder names the conversation's secret in one of its own. */
function capability(c: Context<Guarded>): { id: ThreadId; secretHash: Uint8Array } | null {
  const id = parseId('thread', c.req.param('id') ?? '')
  const isServer = c.get('caller').kind === 'secret'
  const header = isServer ? c.req.header('pernoex-thread-secret') : bearerToken(c.req.header('authorization'))
  const secret = /^[0-9A-Za-z_-]{1,100}$/.exec(header ?? '')?.[0]
  return id !== null && secret !== undefined ? { id, secretHash: hashSecret(secret) } : null
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(header ?? '')?.[1]
}

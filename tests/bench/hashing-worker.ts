import type { Env } from '#edge/env.ts'
import { createBcryptHasher } from '#edge/providers/password/bcrypt.ts'
import edge from '#edge/worker.ts'

export { ProjectGate } from '#edge/worker.ts'

/** The edge host with the hash of a sign-in in the same isolate: what there would be were the app host no Worker of its own. */
const hasher = createBcryptHasher({ peppers: new Map([['a', new Uint8Array(32).fill(7)]]), cost: 12, nowMs: Date.now })

export default {
  async fetch(request: Request, env: Env, context: unknown): Promise<Response> {
    if (!request.url.endsWith('/hash')) return edge.fetch(request as never, env, context as never)
    await hasher.verify('plum orbit ladder 27', null)
    return new Response('{}')
  },
}

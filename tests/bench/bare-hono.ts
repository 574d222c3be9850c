import { Hono } from 'hono'

/** The floors that the guard is measured against: one route, one answer of the same status and size. */
interface Env {
  STATUS: string
  SIZE: string
}

const app = new Hono<{ Bindings: Env }>()
let body = ''
app.get('/v1/config', (c) => {
  body ||= 'x'.repeat(Number(c.env.SIZE))
  return c.text(body, Number(c.env.STATUS) as 200)
})

/** Without even Hono: what any JSON endpoint costs. */
async function rawPost(request: Request, env: Env): Promise<Response> {
  await request.json()
  body ||= 'x'.repeat(Number(env.SIZE))
  return new Response(body, { status: Number(env.STATUS) })
}

export default {
  fetch: (request: Request, env: Env) => (request.method === 'POST' ? rawPost(request, env) : app.fetch(request, env)),
}

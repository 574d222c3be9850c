import { Hono } from 'hono'

/** The floor that the guard is measured against: one route, one answer of the same status and size. */
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
app.post('/v1/answers', async (c) => {
  await c.req.json()
  body ||= 'x'.repeat(Number(c.env.SIZE))
  return c.text(body, Number(c.env.STATUS) as 200)
})

export default app

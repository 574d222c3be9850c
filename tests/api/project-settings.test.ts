import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DashboardClient, newPerson } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
let ada: DashboardClient
let project: string
/** An allowed page with a public key: what the project's visitors have. */
let ask: (path: string, init?: RequestInit) => Promise<Response>

beforeAll(async () => {
  harness = await startHarness({ limits: 'on' })
  ada = await newPerson(harness, 'ada@example.com')
  project = `/api/projects/${(await ada.json<{ id: string }>('POST', '/api/projects', { name: 'Docs' })).id}`
  await ada.json('POST', `${project}/origins`, { rule: 'docs.example' })
  const scopes = ['config', 'answers', 'search', 'feedback', 'threads']
  const { key } = await ada.json<{ key: string }>('POST', `${project}/keys`, {
    ...{ label: 'Page', environment: 'live', scopes },
  })
  ask = (path, init = {}) =>
    fetch(`${harness.edge}${path}?key=${key}`, {
      ...init,
      headers: { origin: 'https://docs.example', accept: 'application/json', 'content-type': 'text/plain' },
    })
})
afterAll(() => harness.close())

const question = (text: string) => ask('/v1/answers', { method: 'POST', body: JSON.stringify({ question: text }) })

async function upload(documents: { path: string; content: string }[]): Promise<JobView> {
  const { jobId } = await ada.json<{ jobId: string }>('POST', `${project}/documents`, { documents })
  const job = () => ada.json<JobView>('GET', `${project}/jobs/${jobId}`)
  await expect.poll(job, { timeout: 60_000 }).toMatchObject({ state: 'done' })
  return job()
}
interface JobView {
  state: string
  total: number
  failed: { path: string; reason: string }[]
}
interface Items<Item> {
  items: Item[]
  nextCursor: string | null
}
type Document = { id: string; path: string; state: string; reason: string | null; passageCount: number }

describe('documents', () => {
  test('far longer than a question are taken; those over 2 MB are listed with the reason, and the rest goes on', async () => {
    const line = 'The plum orbit is described in this long document.\n\n'
    const job = await upload([
      { path: 'large.md', content: `# Large\n\n${line.repeat(6000)}` },
      { path: 'guide/domains.md', content: '# Domains\n\nAllow a domain by adding it to the list of domains.' },
    ])
    expect(job).toMatchObject({ total: 2, failed: [] })
    const over = await upload([
      { path: 'over.md', content: 'x'.repeat(2 * 1024 * 1024 + 1) },
      { path: 'guide/keys.md', content: '# Keys\n\nA key is rotated with a grace period.' },
    ])
    expect(over).toMatchObject({ total: 2, failed: [{ path: 'over.md', reason: 'it is larger than 2 MB' }] })
  }, 120_000)

  test.each([
    [{ path: '../x.md', content: '' }, 'path'],
    [{ path: '/x.md', content: '' }, 'path'],
    [{ path: 'x.exe', content: '' }, 'path'],
    [{ path: 'x\u0000.md', content: '' }, 'path'],
    [{ path: 'x.md' }, 'content'],
    [{ documents: [] }, 'documents'],
    [{ documents: Array.from({ length: 101 }, (_, n) => ({ path: `${n}.md`, content: '' })) }, 'documents'],
    [{ documents: [{ path: 'a.md', content: 1 }] }, 'documents.0.content'],
  ])('a bad upload (%#) is refused with the field that is wrong, and stores nothing', async (body, field) => {
    const answer = await ada.send('POST', `${project}/documents`, body)
    expect(answer.status).toBe(400)
    const { errors } = (await answer.json()) as { errors: { path: string; message: string }[] }
    expect(errors[0]).toMatchObject({ path: field, message: expect.stringMatching(/\.$/) })
  })

  test('a body over 5 MB is refused whole', async () => {
    expect(await declared(`${project}/documents`, 6 * 1024 * 1024)).toBe(413)
    const settings = await ada.send('PATCH', project, { name: 'x'.repeat(100_000) })
    expect(settings.status).toBe(413)
  })

  test('lead to where they are published, once that was said', async () => {
    expect(await ada.json('GET', `${project}/site`)).toEqual({ siteUrl: null, siteStyle: 'github' })
    for (const siteUrl of ['javascript:alert(1)', 'docs.example', 'ftp://docs.example'])
      expect((await ada.send('PUT', `${project}/site`, { siteUrl, siteStyle: 'github' })).status).toBe(400)
    await ada.json('PUT', `${project}/site`, { siteUrl: 'https://docs.example', siteStyle: 'vitepress' })
    // The same text again: only its address is new.
    await upload([{ path: 'guide/keys.md', content: '# Keys\n\nA key is rotated with a grace period.' }])
    const [found] = (await ada.json<Items<Document>>('GET', `${project}/documents?text=keys`)).items
    const { passages } = await ada.json<{ passages: { url: string }[] }>('GET', `${project}/documents/${found?.id}`)
    expect(passages[0]?.url).toMatch(/^https:\/\/docs\.example\/guide\/keys/)
  })

  test('are listed by state and text, read, and removed from every answer', async () => {
    const listed = await ada.json<Items<Document>>('GET', `${project}/documents`)
    expect(listed.items.map(({ path }) => path).sort()).toEqual([
      'guide/domains.md',
      'guide/keys.md',
      'large.md',
      'over.md',
    ])
    const failed = await ada.json<Items<Document>>('GET', `${project}/documents?state=failed`)
    expect(failed.items).toMatchObject([{ path: 'over.md', reason: 'it is larger than 2 MB', passageCount: 0 }])
    const [found] = (await ada.json<Items<Document>>('GET', `${project}/documents?text=DOMAINS`)).items
    const whole = await ada.json<{ passages: { text: string }[] }>('GET', `${project}/documents/${found?.id}`)
    expect(whole.passages).toMatchObject([{ text: expect.stringContaining('Allow a domain') }])
    expect(await (await question('How do I allow a domain?')).json()).toMatchObject({ outcome: 'answered' })
    expect((await ada.send('DELETE', `${project}/documents/${found?.id}`)).status).toBe(204)
    expect((await ada.send('DELETE', `${project}/documents/${found?.id}`)).status).toBe(404)
    expect(await (await question('How do I allow a domain?')).json()).toMatchObject({ outcome: 'abstained' })
    expect(await ada.json('GET', project)).toMatchObject({ name: 'Docs', knowledge: { documents: 3, failed: 1 } })
    expect((await ada.send('GET', `${project}/documents?state=gone`)).status).toBe(400)
  })
})

describe('conversations', () => {
  test('are listed with what was asked, filtered, read with the rating, and deleted', async () => {
    const answered = (await (await question('How is a key rotated?')).json()) as {
      answerId: string
      thread: { id: string; secret: string }
    }
    const body = JSON.stringify({ ...answered, rating: 'down', reasons: ['Unclear'], comment: 'Which key?' })
    expect((await ask('/v1/feedback', { method: 'POST', body })).status).toBe(204)
    const rated = await ada.json<Items<{ id: string }>>('GET', `${project}/conversations?rating=down&text=ROTATED`)
    expect(rated.items).toMatchObject([{ id: answered.thread.id, question: 'How is a key rotated?', down: 1 }])
    const address = `${project}/conversations/${answered.thread.id}`
    expect(await ada.json('GET', address)).toMatchObject({
      origin: 'https://docs.example',
      messages: [{ role: 'visitor' }, { role: 'assistant', feedback: { rating: 'down', comment: 'Which key?' } }],
    })
    expect((await ada.send('DELETE', address)).status).toBe(204)
    expect((await ada.send('GET', address)).status).toBe(404)
    expect((await ada.send('GET', `${project}/conversations?rating=maybe`)).status).toBe(400)
  })
})

describe('the playground', () => {
  test('answers with the passages, scores and words behind the answer, and leaves no conversation', async () => {
    const before = await ada.json<Items<object>>('GET', `${project}/conversations`)
    const tried = await ada.json<{ confidence: number; hits: { score: number }[] }>('POST', `${project}/playground`, {
      question: 'How is a key rotated?',
    })
    expect(tried).toMatchObject({
      outcome: 'answered',
      citations: [{ n: 1 }],
      terms: expect.arrayContaining([expect.objectContaining({ word: 'rotated', passages: 1 })]),
    })
    expect(tried.hits[0]?.score).toBeGreaterThan(0)
    expect(tried.confidence).toBeGreaterThan(0)
    const off = await ada.json<{ confidence: number }>('POST', `${project}/playground`, {
      question: 'What is the capital of France?',
    })
    expect(off).toMatchObject({ outcome: 'abstained' })
    expect(off.confidence).toBeLessThan(0)
    expect(await ada.json('GET', `${project}/conversations`)).toEqual(before)
    expect((await ada.send('POST', `${project}/playground`, { question: '  ' })).status).toBe(400)
  })
})

describe('appearance, name, limits and identity', () => {
  const config = async () => (await (await ask('/v1/config')).json()) as { project: object; widget: object }

  test('the look is what pages are given within seconds; what is left out is the default again', async () => {
    const widget = { accent: '#aa3300', greeting: 'Hello', starters: ['How?'], labels: { send: 'Go' }, theme: 'dark' }
    await ada.json('PUT', `${project}/widget`, widget)
    await ada.json('PATCH', project, { name: ' New name ' })
    expect(await ada.json('GET', `${project}/widget`)).toMatchObject({ widget, defaults: { theme: 'auto' } })
    await expect.poll(config, { timeout: 8000 }).toMatchObject({ project: { name: 'New name' }, widget })
    await ada.json('PUT', `${project}/widget`, { theme: 'light' })
    await expect.poll(config, { timeout: 8000 }).toMatchObject({ widget: { theme: 'light', greeting: '' } })
  }, 30_000)

  test.each([
    [{ accent: 'red; background: url(https://evil.example)' }, 'accent'],
    [{ handoff: 'javascript:alert(1)' }, 'handoff'],
    [{ theme: 'pink' }, 'theme'],
    [{ starters: Array(7).fill('How?') }, 'starters'],
    [{ labels: { send: 'x'.repeat(301) } }, 'labels.send'],
    [{ prompt: 'You are' }, ''],
  ])('a look of %j is refused', async (body, path) => {
    const answer = await ada.send('PUT', `${project}/widget`, body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ errors: [{ path }] })
  })

  test('the quota for the day holds from the very next answer on', async () => {
    expect(await ada.json('GET', `${project}/limits`)).toMatchObject({ answersPerDay: 2000 })
    await ada.json('PUT', `${project}/limits`, { answersPerDay: 0 })
    expect(await (await question('How is a key rotated?')).json()).toMatchObject({ code: 'quota_exceeded' })
    expect((await ada.send('PUT', `${project}/limits`, { answersPerDay: -1 })).status).toBe(400)
    await ada.json('PUT', `${project}/limits`, { answersPerDay: null })
    expect((await question('How is a key rotated?')).status).toBe(200)
  })

  test('identity can be asked of every visitor, by keys whose secret is never shown again', async () => {
    const secret = Buffer.alloc(32, 7).toString('base64url')
    const { id } = await ada.json<{ id: string }>('POST', `${project}/identity/keys`, { algorithm: 'HS256', secret })
    await ada.json('PUT', `${project}/identity`, { enforced: true })
    const shown = await ada.json('GET', `${project}/identity`)
    expect(shown).toMatchObject({ enforced: true, keys: [{ id, algorithm: 'HS256' }] })
    expect(JSON.stringify(shown)).not.toContain(secret)
    expect((await question('How is a key rotated?')).status).toBe(400)
    await ada.json('PUT', `${project}/identity`, { enforced: false })
    expect((await ada.send('DELETE', `${project}/identity/keys/${id}`)).status).toBe(204)
    expect((await ada.send('DELETE', `${project}/identity/keys/${id}`)).status).toBe(404)
    expect((await ada.send('POST', `${project}/identity/keys`, { algorithm: 'none' })).status).toBe(400)
  })
})

describe('webhook addresses', () => {
  test('are made with a secret that is shown once, rotated, listed and removed', async () => {
    const made = await ada.json<{ id: string; url: string; secret: string }>('POST', `${project}/webhooks`, {
      ...{ label: 'CMS', kind: 'in' },
    })
    expect(made.url).toBe(`${harness.edge}/webhooks/in/${made.id}`)
    const rotated = await ada.json<{ secret: string }>('POST', `${project}/webhooks/${made.id}/rotate`, {
      graceSeconds: 60,
    })
    expect(rotated.secret).not.toBe(made.secret)
    const list = await ada.json<Items<object>>('GET', `${project}/webhooks`)
    expect(list.items).toMatchObject([{ id: made.id, label: 'CMS', provider: 'standard' }])
    for (const { secret } of [made, rotated]) expect(JSON.stringify(list)).not.toContain(secret)
    expect(await ada.json('GET', `${project}/webhooks/deliveries`)).toEqual({ items: [], nextCursor: null })
    expect((await ada.send('POST', `${project}/webhooks`, { label: 'X', kind: 'out' })).status).toBe(400)
    expect((await ada.send('DELETE', `${project}/webhooks/${made.id}`)).status).toBe(204)
    expect((await ada.send('DELETE', `${project}/webhooks/${made.id}`)).status).toBe(404)
  })
})

test('who did all this is in the audit log, without one secret', async () => {
  const { items } = await ada.json<Items<{ action: string }>>('GET', '/api/audit?limit=100')
  const actions = new Set(items.map(({ action }) => action))
  for (const action of ['document.removed', 'conversation.deleted', 'widget.changed', 'project.renamed'])
    expect(actions).toContain(action)
  for (const action of ['limits.changed', 'identity.changed', 'identity_key.added', 'webhook.rotated'])
    expect(actions).toContain(action)
  expect(JSON.stringify(items)).not.toMatch(/whsec_|pnx_[ps]k_/)
})

test('another organization finds none of it, whatever it knows the id of', async () => {
  const eve = await newPerson(harness, 'eve@example.com')
  for (const path of ['', '/widget', '/limits', '/identity', '/documents', '/conversations', '/webhooks'])
    expect((await eve.send('GET', project + path)).status).toBe(404)
  expect((await eve.send('POST', `${project}/playground`, { question: 'Keys?' })).status).toBe(404)
})

/** Says how long the body is and sends none of it: whoever sent it all might find the connection closed on the rest. */
async function declared(path: string, bytes: number): Promise<number | undefined> {
  const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const sent = request(harness.app + path, {
    method: 'POST',
    headers: {
      ...{ cookie, origin: harness.app, 'content-type': 'application/json', 'content-length': bytes },
      'x-csrf-token': await ada.csrfToken(),
    },
  })
  sent.on('error', () => {})
  sent.flushHeaders()
  return new Promise((resolve) => {
    sent.once('response', ({ statusCode }) => {
      resolve(statusCode)
      sent.destroy()
    })
  })
}

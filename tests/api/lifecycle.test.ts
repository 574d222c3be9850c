import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDashboardClient, type DashboardClient, mailedToken, newPerson, PASSWORD } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ providers: true })
})
afterAll(() => harness.close())

const answerOf = async (answer: Response) => ({
  status: answer.status,
  code: answer.status === 204 ? null : ((await answer.json()) as { code?: string }).code,
})
const count = async (table: string) => Number((await harness.asOwner(`select count(*) as n from ${table}`))[0]?.n)

/** A project that answers: with a domain, a key and a document. */
async function answering(client: DashboardClient, name: string) {
  const { id } = await client.json<{ id: string }>('POST', '/api/projects', { name })
  await client.json('POST', `/api/projects/${id}/origins`, { rule: 'docs.example' })
  const made = { label: 'Site', environment: 'live', scopes: ['config', 'answers', 'search'] }
  const { key } = await client.json<{ key: string }>('POST', `/api/projects/${id}/keys`, made)
  const document = { path: 'zebra.md', content: '# Zebra crossings\n\nA zebra crossing is striped black and white.\n' }
  const { jobId } = await client.json<{ jobId: string }>('POST', `/api/projects/${id}/documents`, document)
  await expect
    .poll(async () => (await client.json<{ state: string }>('GET', `/api/projects/${id}/jobs/${jobId}`)).state, {
      timeout: 20_000,
    })
    .toBe('done')
  const ask = () =>
    fetch(`${harness.edge}/v1/answers?key=${key}`, {
      method: 'POST',
      headers: { origin: 'https://docs.example', accept: 'application/json' },
      body: JSON.stringify({ question: 'How is a zebra crossing striped?' }),
    })
  expect(await (await ask()).json()).toMatchObject({ outcome: 'answered' })
  return { id, key, ask }
}

async function join(owner: DashboardClient, email: string, role: string): Promise<DashboardClient> {
  const client = await newPerson(harness, email)
  await owner.json('POST', '/api/invitations', { email, role })
  const token = await mailedToken(harness, email, 'invitation')
  await client.json('POST', '/api/invitations/accept', { token })
  return client
}

describe('a project', () => {
  test('is taken away as a file, with its documents and conversations and without a secret', async () => {
    const ada = await newPerson(harness, 'ada@example.com')
    const { id, key } = await answering(ada, 'Zebras')
    const answer = await ada.send('GET', `/api/projects/${id}/export`)
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="pernoex-${id}.json"`)
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({
      ...{ id, project: { name: 'Zebras', origins: [{ rule: 'docs.example' }], keys: [{ label: 'Site' }] } },
      documents: [{ path: 'zebra.md', content: expect.stringContaining('striped') }],
      conversations: [{ origin: 'https://docs.example', messages: [{ role: 'visitor' }, { role: 'assistant' }] }],
    })
    expect(text).not.toContain(key)
    const whole = await ada.json<{ projects: unknown[] }>('GET', '/api/export')
    expect(whole).toMatchObject({ organization: { name: 'ada' }, members: [{ email: 'ada@example.com' }] })
    expect(whole.projects).toEqual([JSON.parse(text)])
    expect(await ada.json('GET', '/api/account/export')).toMatchObject({
      ...{ email: 'ada@example.com', organizations: [{ name: 'ada', role: 'owner' }], identities: [] },
    })
  })

  test('is deleted with its name typed out; the very next question is refused, and nothing is left', async () => {
    const ada = createDashboardClient(harness)
    await ada.signIn('ada@example.com', PASSWORD)
    const { id, ask } = await answering(ada, 'Going')
    const other = await answering(ada, 'Staying')
    for (const body of [{}, { confirm: 'Staying' }, { confirm: '' }])
      expect((await ada.send('DELETE', `/api/projects/${id}`, body)).status).toBe(400)
    expect(await (await ask()).json()).toMatchObject({ outcome: 'answered' })
    expect((await ada.send('DELETE', `/api/projects/${id}`, { confirm: 'Going' })).status).toBe(204)
    expect(await answerOf(await ask())).toEqual({ status: 401, code: 'key_revoked' })
    expect(await (await other.ask()).json()).toMatchObject({ outcome: 'answered' })
    expect((await ada.send('DELETE', `/api/projects/${id}`, { confirm: 'Going' })).status).toBe(404)
    expect(JSON.stringify(await ada.json('GET', '/api/projects'))).not.toContain(id)
    expect(JSON.stringify(await ada.json('GET', '/api/audit'))).toContain('project.deleted')
  })
})

test('signing out everywhere ends every session, the own one too', async () => {
  const [first, second] = [createDashboardClient(harness), createDashboardClient(harness)]
  await first.signIn('ada@example.com', PASSWORD)
  await second.signIn('ada@example.com', PASSWORD)
  expect((await second.send('DELETE', '/api/sessions')).status).toBe(204)
  for (const client of [first, second]) expect((await client.send('GET', '/api/projects')).status).toBe(401)
})

describe('an organization', () => {
  test('is exported and deleted by an owner only, and everybody is out with it', async () => {
    const owner = await newPerson(harness, 'owner@example.com')
    const admin = await join(owner, 'admin@example.com', 'admin')
    const { ask } = await answering(owner, 'Ours')
    for (const [method, path] of [
      ['GET', '/api/export'],
      ['DELETE', '/api/organization'],
    ] as const)
      expect(
        await answerOf(await admin.send(method, path, method === 'DELETE' ? { confirm: 'owner' } : undefined)),
      ).toEqual({
        ...{ status: 403, code: 'role_insufficient' },
      })
    expect((await owner.send('DELETE', '/api/organization', { confirm: 'Owner' })).status).toBe(400)
    expect((await owner.send('DELETE', '/api/organization', { confirm: 'owner' })).status).toBe(204)
    expect(await answerOf(await ask())).toEqual({ status: 401, code: 'key_revoked' })
    for (const client of [owner, admin]) expect((await client.send('GET', '/api/projects')).status).toBe(401)
    await admin.signIn('admin@example.com', PASSWORD)
    expect(await admin.json('GET', '/api/session')).toMatchObject({ organization: { name: 'admin' }, role: 'owner' })
    await owner.signIn('owner@example.com', PASSWORD)
    expect((await owner.json<{ items: unknown[] }>('GET', '/api/projects')).items).toEqual([])
  })
})

describe('an account', () => {
  test('keeps an organization that others work in from losing its owner', async () => {
    const owner = await newPerson(harness, 'boss@example.com')
    await join(owner, 'worker@example.com', 'member')
    expect(await answerOf(await owner.send('DELETE', '/api/account', { confirm: 'boss@example.com' }))).toEqual({
      ...{ status: 409, code: 'conflict' },
    })
    expect((await owner.send('GET', '/api/projects')).status).toBe(200)
  })

  test('is deleted with what is its own alone, leaves what others share, and is unknown from then on', async () => {
    const owner = await newPerson(harness, 'stays@example.com')
    const leaver = await join(owner, 'leaves@example.com', 'admin')
    const before = { organizations: await count('organizations'), users: await count('users') }
    expect((await leaver.send('DELETE', '/api/account', { confirm: 'stays@example.com' })).status).toBe(400)
    expect((await leaver.send('DELETE', '/api/account', { confirm: 'leaves@example.com' })).status).toBe(204)
    expect(await count('organizations')).toBe(before.organizations - 1)
    expect(await count('users')).toBe(before.users - 1)
    expect(await answerOf(await leaver.signIn('leaves@example.com', PASSWORD))).toEqual({
      ...{ status: 401, code: 'credentials_wrong' },
    })
    expect(JSON.stringify(await owner.json('GET', '/api/members'))).not.toContain('leaves@example.com')
    // What they did stays in the log.
    expect(JSON.stringify(await owner.json('GET', '/api/audit'))).toContain('leaves@example.com')
  })

  test('asks for a recent proof', async () => {
    const client = await newPerson(harness, 'old@example.com')
    await harness.asOwner(`update sessions set proved_at = now() - interval '11 minutes'`)
    for (const [method, path] of [
      ['DELETE', '/api/account'],
      ['GET', '/api/account/export'],
      ['GET', '/api/export'],
      ['DELETE', '/api/organization'],
    ] as const)
      expect(
        (await answerOf(await client.send(method, path, method === 'GET' ? undefined : { confirm: 'x' }))).code,
      ).toBe('proof_required')
  })
})

test('what has run out is swept away by the cron', async () => {
  const client = await newPerson(harness, 'swept@example.com')
  await client.json('POST', '/api/invitations', { email: 'x@example.com', role: 'member' })
  await client.send('POST', '/api/password/reset', { email: 'swept@example.com' })
  await createDashboardClient(harness).signIn('nobody@example.com', 'wrong wrong wrong 1')
  await harness.asOwner(`update invitations set expires_at = now() - interval '1 second'`)
  await harness.asOwner(`update email_tokens set expires_at = now() - interval '1 second'`)
  await harness.asOwner(`update sessions set last_seen_at = now() - interval '8 days'`)
  await harness.asOwner(`update throttles set last_failed_at = now() - interval '2 days'`)
  await harness.worker.runCron()
  for (const table of ['invitations', 'email_tokens', 'sessions', 'throttles'])
    await expect.poll(() => count(table)).toBe(0)
})

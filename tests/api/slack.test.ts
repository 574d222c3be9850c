import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { askSlack, consentInSlack, type SlackStandIn, signSlack } from '#edge/local/slack-stand-in.ts'
import { type DashboardClient, newPerson } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
let slack: SlackStandIn
let owner: DashboardClient
let project: string
beforeAll(async () => {
  harness = await startHarness({ slack: true })
  if (harness.slack === null) throw new Error('no stand-in')
  slack = harness.slack
  owner = await newPerson(harness, 'ada@example.com')
  project = (await owner.json<{ id: string }>('POST', '/api/projects', { name: 'Acme docs' })).id
  const content = '# Zebras\n\n## Crossing\n\nA zebra crosses the road <!channel> at the striped crossing.\n'
  await owner.json('POST', `/api/projects/${project}/documents`, { path: 'zebra.md', content })
  await connect()
  await vi.waitFor(async () => expect(await answerable()).toBe(1), SOON)
}, 240_000)
afterAll(() => harness?.close())

const SOON = { timeout: 15_000, interval: 50 }
const now = () => Math.floor(Date.now() / 1000)
const answerable = async () =>
  (await owner.json<{ items: { state: string }[] }>('GET', `/api/projects/${project}/documents`)).items.length

/** Asks for the address, goes there, and comes back, as a browser does. */
async function connect(client = owner, to = project): Promise<string> {
  const { url } = await client.json<{ url: string }>('POST', `/api/projects/${to}/slack`)
  const back = new URL(await consentInSlack(url, slack.reader.userId))
  const answer = await client.send('GET', back.pathname + back.search)
  return answer.headers.get('location') ?? `${answer.status}`
}

interface Sent {
  body: string
  secret?: string
  seconds?: number
  headers?: Record<string, string>
}

async function send({ body, secret = slack.signingSecret, seconds = now(), headers = {} }: Sent) {
  const signed = { ...signSlack(secret, body, seconds), ...headers }
  const answer = await fetch(`${harness.edge}/webhooks/slack`, { method: 'POST', headers: signed, body })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

/** As the Events API sends it. */
function event(inner: Record<string, unknown>, id = `Ev${crypto.randomUUID()}`): string {
  const { teamId } = slack.reader
  const authorizations = [{ team_id: teamId, user_id: 'U0BOT', is_bot: true }]
  return JSON.stringify({
    ...{ type: 'event_callback', team_id: teamId, api_app_id: 'A1', event_id: id, event_time: now(), authorizations },
    event: inner,
  })
}

/** Says it in the channel first, so that there is a thread to answer in. */
async function mention(text: string, more: Record<string, unknown> = {}) {
  const { channel, token, userId: user } = slack.reader
  const { ts } = await askSlack<{ ts: string }>(slack.url, 'chat.postMessage', { channel, text }, token)
  return { ts, inner: { type: 'app_mention', channel, user, text: `<@U0BOT> ${text}`, ts, ...more } }
}

interface Said {
  ts: string
  text: string
  thread_ts?: string
}

async function thread(ts: string): Promise<string[]> {
  const { channel, token } = slack.reader
  const { messages } = await askSlack<{ messages: Said[] }>(slack.url, 'conversations.replies', { channel, ts }, token)
  return messages.filter((message) => message.ts !== ts).map(({ text }) => text)
}

async function delivery(id: string): Promise<{ state: string; attempts: number; reason: string | null } | undefined> {
  const path = `/api/projects/${project}/webhooks/deliveries`
  const { items } = await owner.json<{ items: { eventId: string; state: string; attempts: number; reason: string }[] }>(
    'GET',
    path,
  )
  return items.find(({ eventId }) => eventId === id)
}

const QUESTION = 'Where does a zebra cross the road?'

describe('what is sent to the app', () => {
  test('is refused where it is not signed by Slack, now, and of a size, without one SQL statement', async () => {
    const body = event({ type: 'app_mention' })
    harness.database.reset()
    const code = async (sent: Sent) => (await send(sent)).body.code
    expect(await code({ body, secret: 'another secret, as long' })).toBe('signature_wrong')
    for (const seconds of [now() - 302, now() + 302])
      expect(await code({ body, seconds })).toBe('timestamp_outside_window')
    const good = signSlack(slack.signingSecret, body, now())
    const signature = good['x-slack-signature'] ?? ''
    for (const bad of [
      ...[signature.toUpperCase(), signature.slice(0, -1), signature.replace('v0', 'v1'), 'v0='],
      ...[`${signature}, ${signature}`, ` ${signature}0`],
    ])
      expect([bad, await code({ body, headers: { 'x-slack-signature': bad } })]).toEqual([bad, 'signature_malformed'])
    for (const bad of ['1e9', '0x10', `${now()}.0`, 'NaN', `-${now()}`])
      expect(await code({ body, headers: { 'x-slack-request-timestamp': bad } })).toBe('signature_malformed')
    expect(await code({ body, headers: { 'x-slack-signature': '' } })).toBe('signature_missing')
    expect(await code({ body: `${body} `, headers: good })).toBe('signature_wrong')
    expect(await code({ body: `\uFEFF${body}`, headers: good })).toBe('signature_wrong')
    expect((await send({ body: 'x'.repeat(200_000) })).status).toBe(413)
    const handshake = JSON.stringify({ type: 'url_verification', challenge: 'c', token: 't' })
    expect(await code({ body: handshake, secret: 'another secret, as long' })).toBe('signature_wrong')
    expect((await send({ body: handshake })).body).toEqual({ challenge: 'c' })
    // Signed, and still nothing that Slack sends.
    for (const odd of ['', '[]', 'null', '{"type":"event_callback"}', '{', 'text=hello', '\0'])
      expect([odd, (await send({ body: odd })).status]).toEqual([odd, 400])
    expect(harness.database.statements()).toBe(0)
  })

  test('by a bot, or of a kind that asks nothing, is received and goes no further', async () => {
    const { inner } = await mention(QUESTION)
    harness.database.reset()
    for (const change of [
      { bot_id: 'B1' },
      { user: 'U0BOT' },
      { subtype: 'message_changed' },
      { type: 'reaction_added' },
    ])
      expect((await send({ body: event({ ...inner, ...change }) })).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(harness.database.statements()).toBe(0)
  })
})

test('a mention is answered in its thread with sources, once, however often and at once it is sent', async () => {
  const { ts, inner } = await mention(QUESTION)
  const body = event(inner, 'Ev_twice')
  const sent = Array.from({ length: 8 }, (_, n) =>
    send({ body, headers: n > 0 ? { 'x-slack-retry-num': `${n}` } : {} }),
  )
  for (const { status } of await Promise.all(sent)) expect(status).toBe(200)
  await expect.poll(async () => (await thread(ts)).join(), SOON).toContain('*Sources*')
  const [answer = ''] = await thread(ts)
  expect(answer).toMatch(/at the striped crossing/)
  // What stands in a document calls nobody together.
  expect(answer).not.toContain('<!')
  // The others have come and gone by the time that one more is answered.
  const next = await mention(QUESTION, { thread_ts: ts })
  await send({ body: event(next.inner, 'Ev_next') })
  await expect.poll(async () => (await delivery('Ev_next'))?.state, SOON).toBe('done')
  expect(await thread(ts)).toHaveLength(2)
  expect(await delivery('Ev_twice')).toMatchObject({ state: 'done', attempts: 1 })
  const { items } = await owner.json<{ items: { channel: string; questions: number }[] }>(
    ...(['GET', `/api/projects/${project}/conversations`] as const),
  )
  // Both were asked in one thread.
  expect(items).toMatchObject([{ channel: 'slack', questions: 2 }])
}, 60_000)

test('the example asks in Slack and prints the answer that came into the thread', async () => {
  const { teamId: team, userId: user, channel, token } = slack.reader
  const line = {
    url: `${harness.edge}/webhooks/slack`,
    secret: slack.signingSecret,
    api: slack.url,
    team,
    channel,
    user,
    token,
  }
  const example = fileURLToPath(new URL('../../examples/10-slack/mention.ts', import.meta.url))
  const env = { PATH: process.env.PATH, PERNOEX_SLACK: JSON.stringify(line) }
  const { stdout } = await promisify(execFile)(process.execPath, [example, QUESTION], { env })
  expect(stdout).toMatch(/striped crossing[\s\S]*Sources/)
}, 60_000)

test('a command is acknowledged at once, and what it asked stands with its answer; an unanswerable one says so', async () => {
  const { channel, userId, teamId } = slack.reader
  const command = (trigger: string, text: string) =>
    new URLSearchParams({
      ...{ command: '/docs', text, team_id: teamId, channel_id: channel, user_id: userId, trigger_id: trigger },
      response_url: 'https://hooks.slack.com/commands/1',
    }).toString()
  expect((await send({ body: command('1.1', ' ') })).body.text).toContain('Ask a question')
  slack.failNext('chat.postMessage', 1, 500)
  const body = command('1.2', 'Which llama sings opera in Paris?')
  for (const { body: told } of [await send({ body }), await send({ body })])
    expect(told).toMatchObject({ response_type: 'ephemeral' })
  const { token } = slack.reader
  const found = async () => {
    const { messages } = await askSlack<{ messages: Said[] }>(slack.url, 'conversations.history', { channel }, token)
    return messages.filter(({ text }) => text.includes('llama')).map(({ text }) => text)
  }
  await expect.poll(async () => (await found()).join(), SOON).toContain('could not find an answer')
  expect(await found()).toEqual([expect.stringContaining(`<@${userId}> asked: Which llama`)])
  expect(await delivery('1.2')).toMatchObject({ state: 'done', attempts: 2 })
}, 60_000)

test('Slack failing between placeholder and answer, and asking to wait, loses nothing and repeats nothing', async () => {
  const { ts, inner } = await mention(QUESTION)
  slack.failNext('chat.update', 1, 429, { 'retry-after': '1' })
  const began = Date.now()
  await send({ body: event(inner, 'Ev_limited') })
  expect(Date.now() - began).toBeLessThan(1000)
  await expect.poll(async () => (await delivery('Ev_limited'))?.reason, SOON).toContain('429')
  expect(await thread(ts)).toEqual([expect.stringContaining('Looking it up')])
  await expect.poll(async () => (await thread(ts)).join(), SOON).toContain('*Sources*')
  expect(await thread(ts)).toHaveLength(1)
  const kept = await harness.asProject(project as never, `select count(*)::int as n from slack_answers`)
  await expect.poll(() => delivery('Ev_limited'), SOON).toMatchObject({ state: 'done', attempts: 2 })
  expect(kept).toBeDefined()
  const rows = `select count(*)::int as n from messages where role = 'assistant'`
  const before = await harness.asProject(project as never, rows)
  // What Slack refuses for good is put aside with the reason, and can be sent again by hand.
  await send({ body: event({ ...inner, channel: 'C0NOWHERE' }, 'Ev_nowhere') })
  await expect.poll(async () => (await delivery('Ev_nowhere'))?.state, SOON).toBe('dead')
  expect((await delivery('Ev_nowhere'))?.reason).toContain('channel_not_found')
  expect(await harness.asProject(project as never, rows)).toEqual(before)
}, 60_000)

describe('a workspace', () => {
  test('is one project’s, is connected only in the session that asked, and its token is stored sealed', async () => {
    const bert = await newPerson(harness, 'bert@example.com')
    const other = (await bert.json<{ id: string }>('POST', '/api/projects', { name: 'Other' })).id
    expect(await connect(bert, other)).toBe(`/projects/${other}/slack#problem=slack_workspace_taken`)
    const { url } = await owner.json<{ url: string }>('POST', `/api/projects/${project}/slack`)
    expect(new URL(url).searchParams.get('scope')).toBe('app_mentions:read,chat:write,commands,im:history')
    const back = new URL(await consentInSlack(url, slack.reader.userId))
    const stolen = await bert.send('GET', back.pathname + back.search)
    expect(stolen.headers.get('location')).toBe('/#problem=slack_state_wrong')
    const refused = await owner.send(
      'GET',
      `/api/slack/callback?error=access_denied&${back.searchParams}`.replace(/&code=\w+/, ''),
    )
    expect(refused.headers.get('location')).toBe(`/projects/${project}/slack#problem=slack_refused`)
    const list = await owner.json('GET', `/api/projects/${project}/slack`)
    expect(list).toMatchObject({ configured: true, items: [{ teamId: slack.reader.teamId, name: 'Acme' }] })
    const [row] = await harness.asProject(
      project as never,
      `select encode(sealed_token, 'escape') as token from slack_workspaces`,
    )
    expect(String(row?.token)).not.toContain('xoxb')
    expect(JSON.stringify(harness.logs())).not.toContain('xoxb')
  })

  test('is disconnected by its owner, with the token given back, and by Slack, at once', async () => {
    const { teamId } = slack.reader
    expect(await owner.json('DELETE', `/api/projects/${project}/slack/${teamId}`)).toEqual({ revoked: true })
    expect(slack.revoked.size).toBe(1)
    const { ts, inner } = await mention(QUESTION)
    await send({ body: event(inner, 'Ev_after') })
    await expect
      .poll(() => harness.logs().some(({ message }) => message.includes('slack_event_stray')), SOON)
      .toBe(true)
    expect(await thread(ts)).toEqual([])
    expect(await connect()).toBe(`/projects/${project}/slack#connected=${teamId}`)
    // Of an installation before this one.
    const old = { ...JSON.parse(event({ type: 'app_uninstalled' }, 'Ev_old')), event_time: now() - 3600 }
    await send({ body: JSON.stringify(old) })
    await expect.poll(async () => (await delivery('Ev_old'))?.state, SOON).toBe('done')
    const items = async () => (await owner.json<{ items: unknown[] }>('GET', `/api/projects/${project}/slack`)).items
    expect(await items()).toHaveLength(1)
    await send({ body: event({ type: 'tokens_revoked', tokens: { bot: ['U0BOT'] } }) })
    await expect.poll(items, SOON).toEqual([])
    const audit = await owner.json<{ items: { action: string; actor: object }[] }>('GET', '/api/audit')
    expect(audit.items[0]).toMatchObject({ action: 'slack.disconnected', actor: { id: null, email: 'Slack' } })
  }, 60_000)
})

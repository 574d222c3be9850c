import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEndpoint, listDeliveries } from '#edge/flows/manage-webhooks.ts'
import { SPOKEN_SENTENCES } from '#edge/rules/spoken.ts'
import { type Harness, startHarness, type TestProject } from './harness.ts'

const RETELL_KEY = 'key_0123456789abcdef'
let harness: Harness
let project: TestProject
let url: string
let secret: string
let retellUrl: string
beforeAll(async () => {
  harness = await startHarness({ limits: 'on' })
  project = await harness.createProject()
  const keys =
    '# Keys\n\n## Rotate a key\n\nTo rotate a key, press **Rotate** on the [Keys](https://d.example/keys) page.\n'
  await project.ingest({ 'keys.md': keys }, { siteUrl: 'https://d.example' })
  const make = async (provider: string, own?: string) => {
    const made = await createEndpoint(project.management, { label: provider, kind: 'voice', provider, secret: own })
    if (!made.ok) throw new Error(made.reason)
    return { url: `${harness.edge}/webhooks/voice/${made.value.id}`, secret: made.value.secret }
  }
  ;({ url, secret } = await make('vapi'))
  ;({ url: retellUrl } = await make('retell', RETELL_KEY))
  await project.publish()
}, 240_000)
afterAll(() => harness.close())

let count = 0
function sign(body: string, key = secret) {
  const id = `msg_${count++}`
  const time = String(Math.floor(Date.now() / 1000))
  const mac = createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
    .update(`${id}.${time}.${body}`)
    .digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${mac}` }
}

async function send(event: unknown, key = secret): Promise<{ status: number; said: unknown }> {
  const body = JSON.stringify(event)
  const answer = await fetch(url, { method: 'POST', headers: sign(body, key), body })
  return { status: answer.status, said: await answer.json() }
}

const toolCall = (question: unknown, id: string, call = 'call-1') => ({
  message: { type: 'tool-calls', call: { id: call }, toolCallList: [{ id, name: 'docs', arguments: { question } }] },
})
const said = (id: string, result: unknown) => ({ status: 200, said: { results: [{ toolCallId: id, result }] } })

const QUESTION = 'How do I rotate a key?'
const ANSWER = expect.stringMatching(/^[^[\]()*`]*press Rotate on the Keys page\. That is from the page 'Keys'\.$/)

async function conversations(): Promise<{ said: string[] }[]> {
  const rows = await project.sql(
    `select c.id, array_agg(m.role || ': ' || m.markdown order by m.position) said from conversations c
     join messages m on m.conversation_id = c.id where c.channel = 'voice' group by c.id order by min(m.position)`,
  )
  return rows as unknown as { said: string[] }[]
}

describe('a voice agent', () => {
  test('is not heard without the right signature: 401, and no SQL', async () => {
    harness.database.reset()
    expect(await send(toolCall(QUESTION, 'x'), `whsec_${Buffer.alloc(32).toString('base64')}`)).toMatchObject({
      status: 401,
      said: { code: 'signature_wrong' },
    })
    expect(harness.database.statements()).toBe(0)
  })

  test('is answered in words, and again with the same id: the same, stored once', async () => {
    const first = await send(toolCall(QUESTION, 'a'))
    expect(first).toEqual(said('a', ANSWER))
    expect(await Promise.all([send(toolCall(QUESTION, 'a')), send(toolCall(QUESTION, 'a'))])).toEqual([first, first])
    // What is asked later in the call goes on with the same conversation.
    expect(await send(toolCall('What is the price of a giraffe?', 'b'))).toEqual(said('b', SPOKEN_SENTENCES.abstained))
    expect(await send(toolCall(7, 'c'))).toEqual(said('c', SPOKEN_SENTENCES.noQuestion))
    const [conversation, ...others] = await conversations()
    expect(others).toEqual([])
    expect(conversation?.said).toHaveLength(4)
  })

  test('by Retell gets its result, signed by its own way alone', async () => {
    const body = JSON.stringify({ name: 'ask_docs', args: { question: QUESTION }, call: { call_id: 'r1' } })
    const at = Date.now()
    const mac = createHmac('sha256', RETELL_KEY)
      .update(body + at)
      .digest('hex')
    const answer = await fetch(retellUrl, {
      method: 'POST',
      headers: { 'x-retell-signature': `v=${at},d=${mac}` },
      body,
    })
    expect(await answer.json()).toEqual({ result: ANSWER })
    expect((await fetch(retellUrl, { method: 'POST', headers: sign(body), body })).status).toBe(401)
  })

  test('in the plain form gets the titles beside it', async () => {
    expect(await send({ question: QUESTION })).toEqual({ status: 200, said: { answer: ANSWER, sources: ['Keys'] } })
  })

  test.each([
    ['ask.ts', process.execPath],
    ['ask.sh', 'bash'],
  ])('is shown by the example %s', async (file, command) => {
    const path = fileURLToPath(new URL(`../../examples/11-voice/${file}`, import.meta.url))
    const env = { PATH: process.env.PATH, PERNOEX_WEBHOOK_URL: url, PERNOEX_WEBHOOK_SECRET: secret }
    // Not waited for in this process' only thread: the database is in it.
    const { stdout, stderr } = await promisify(execFile)(command, [path, QUESTION], { env })
    expect(stderr).toBe('')
    expect(stdout).toContain("press Rotate on the Keys page. That is from the page 'Keys'.")
  })

  test('hears an apology while the database is away', async () => {
    harness.database.break()
    expect(await send(toolCall(QUESTION, 'away', 'call-away'))).toEqual(said('away', SPOKEN_SENTENCES.failed))
    harness.database.heal()
    expect(await send(toolCall(QUESTION, 'away', 'call-away'))).toEqual(said('away', ANSWER))
  })

  test('hears in words that the day is used up; what was answered is said again', async () => {
    // So far: a, b, Retell, the plain one, two examples, and the one that came twice while the database was away.
    await project.sql(`update projects set limits = '{"answersPerDay": 8}'`)
    await project.publish()
    expect(await send(toolCall(QUESTION, 'eighth'))).toEqual(said('eighth', ANSWER))
    expect(await send(toolCall(QUESTION, 'late'))).toEqual(said('late', SPOKEN_SENTENCES.usedUp))
    expect(await send(toolCall(QUESTION, 'a'))).toEqual(said('a', ANSWER))
  })
})

test('a call that is over becomes one conversation, though it comes twice at once and brings more than a queue takes', async () => {
  const turns = [
    { role: 'system', message: 'x'.repeat(200_000) },
    { role: 'user', message: 'Is anybody there?' },
    { role: 'bot', message: 'I am.' },
  ]
  const report = { message: { type: 'end-of-call-report', call: { id: 'call-2' }, artifact: { messages: turns } } }
  expect((await Promise.all([send(report), send(report)])).map(({ status }) => status)).toEqual([200, 200])
  expect(
    (await send({ message: { type: 'end-of-call-report', call: { id: 'call-3' }, messages: 'none' } })).status,
  ).toBe(200)
  const ended = async () => {
    const list = await listDeliveries(project.management, {})
    return list.ok ? list.value.items.filter(({ state }) => state !== 'waiting') : []
  }
  await expect.poll(ended, { timeout: 30_000, interval: 200 }).toHaveLength(3)
  expect((await ended()).map(({ state, reason }) => [state, reason]).sort()).toEqual([
    ['dead', 'Its transcript is not a list of turns.'],
    ['done', null],
    ['done', null],
  ])
  const called = (await conversations()).filter(({ said: words }) => words[0]?.includes('anybody'))
  expect(called).toMatchObject([{ said: ['visitor: Is anybody there?', 'assistant: I am.'] }])
})

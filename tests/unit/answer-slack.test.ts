import { describe, expect, test } from 'vitest'
import type { SlackApp } from '#edge/account-ports.ts'
import type { ProjectSlack, TakenEvent } from '#edge/db/slack.ts'
import { DatabaseUnavailable, SlackRefused, SlackUnavailable } from '#edge/errors.ts'
import { answerInSlack, type SlackAnswering } from '#edge/flows/answer-slack.ts'
import { slackTokenPlace } from '#edge/flows/connect-slack.ts'
import { createSlackApp } from '#edge/providers/slack/slack.ts'
import { MAX_ATTEMPTS } from '#edge/rules/webhook.ts'
import { utf8 } from '#shared/bytes.ts'
import { newId } from '#shared/ids.ts'
import { seal } from '#shared/seal.ts'

const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)
const projectId = newId('project', random)
const sealingKeys = new Map([['a', new Uint8Array(32).fill(7)]])

const message = { type: 'app_mention', channel: 'C1', user: 'U1', ts: '1.1', text: '<@U0> How do I rotate a key?' }
const body = utf8(JSON.stringify({ type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event: message }))
const event = { eventId: 'Ev1', sent: { type: 'app_mention', body, receivedAtMs: 0 } }

/** A workspace, a gate that refuses for the month, and a note of all that is done; `app` replaces Slack's answers. */
async function world(taken: Partial<TakenEvent> = {}, app: Partial<SlackApp> = {}) {
  const done: string[] = []
  const note =
    (name: string, answer: unknown = undefined) =>
    async (...args: unknown[]) => {
      done.push([name, ...args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)))].join(' '))
      return answer as never
    }
  const sealed = await seal(sealingKeys, slackTokenPlace(projectId, 'T1'), utf8('xoxb'), random)
  const rows = {
    takeEvent: async () => ({ body, attempts: 1, placeholderTs: null, answerId: null, ...taken }),
    readToken: async () => sealed,
    notePlaceholder: note('placeholder'),
    noteAdmission: note('admission'),
    postponeEvent: note('postpone'),
    endEvent: note('end'),
  } as unknown as ProjectSlack
  const ports = {
    open: () => rows,
    app: { post: note('post', '1.2'), update: note('update'), ...app },
    gate: { admitAnswer: async () => ({ ok: false, reason: 'quota_exceeded' }) },
    settings: { threadSecret: 't'.repeat(32), sealingKeys },
    random,
  } as unknown as SlackAnswering
  return { done, run: () => answerInSlack(projectId, event, ports) }
}

const fails = (error: Error) => async () => {
  throw error
}

describe('answering in Slack', () => {
  test('says first that it looks, notes where, and tells in words that the plan is used up', async () => {
    const { done, run } = await world()
    expect(await run()).toEqual({ done: true })
    expect(done.map((line) => line.split(' ')[0])).toEqual(['post', 'placeholder', 'update', 'end'])
    expect(done[2]).toContain('are used up')
  })

  test('goes on behind the message that it has sent before', async () => {
    const { done, run } = await world({ placeholderTs: '1.2', attempts: 2 })
    await run()
    expect(done.map((line) => line.split(' ')[0])).toEqual(['update', 'end'])
  })

  test('that somebody has deleted meanwhile sends the answer anew', async () => {
    const { done, run } = await world(
      { placeholderTs: '1.2' },
      { update: fails(new SlackRefused('message_not_found')) },
    )
    expect(await run()).toEqual({ done: true })
    expect(done).toEqual(
      ['placeholder Ev1 ', expect.stringContaining('are used up'), 'end Ev1 done '].map((line) =>
        typeof line === 'string' ? expect.stringContaining(line.trim()) : line,
      ),
    )
  })

  test('waits as long as Slack asks, gives up after its attempts, and at once where Slack says no', async () => {
    const limited = { post: fails(new SlackUnavailable('Slack answered 429.', { retryAfterSeconds: 30 })) }
    const first = await world({}, limited)
    expect(await first.run()).toMatchObject({ done: false, retryAfterSeconds: 30 })
    expect(first.done).toEqual([expect.stringContaining('postpone Ev1 Attempt 1 failed. Slack answered 429.')])
    const last = await world({ attempts: MAX_ATTEMPTS }, limited)
    expect(await last.run()).toEqual({ done: true })
    expect(last.done).toEqual([`end Ev1 dead ${MAX_ATTEMPTS} attempts failed. Slack answered 429.`])
    const refused = await world({}, { post: fails(new SlackRefused('not_in_channel')) })
    expect(await refused.run()).toEqual({ done: true })
    expect(refused.done).toEqual([expect.stringContaining('end Ev1 dead The app is not in that channel')])
    const away = await world({}, { post: fails(new DatabaseUnavailable('away')) })
    await expect(away.run()).rejects.toThrow(DatabaseUnavailable)
  })
})

describe('Slack’s Web API', () => {
  const answering = (answer: Response | Error) =>
    createSlackApp(
      { clientId: 'c', clientSecret: 's', endpoint: 'https://slack.example', redirectUri: 'https://app.example/cb' },
      async () => {
        if (answer instanceof Error) throw answer
        return answer
      },
    )
  const post = (answer: Response | Error) =>
    answering(answer)
      .post('xoxb', { channel: 'C1', threadTs: null, text: 'x' })
      .then(String, (error) => error)

  test('tells what may pass from what will not', async () => {
    expect(await post(Response.json({ ok: true, ts: '1.2' }))).toBe('1.2')
    for (const passing of [
      new Response('', { status: 500 }),
      new Response('<html>'),
      Response.json({ ok: false, error: 'internal_error' }),
      new TypeError('network'),
    ])
      expect(await post(passing)).toBeInstanceOf(SlackUnavailable)
    const limited = await post(new Response('', { status: 429, headers: { 'retry-after': '7' } }))
    expect(limited).toMatchObject({ name: 'SlackUnavailable', retryAfterSeconds: 7 })
    expect(await post(Response.json({ ok: false, error: 'is_archived' }))).toMatchObject({ code: 'is_archived' })
  })

  test('takes a workspace’s token and nothing else', async () => {
    const granted = { ok: true, token_type: 'bot', access_token: 'xoxb', scope: 'a,b', bot_user_id: 'U0' }
    const team = { id: 'T1', name: 'Acme' }
    expect(await answering(Response.json({ ...granted, team })).install('code')).toEqual({
      ...{ teamId: 'T1', name: 'Acme', token: 'xoxb', botUserId: 'U0', scopes: ['a', 'b'] },
    })
    for (const odd of [
      { ...granted, team: null },
      { ...granted, team, token_type: 'user' },
    ])
      await expect(answering(Response.json(odd)).install('code')).rejects.toThrow(SlackRefused)
  })
})

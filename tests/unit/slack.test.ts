import { describe, expect, test } from 'vitest'
import { slackAnswer, toMrkdwn } from '#edge/rules/mrkdwn.ts'
import { readSlackEvent } from '#edge/rules/slack-event.ts'
import { INSTALL_MS, openInstall, sealInstall } from '#edge/rules/slack-install.ts'
import { utf8 } from '#shared/bytes.ts'
import { newId } from '#shared/ids.ts'

const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)

describe('an answer in Slack’s markup', () => {
  test.each([
    ['**Strong** & <b>', '*Strong* &amp; &lt;b&gt;'],
    ['- one\n  - two', '• one\n  • two'],
    ['## Install `npm`', '*Install `npm`*'],
    ['[the *page*](https://a.example/x?a=1&b=2)', '<https://a.example/x?a=1&amp;b=2|the *page*>'],
    ['[no](javascript:alert(1))', 'no'],
    ['[pipe|and > more](https://a.example/a|b>c)', '<https://a.example/a%7Cb%3Ec|pipe¦and &gt; more>'],
    ['`a <b> & c` \\*plain\\*', '`a &lt;b&gt; &amp; c` *plain*'],
    ['```js\nif (a < b) **x**\n```', '```\nif (a &lt; b) **x**\n```'],
    ['```\nleft open', '```\nleft open\n```'],
    ['<!channel> <@U1> <#C1>', '&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt;'],
  ])('%j', (markdown, text) => expect(toMrkdwn(markdown)).toBe(text))

  test('has the sources that it names below it, and stays within what Slack shows', () => {
    const source = (n: number, url: string) => ({
      ...{ n, passageId: 'psg', title: 'A | <page>', headings: ['Part'], url, quote: 'q' },
    })
    const cited = [source(1, 'https://a.example/#part'), source(2, 'https://b.example/'), source(3, '/relative')]
    expect(slackAnswer('Yes. [1] And [3]', cited)).toBe(
      'Yes. [1] And [3]\n\n*Sources*\n[1] <https://a.example/#part|A ¦ &lt;page&gt; › Part>\n[3] A | &lt;page&gt; › Part'.replace(
        'A | &lt;page',
        'A ¦ &lt;page',
      ),
    )
    expect(slackAnswer('Nothing.', cited)).toBe('Nothing.')
    const long = slackAnswer(`\`\`\`\n${'word\n'.repeat(2000)}\`\`\``, [])
    expect(long.length).toBeLessThan(4000)
    expect(long).toMatch(/word\n```\n…$/)
  })
})

const read = (value: unknown) => readSlackEvent(utf8(typeof value === 'string' ? value : JSON.stringify(value)))
const message = { type: 'app_mention', channel: 'C1', user: 'U1', ts: '1.2', text: '<@U0> how?' }
const envelope = (event: object) => ({ type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event_time: 7, event })

describe('what Slack sends', () => {
  test('is a question, with the thread that it stands in and the words alone', () => {
    const asked = {
      kind: 'question',
      teamId: 'T1',
      channel: 'C1',
      user: 'U1',
      threadTs: '1.2',
      goesOn: false,
      text: 'how?',
    }
    expect(read(envelope(message))).toEqual(asked)
    expect(read(envelope({ ...message, thread_ts: '1.1' }))).toEqual({ ...asked, threadTs: '1.1', goesOn: true })
    const direct = { ...message, type: 'message', channel: 'D1', channel_type: 'im' }
    expect(read(envelope(direct))).toEqual({ ...asked, channel: 'D1' })
    const marked = {
      ...message,
      text: '<@U0>  a &lt;b&gt; <https://a.example|this> in <#C1|docs>\n&amp; <https://b.example>',
    }
    expect(read(envelope(marked))).toMatchObject({ text: 'a <b> this in docs & https://b.example' })
    expect(read(envelope({ ...message, text: 'x'.repeat(9000) }))).toMatchObject({ text: 'x'.repeat(2000) })
    expect(read(envelope({ ...message, text: 'a\0b\ud800' }))).toMatchObject({ text: 'ab\ufffd' })
  })

  test('is nothing where a bot says it, or nobody to the app', () => {
    for (const change of [
      ...[{ bot_id: 'B1' }, { app_id: 'A1' }, { subtype: 'message_deleted' }, { user: undefined }, { ts: 'now' }],
      ...[{ channel: 7 }, { type: 'message', channel_type: 'channel' }, { type: 'reaction_added' }],
    ])
      expect(read(envelope({ ...message, ...change }))).toMatchObject({ kind: 'nothing' })
    const own = { ...envelope(message), authorizations: [{ is_bot: true, user_id: 'U1' }] }
    expect(read(own)).toMatchObject({ kind: 'nothing' })
    expect(read({ type: 'event_callback', team_id: 'T1' })).toMatchObject({ kind: 'nothing' })
  })

  test('ends a workspace, by the bot’s token and no person’s', () => {
    expect(read(envelope({ type: 'app_uninstalled' }))).toEqual({ kind: 'end', teamId: 'T1', atMs: 7000 })
    const revoked = (tokens: object) => read(envelope({ type: 'tokens_revoked', tokens }))?.kind
    expect([revoked({ bot: ['U0'] }), revoked({ oauth: ['U1'] }), revoked({ bot: [] })]).toEqual([
      'end',
      'nothing',
      'nothing',
    ])
  })

  test('is a command by its bytes, whatever else it claims to be, or it is not read at all', () => {
    const form = 'command=%2Fdocs&text=how+to%3F&team_id=T1&channel_id=C1&user_id=U1&trigger_id=1.2'
    expect(read(form)).toMatchObject({ kind: 'question', threadTs: null, text: 'how to?' })
    expect(read('command=%2Fdocs&team_id=t1')).toMatchObject({ kind: 'nothing' })
    for (const odd of ['', 'text=hello', '[]', '{', '"command=1"', '{"type":"url_verification"}'])
      expect([odd, read(odd)?.kind ?? null]).toEqual([odd, odd.startsWith('[') ? null : null])
    expect(read({ type: 'url_verification', challenge: 'c' })).toEqual({ kind: 'handshake', challenge: 'c' })
  })
})

test('an installation comes back in the session that began it, within its time, unchanged', () => {
  const [key, session] = [utf8('k'.repeat(32)), utf8('session')]
  const projectId = newId('project', random)
  const state = sealInstall(key, session, { projectId, nowMs: 1000, random })
  expect(openInstall(key, session, state, 1000 + INSTALL_MS - 1)).toBe(projectId)
  expect(openInstall(key, session, state, 1000 + INSTALL_MS)).toBeNull()
  expect(openInstall(key, utf8('another'), state, 1000)).toBeNull()
  expect(openInstall(utf8('x'.repeat(32)), session, state, 1000)).toBeNull()
  for (const odd of [null, '', `${state}0`, state.replace(/^./, 'f'), state.slice(0, -1)])
    expect(openInstall(key, session, odd, 1000)).toBeNull()
})

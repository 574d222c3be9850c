/** Asks the app in Slack, as Slack would send it, and shows what it answers: `node mention.ts "How do I rotate a key?"`. */
import { createHmac, randomUUID } from 'node:crypto'

interface SlackLine {
  url: string
  secret: string
  api: string
  team: string
  channel: string
  user: string
  token: string
}

interface Message {
  ts: string
  text: string
}

/** A method of Slack's Web API, as a person of the workspace. */
async function call<Answer>({ api, token }: SlackLine, method: string, body: Record<string, string>): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${api}/api/${method}`, { method: 'POST', headers, body: new URLSearchParams(body) })
  return (await answer.json()) as Answer
}

/** An event as the Events API sends it, signed as Slack signs: over `v0`, the time and the body’s bytes. */
async function sendEvent({ url, secret, team }: SlackLine, event: object): Promise<void> {
  const seconds = Math.floor(Date.now() / 1000)
  const envelope = { type: 'event_callback', team_id: team, event_id: `Ev${randomUUID()}`, event_time: seconds, event }
  const body = JSON.stringify(envelope)
  const signature = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')
  const headers = { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${signature}` }
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
  if (!answer.ok) throw new Error(`Refused: ${answer.status} ${await answer.text()}`)
}

async function main(question: string): Promise<void> {
  const line = process.env.PERNOEX_SLACK
  if (!line) throw new Error('Set PERNOEX_SLACK to webhooks.slack of the line that npm start prints.')
  const slack = JSON.parse(line) as SlackLine
  const { channel, user } = slack
  const { ts } = await call<Message>(slack, 'chat.postMessage', { channel, text: question })
  await sendEvent(slack, { type: 'app_mention', channel, user, ts, text: `<@U0PERNOEX> ${question}` })
  for (let tries = 0; tries < 100; tries++) {
    const { messages } = await call<{ messages: Message[] }>(slack, 'conversations.replies', { channel, ts })
    const answer = messages.find((message) => message.ts !== ts)
    if (answer && !answer.text.endsWith('…')) {
      console.log(answer.text)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('No answer within twenty seconds.')
}

try {
  await main(process.argv[2] ?? 'How do I rotate an API key?')
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

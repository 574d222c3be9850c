/** Asks as Vapi's voice agents do, in the middle of a call: `node ask.ts 'How do I rotate a key?'` prints what the caller hears. */
import { createHmac, randomUUID } from 'node:crypto'

const { PERNOEX_WEBHOOK_URL, PERNOEX_WEBHOOK_SECRET } = process.env

async function ask(question: string): Promise<string> {
  if (!PERNOEX_WEBHOOK_URL || !PERNOEX_WEBHOOK_SECRET)
    throw new Error('Set PERNOEX_WEBHOOK_URL and PERNOEX_WEBHOOK_SECRET.')
  // The platform's own ids: a second try with the same ones is given the same answer, and costs nothing.
  const toolCallList = [{ id: `call_${randomUUID()}`, name: 'ask_docs', arguments: { question } }]
  const body = JSON.stringify({ message: { type: 'tool-calls', call: { id: randomUUID() }, toolCallList } })
  const id = `msg_${randomUUID()}`
  const timestamp = String(Math.floor(Date.now() / 1000))
  const key = Buffer.from(PERNOEX_WEBHOOK_SECRET.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
  const answer = await fetch(PERNOEX_WEBHOOK_URL, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`Refused: ${answer.status} ${await answer.text()}`)
  const { results } = (await answer.json()) as { results: { toolCallId: string; result: string }[] }
  return results[0]?.result ?? ''
}

try {
  console.log(await ask(process.argv.slice(2).join(' ')))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

/** Keeps a project's documents in step with files: `node push.ts guides/proxy.md …`, or `node push.ts --delete guides/old.md …`. */
import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

const { PERNOEX_WEBHOOK_URL, PERNOEX_WEBHOOK_SECRET, PERNOEX_SITE_URL } = process.env

/** The least that Standard Webhooks asks of a sender; a library of it does the same. */
async function send(event: object): Promise<void> {
  if (!PERNOEX_WEBHOOK_URL || !PERNOEX_WEBHOOK_SECRET)
    throw new Error('Set PERNOEX_WEBHOOK_URL and PERNOEX_WEBHOOK_SECRET.')
  const body = JSON.stringify({ ...event, timestamp: new Date().toISOString() })
  // The same for every attempt at this event: that is what makes it take effect once.
  const id = `msg_${randomUUID()}`
  for (let attempt = 1; ; attempt++) {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const key = Buffer.from(PERNOEX_WEBHOOK_SECRET.slice('whsec_'.length), 'base64')
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
    const answer = await fetch(PERNOEX_WEBHOOK_URL, { method: 'POST', headers, body })
    if (answer.ok) return
    const { code } = (await answer.json().catch(() => ({}))) as { code?: string }
    const comesBack = answer.status === 429 || answer.status >= 500
    if (!comesBack || attempt === 5) throw new Error(`Refused: ${code ?? answer.status}`)
    await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt))
  }
}

async function main(args: string[]): Promise<void> {
  const remove = args[0] === '--delete'
  const paths = remove ? args.slice(1) : args
  if (paths.length === 0) throw new Error('Name at least one file.')
  const site = PERNOEX_SITE_URL ? { siteUrl: PERNOEX_SITE_URL } : {}
  for (const path of paths) {
    const event = remove
      ? { type: 'documents.delete', data: { path } }
      : { type: 'documents.upsert', data: { path, content: readFileSync(path, 'utf8'), ...site } }
    await send(event)
    console.log(`${remove ? 'Removed' : 'Sent'} ${path}`)
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { choosePort } from './ports.ts'

/**
 * Slack on this machine: emulate's, which has workspace, channels, messages and the installation of apps, behind a door that adds
 * what emulate lacks: `auth.revoke`, and failing when it is asked to. Slack's events are signed by `signSlack`, since emulate
 * sends none.
 */
export interface SlackStandIn {
  /** `http://127.0.0.1:PORT` */
  url: string
  vars: Record<string, string>
  secrets: Record<string, string>
  signingSecret: string
  /** Of a person who is in every channel. */
  reader: { token: string; userId: string; teamId: string; channel: string }
  /** The next calls of a method fail with that status, and then work again. */
  failNext(method: string, times: number, status: number, headers?: Record<string, string>): void
  /** Methods that were called, the first one first. */
  calls: string[]
  revoked: Set<string>
  close(): Promise<void>
}

const CLIENT = { client_id: 'pernoex-local', client_secret: 'not-a-secret' }
const READER = 'xoxp-reader'

export async function startSlackStandIn(firstPort: number, app: string): Promise<SlackStandIn> {
  const { createEmulator } = await import('emulate')
  const port = await choosePort(null, firstPort)
  const innerPort = await choosePort(null, port + 1)
  const url = `http://127.0.0.1:${port}`
  const emulator = await createEmulator({
    ...{ service: 'slack', port: innerPort, baseUrl: url },
    seed: {
      slack: {
        team: { name: 'Acme', domain: 'acme' },
        users: [{ name: 'ada', real_name: 'Ada Lovelace', email: 'ada@acme.example' }],
        channels: [{ name: 'docs' }],
        oauth_apps: [
          { ...CLIENT, name: 'Pernoex', redirect_uris: [`${app}/api/slack/callback`], scopes: ['chat:write'] },
        ],
        tokens: [
          { token: READER, user: 'ada', type: 'user', scopes: ['chat:write', 'channels:history', 'channels:read'] },
        ],
      },
    },
  })
  const [calls, revoked] = [[] as string[], new Set<string>()]
  const failures = new Map<string, { times: number; status: number; headers: Record<string, string> }>()
  const server = createServer((request, response) => {
    forward(request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = /^\/api\/([\w.]+)/.exec(request.url ?? '')?.[1] ?? ''
    const body = await text(request)
    if (method !== '') calls.push(method)
    const failure = failures.get(method)
    if (failure !== undefined && failure.times > 0) {
      failure.times -= 1
      response.writeHead(failure.status, failure.headers).end('{"ok":false}')
      return
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (method === 'auth.revoke' || revoked.has(token)) {
      const isRevoking = method === 'auth.revoke' && !revoked.has(token)
      if (isRevoking) revoked.add(token)
      const answer = isRevoking ? { ok: true, revoked: true } : { ok: false, error: 'token_revoked' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      return
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
    const answer = await fetch(`http://127.0.0.1:${innerPort}${request.url}`, {
      ...{ method: request.method ?? 'GET', headers: headers as Record<string, string>, redirect: 'manual' },
      ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { body }),
    })
    const location = answer.headers.get('location')
    const type = answer.headers.get('content-type') ?? 'text/plain'
    response.writeHead(answer.status, { 'content-type': type, ...(location === null ? {} : { location }) })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }
  // As the database's endpoint: the Worker keeps its connections, and one that is closed under it fails its request.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return {
    url,
    ...{ vars: { SLACK_CLIENT_ID: CLIENT.client_id, SLACK_ENDPOINT: url } },
    ...(await secretsOf()),
    reader: await lookAround(url),
    ...{ calls, revoked },
    failNext: (method, times, status, headers = {}) => void failures.set(method, { times, status, headers }),
    async close() {
      server.closeAllConnections()
      await Promise.allSettled([new Promise((resolve) => server.close(resolve)), emulator.close()])
    },
  }
}

async function secretsOf() {
  const signingSecret = randomBytes(16).toString('hex')
  return { signingSecret, secrets: { SLACK_CLIENT_SECRET: CLIENT.client_secret, SLACK_SIGNING_SECRET: signingSecret } }
}

async function lookAround(url: string): Promise<SlackStandIn['reader']> {
  const who = await askSlack<{ user_id: string; team_id: string }>(url, 'auth.test', {}, READER)
  const list = await askSlack<{ channels: { id: string; name: string }[] }>(url, 'conversations.list', {}, READER)
  const channel = list.channels.find(({ name }) => name === 'docs')?.id ?? ''
  return { token: READER, userId: who.user_id, teamId: who.team_id, channel }
}

/** A call of Slack's Web API. */
export async function askSlack<Answer>(
  url: string,
  method: string,
  body: Record<string, string>,
  token: string,
): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${url}/api/${method}`, { method: 'POST', headers, body: new URLSearchParams(body) })
  return (await answer.json()) as Answer
}

/** The headers of a request as Slack signs it: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function signSlack(secret: string, body: string | Uint8Array, seconds: number): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`v0:${seconds}:`).update(body).digest('hex')
  return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${signature}` }
}

/** The person's part of adding the app to the workspace: Slack's page, one click, and the address that the browser is sent to. */
export async function consentInSlack(installUrl: string, userId: string): Promise<string> {
  const asked = new URL(installUrl)
  const form = new URLSearchParams([...asked.searchParams, ['user_id', userId]])
  const path = new URL('/oauth/v2/authorize/callback', asked)
  const answer = await fetch(path, { method: 'POST', body: form, redirect: 'manual' })
  return answer.headers.get('location') ?? ''
}

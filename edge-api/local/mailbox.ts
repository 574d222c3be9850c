import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenFrom } from './ports.ts'
import { readRequest } from './read-request.ts'

/** What the Worker has sent, as Resend's API takes it. */
export interface ReceivedMail {
  at: string
  to: string[]
  subject: string
  text: string
}

export interface Mailbox {
  /** `http://127.0.0.1:PORT`: a page that shows the mails; `/mails.json` is the same for programs. */
  url: string
  /** What the Worker has to send with. */
  apiKey: string
  mails(): readonly ReceivedMail[]
  close(): Promise<void>
}

const MAX_BYTES = 256 * 1024
const KEPT = 200

/**
 * Where mails go on one machine: an endpoint that speaks Resend's `POST /emails`, and a page to read them on. Loopback only,
 * and only under its own name, so that no page elsewhere reads or plants a mail.
 */
export async function startMailbox(firstPort: number): Promise<Mailbox> {
  const apiKey = randomBytes(24).toString('base64url')
  const mails: ReceivedMail[] = []
  let host = ''
  const server = createServer((request, response) => {
    respond(request, { host, apiKey, mails }).then(
      ([status, type, body]) => answer(response, status, type, body),
      () => answer(response, 400, 'text/plain', 'Not a mail.\n'),
    )
  })
  // As the database's endpoint: the Worker keeps its connections, and one that is closed under it fails its request.
  server.keepAliveTimeout = 0
  host = `127.0.0.1:${await listenFrom(server, firstPort)}`
  return {
    url: `http://${host}`,
    apiKey,
    mails: () => mails,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Box {
  host: string
  apiKey: string
  mails: ReceivedMail[]
}

async function respond(request: IncomingMessage, { host, apiKey, mails }: Box): Promise<[number, string, string]> {
  if (request.headers.host !== host) return [421, 'text/plain', `This is http://${host}/ and nothing else.\n`]
  const path = (request.url ?? '/').split('?')[0]
  if (request.method === 'POST' && path === '/emails') {
    if (request.headers.authorization !== `Bearer ${apiKey}`)
      return [401, 'application/json', '{"name":"invalid_api_key"}']
    mails.unshift(readMail(await readRequest(request, MAX_BYTES)))
    mails.splice(KEPT)
    return [200, 'application/json', JSON.stringify({ id: crypto.randomUUID() })]
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return [405, 'text/plain', 'Only GET.\n']
  if (path === '/mails.json') return [200, 'application/json', JSON.stringify({ items: mails })]
  return path === '/' ? [200, 'text/html', page(mails)] : [404, 'text/plain', 'Not found.\n']
}

function readMail(json: string): ReceivedMail {
  const { to, subject, text } = JSON.parse(json) as { to: unknown; subject: unknown; text: unknown }
  if (!Array.isArray(to) || typeof subject !== 'string' || typeof text !== 'string') throw new Error('not a mail')
  return { at: new Date().toISOString(), to: to.map(String), subject, text }
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  })
  response.end(body)
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:44rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.5rem;padding:1rem;margin:1rem 0}
h2{margin:0;font-size:1.1rem}p{margin:.25rem 0;opacity:.75}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.75rem 0 0}`

function page(mails: readonly ReceivedMail[]): string {
  const list = mails.map(
    ({ at, to, subject, text }) =>
      `<article><h2>${escapeHtml(subject)}</h2><p>To ${escapeHtml(to.join(', '))}, <time>${at}</time></p><pre>${linked(text)}</pre></article>`,
  )
  const body =
    list.join('') || '<p>No mail yet. What Pernoex sends on this machine appears here; reload to look again.</p>'
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mailbox</title><style>${STYLE}</style><h1>Mailbox</h1>${body}</html>`
}

function linked(text: string): string {
  return escapeHtml(text).replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`)
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

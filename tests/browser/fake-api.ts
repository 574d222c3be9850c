import { readFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type {
  AnswerEvent,
  AskRequest,
  Citation,
  ConfigResponse,
  Problem,
  ProblemCode,
  ThreadView,
} from '#shared/wire.ts'
import { buildWidget } from '#widget/build.ts'

export const CITATIONS: Citation[] = [
  {
    n: 1,
    passageId: 'psg_0000000000000000000001',
    title: 'Server options',
    headings: ['server.proxy'],
    url: 'https://docs.fernway.example/config/server#server-proxy',
    quote: 'Configure custom proxy rules for the dev server. Expects an object of { key: options } pairs.',
  },
  {
    n: 2,
    passageId: 'psg_0000000000000000000002',
    title: 'Backend integration',
    headings: ['Working with a backend', 'During development'],
    url: 'https://docs.fernway.example/guide/backend#during-development',
    quote: 'If you need a custom integration, you can follow the steps in this guide to configure it manually',
  },
]

export const ANSWER = `Set **\`server.proxy\`** in your config. Requests whose path begins with the key are sent to the target instead. [1]

\`\`\`ts [vite.config.ts]
export default defineConfig({
  server: {
    proxy: {
      '/api': { target: 'http://localhost:3000', changeOrigin: true, rewrite: (path) => path.replace(/^\\/api/, '') },
    },
  },
})
\`\`\`

## What to watch for

- Keys that begin with \`^\` are read as regular expressions. [1]
- Set \`ws: true\` for WebSockets:
  1. restart the server,
  2. reload the page.

| option | default |
|:--|--:|
| \`changeOrigin\` | \`false\` |
| \`secure\` | \`true\` |

A backend that renders its own HTML is described [in its guide](https://docs.fernway.example/guide/backend). [2]
`

const CONFIG: ConfigResponse = {
  project: { name: 'Fernway' },
  widget: {
    theme: 'auto',
    accent: '#1d6b45',
    position: 'bottom-right',
    greeting: 'What would you like to know about Fernway?',
    starters: ['How do I proxy API requests in development?', 'How do I roll back?', 'What does a preview cost?'],
    labels: {},
  },
  capabilities: ['answers', 'search', 'feedback'],
}

export interface Received {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

/** What an ask meets next; taken one by one, the last one stays. */
export type Turn = 'answer' | 'drop' | 'hang' | 'abstain' | { status: number; code: ProblemCode; retryAfter?: number }

export interface FakeApi {
  origin: string
  received: Received[]
  turns: Turn[]
  /** Markdown and pieces that `answer` streams. */
  script: { markdown: string; pieces: number; pauseMs: number }
  config: ConfigResponse
  /** False: answers as the edge does to an origin that is not allowed. */
  allowed: boolean
  /** Forgets what was received and stored, and behaves again. */
  reset(): void
  asks(): AskRequest[]
  /** Stored conversations by id; each has the secret `a-secret`. */
  threads: Map<string, ThreadView>
  /** Lets every hanging answer end. */
  release(): void
  close(): Promise<void>
}

const wellBehaved = (): Pick<FakeApi, 'received' | 'turns' | 'script' | 'config' | 'allowed' | 'threads'> => ({
  received: [],
  turns: ['answer'],
  script: { markdown: ANSWER, pieces: 40, pauseMs: 2 },
  config: structuredClone(CONFIG),
  allowed: true,
  threads: new Map(),
})

/** Speaks the public contract as far as the widget uses it, on 127.0.0.1, and can misbehave on demand. */
export async function startFakeApi(): Promise<FakeApi> {
  const outDir = join(import.meta.dirname, '../../dist/test-widget')
  await buildWidget({ outDir })
  let waiting: (() => void)[] = []
  const api: FakeApi = {
    origin: '',
    ...wellBehaved(),
    reset: () => void Object.assign(api, wellBehaved()),
    asks: () => api.received.filter(({ path }) => path === '/v1/answers').map(({ body }) => JSON.parse(body)),
    release: () => {
      for (const wake of waiting) wake()
      waiting = []
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }

  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://x')
    const method = request.method ?? ''
    api.received.push({ method, path, query, headers: request.headers, body })
    response.setHeader('vary', 'Origin')
    if (!path.startsWith('/v1/')) return sendFile(response, join(outDir, path))
    if (!api.allowed) return sendProblem(response, 403, 'origin_not_allowed')
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '')
    response.setHeader('access-control-expose-headers', 'Retry-After')
    if (method === 'OPTIONS') return sendPreflight(response)
    if (path === '/v1/config') return sendJson(response, 200, api.config)
    if (path === '/v1/feedback') return response.writeHead(204).end()
    if (path.startsWith('/v1/threads/'))
      return sendThread(response, method, path.slice('/v1/threads/'.length), request.headers)
    if (path !== '/v1/answers') return sendProblem(response, 404, 'not_found')
    const turn = api.turns.length > 1 ? api.turns.shift() : api.turns[0]
    if (typeof turn === 'object') return sendProblem(response, turn.status, turn.code, turn.retryAfter)
    await stream(response, JSON.parse(body), turn ?? 'answer')
  })

  function sendThread(response: ServerResponse, method: string, id: string, { authorization }: IncomingHttpHeaders) {
    const thread = api.threads.get(id)
    if (!thread || authorization !== 'Bearer a-secret') return sendProblem(response, 404, 'not_found')
    if (method === 'GET') return sendJson(response, 200, thread)
    api.threads.delete(id)
    response.writeHead(204).end()
  }

  /** The conversation that a question belongs to, with the question and its answer in it. */
  function store({ question, thread }: AskRequest, markdown: string): string {
    const id = thread?.id ?? `thr_${String(api.threads.size + 1).padStart(22, '0')}`
    const at = '2026-01-01T00:00:00Z'
    const answer = { answerId: 'ans_0000000000000000000001', outcome: 'answered' as const, citations: CITATIONS }
    const earlier = api.threads.get(id)?.messages ?? []
    const said: ThreadView['messages'] = [
      { role: 'visitor', markdown: question, at },
      { role: 'assistant', markdown, at, ...answer },
    ]
    api.threads.set(id, { id, createdAt: at, messages: [...earlier, ...said] })
    return id
  }

  async function stream(response: ServerResponse, request: AskRequest, turn: 'answer' | 'drop' | 'hang' | 'abstain') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const { markdown, pieces } = api.script
    const events = answerEvents(markdown, pieces, store(request, markdown), turn === 'abstain')
    for (const [index, event] of events.entries()) {
      if (response.destroyed) return
      await writeInTwo(response, `event: ${event.event}\r\ndata: ${JSON.stringify(event.data)}\r\n\r\n`)
      if (api.script.pauseMs > 0) await new Promise((wake) => setTimeout(wake, api.script.pauseMs))
      if (index < events.length / 2 || turn === 'answer' || turn === 'abstain') continue
      if (turn === 'drop') return response.destroy()
      await new Promise<void>((wake) => waiting.push(wake))
      turn = 'answer'
    }
    response.end()
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  api.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return api
}

function answerEvents(markdown: string, pieces: number, threadId: string, abstain: boolean): AnswerEvent[] {
  const answerId = 'ans_0000000000000000000001'
  const thread = { id: threadId, secret: 'a-secret' }
  const text = abstain
    ? 'The documentation does not answer that. These come closest:\n\n- [Server options](https://docs.fernway.example/config/server) [1]'
    : markdown
  const size = Math.ceil(text.length / pieces)
  const deltas = Array.from({ length: Math.ceil(text.length / size) }, (_, index) => ({
    event: 'answer.delta' as const,
    data: { markdown: text.slice(index * size, (index + 1) * size) },
  }))
  return [
    { event: 'answer.started', data: { answerId, thread } },
    ...CITATIONS.map((citation) => ({ event: 'answer.citation' as const, data: citation })),
    ...deltas,
    { event: 'answer.done', data: { answerId, outcome: abstain ? 'abstained' : 'answered', citations: CITATIONS } },
  ]
}

/** No reader may rely on where a chunk ends, so each event is cut in the middle of its bytes. */
async function writeInTwo(response: ServerResponse, text: string) {
  const bytes = Buffer.from(text)
  const cut = Math.floor(bytes.length / 2)
  response.write(bytes.subarray(0, cut))
  await new Promise((wake) => setImmediate(wake))
  response.write(bytes.subarray(cut))
}

/** As the edge answers for the two calls that carry a secret in a header. */
function sendPreflight(response: ServerResponse) {
  response.setHeader('access-control-allow-methods', 'GET, DELETE')
  response.setHeader('access-control-allow-headers', 'authorization')
  response.writeHead(204).end()
}

function sendJson(response: ServerResponse, status: number, body: unknown, type = 'application/json') {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))
}

function sendProblem(response: ServerResponse, status: number, code: ProblemCode, retryAfter?: number) {
  const problem: Problem = { type: 'about:blank', title: code, status, detail: code, code, requestId: 'r' }
  if (retryAfter) response.setHeader('retry-after', retryAfter)
  sendJson(response, status, problem, 'application/problem+json')
}

async function sendFile(response: ServerResponse, path: string) {
  const body = await readFile(path).catch(() => null)
  if (!body) return response.writeHead(404).end()
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('cross-origin-resource-policy', 'cross-origin')
  response.setHeader('cache-control', /-[0-9a-f]{8}\.js$/.test(path) ? 'max-age=31536000, immutable' : 'max-age=300')
  response.writeHead(200, { 'content-type': 'text/javascript', 'content-encoding': 'gzip' }).end(gzipSync(body))
}

import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runTransaction, type WireBackend, WireError, type WireQuery, type WireResult } from './wire-transaction.ts'

/** Neon's own limit for a request over HTTP. */
const MAX_BODY_BYTES = 64 * 1024 * 1024

export interface NeonFront {
  /** What goes into DATABASE_URL; each user has a password of its own, new at every start. */
  connectionString(user: string): string
  /** What goes into DATABASE_HTTP_ENDPOINT. */
  httpEndpoint: string
  /** Does the work while no request is being answered. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/**
 * Serves the Neon HTTP protocol on loopback in front of `backend`, so that the real `@neondatabase/serverless` driver
 * works against it unmodified: single and batched queries, raw text rows, field metadata, Postgres' error fields,
 * isolation level, read-only and deferrable headers. Requests are answered one at a time, each as one transaction run
 * by the user it signed in as.
 */
export async function serveNeonProtocol(backend: WireBackend, users: string[], database: string): Promise<NeonFront> {
  const passwords = new Map(users.map((user) => [user, randomBytes(24).toString('base64url')]))
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
  const server = createServer((request, response) => {
    answer(request, passwords, (queries, options) => inTurn(() => runTransaction(backend, queries, options)))
      .catch((error) => failure(error))
      .then(({ status, body }) => send(response, status, body))
  })
  // Clients keep their connections; closing an idle one under a client that is just writing would fail its request.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    connectionString: (user) => `postgresql://${user}:${passwords.get(user)}@127.0.0.1:${port}/${database}`,
    httpEndpoint: `http://127.0.0.1:${port}/sql`,
    inTurn,
    close: () => closeServer(server).then(() => last.then(() => {})),
  }
}

interface Reply {
  status: number
  body: unknown
}

type Run = (queries: WireQuery[], options: Parameters<typeof runTransaction>[2]) => Promise<WireResult[]>

async function answer(request: IncomingMessage, passwords: Map<string, string>, run: Run): Promise<Reply> {
  const refusal = refuse(request)
  if (refusal) return refusal
  const user = signIn(request, passwords)
  const body = parseBody(await readBody(request))
  const header = (name: string) => {
    const value = request.headers[name]
    return typeof value === 'string' ? value : null
  }
  const asArrays = header('neon-array-mode') === 'true'
  const results = await run(body.queries, {
    user,
    isolationLevel: header('neon-batch-isolation-level'),
    readOnly: header('neon-batch-read-only') === 'true',
    deferrable: header('neon-batch-deferrable') === 'true',
  })
  const shaped = results.map((result) => shape(result, asArrays))
  return { status: 200, body: body.batch ? { results: shaped } : shaped[0] }
}

/** A page in the developer's browser can reach loopback too: it always sends an Origin, or comes under another name. */
function refuse(request: IncomingMessage): Reply | null {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined)
    return { status: 403, body: { message: 'this endpoint does not answer browsers' } }
  if (host !== '127.0.0.1' && host !== 'localhost') return { status: 403, body: { message: 'wrong host' } }
  if (request.url !== '/sql') return { status: 404, body: { message: 'not found' } }
  if (request.method !== 'POST') return { status: 405, body: { message: 'POST only' } }
  return null
}

function signIn(request: IncomingMessage, passwords: Map<string, string>): string {
  const header = request.headers['neon-connection-string']
  const url = typeof header === 'string' && URL.canParse(header) ? new URL(header) : null
  const user = decodeURIComponent(url?.username ?? '')
  const known = passwords.get(user)
  const given = Buffer.from(url?.password ?? '')
  if (known === undefined || given.length !== known.length || !timingSafeEqual(given, Buffer.from(known)))
    throw new WireError(`password authentication failed for user '${user}'`, { severity: 'FATAL', code: '28P01' })
  return user
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw new WireError('request is too large', { severity: 'ERROR', code: '54000' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseBody(text: string): { batch: boolean; queries: WireQuery[] } {
  const malformed = new WireError('the body is not a query or a batch of queries', { severity: 'ERROR', code: '08P01' })
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw malformed
  }
  const batch = isObject(body) && Array.isArray(body.queries)
  const list: unknown[] = batch ? (body as { queries: unknown[] }).queries : [body]
  const queries = list.map((item) => {
    if (!isObject(item) || typeof item.query !== 'string' || !Array.isArray(item.params ?? [])) throw malformed
    return { query: item.query, params: ((item.params ?? []) as unknown[]).map(toText) }
  })
  return { batch, queries }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function shape({ command, rowCount, fields, rows }: WireResult, asArrays: boolean): unknown {
  return {
    command,
    rowCount,
    rowAsArray: asArrays,
    fields: fields.map(({ name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier }) => ({
      ...{ name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier },
      format: 'text',
    })),
    rows: asArrays ? rows : rows.map((row) => Object.fromEntries(fields.map(({ name }, n) => [name, row[n] ?? null]))),
  }
}

function failure(error: unknown): Reply {
  if (error instanceof WireError) return { status: 400, body: { message: error.message, ...error.fields } }
  return { status: 500, body: { message: String(error) } }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between the Worker and its database endpoint: counts what passes, and breaks on demand. */
export interface DatabaseProxy {
  /** What goes into DATABASE_HTTP_ENDPOINT. */
  endpoint: string
  /** SQL statements that arrived since the last `reset`, each of a batch counted. */
  statements(): number
  /** HTTP requests, that is round trips, since the last `reset`. */
  roundTrips(): number
  /** The texts of those statements. */
  queries(): string[]
  reset(): void
  /**
   * From now on connections are dropped (`drop`), answered with a 500 (`fail`), or left without an answer (`hang`);
   * `afterRoundTrips` lets so many pass before.
   */
  break(how?: 'drop' | 'fail' | 'hang', afterRoundTrips?: number): void
  heal(): void
  close(): Promise<void>
}

export async function startDatabaseProxy(target: string): Promise<DatabaseProxy> {
  let queries: string[] = []
  let roundTrips = 0
  let broken: { how: 'drop' | 'fail' | 'hang'; afterRoundTrips: number } | null = null
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => {
        queries.push(...statementsIn(body))
        roundTrips++
        if (broken && broken.afterRoundTrips-- <= 0) refuse(broken.how, request, response)
        else forward(target, request, body, response)
      })
      .catch(() => request.destroy())
  })
  // As the database's endpoint: the Worker keeps its connections, and one that is closed under it fails its request.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sql`,
    statements: () => queries.length,
    roundTrips: () => roundTrips,
    queries: () => queries,
    reset: () => {
      queries = []
      roundTrips = 0
    },
    break: (how = 'drop', afterRoundTrips = 0) => {
      broken = { how, afterRoundTrips }
      server.closeIdleConnections()
    },
    heal: () => {
      broken = null
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function statementsIn(body: Buffer): string[] {
  const parsed = JSON.parse(body.toString('utf8')) as { query: string } | { queries: { query: string }[] }
  return 'queries' in parsed ? parsed.queries.map(({ query }) => query) : [parsed.query]
}

function refuse(how: 'drop' | 'fail' | 'hang', request: IncomingMessage, response: ServerResponse): void {
  if (how === 'drop') request.socket.destroy()
  else if (how === 'fail') response.writeHead(500).end('the database is away')
}

function forward(target: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const { host: _, ...headers } = request.headers
  const onward = httpRequest(target, { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  onward.end(body)
}

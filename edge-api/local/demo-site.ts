import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenFrom } from './ports.ts'

export interface DemoSite {
  origin: string
  close(): Promise<void>
}

export interface DemoPage {
  status: number
  type: string
  body: string
  /** Sends the visitor on to this address. */
  location?: string
  /** Replaces the strict policy below. */
  contentSecurityPolicy?: string
}

/**
 * A customer's site in miniature, on another origin than the API: `respond` makes its pages. Refuses other hosts than the
 * one it is reached by, so that a name someone else points at loopback does not read the documents.
 */
export async function serveDemoSite(
  firstPort: number,
  respond: (path: string) => Promise<DemoPage>,
): Promise<DemoSite> {
  let host = ''
  const server = createServer((request, response) => {
    answer(request, host, respond)
      .catch((): DemoPage => ({ status: 500, type: 'text/plain', body: 'The demo site could not make this page.\n' }))
      .then((page) => send(response, page, request.method === 'HEAD'))
  })
  host = `localhost:${await listenFrom(server, firstPort)}`
  return {
    origin: `http://${host}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  host: string,
  respond: (path: string) => Promise<DemoPage>,
): Promise<DemoPage> {
  if (request.headers.host !== host)
    return { status: 421, type: 'text/plain', body: `This site is http://${host}/ and nothing else.\n` }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, type: 'text/plain', body: 'Only GET and HEAD.\n' }
  const path = decodePath(request.url ?? '/')
  return path === null ? { status: 400, type: 'text/plain', body: 'Malformed address.\n' } : respond(path)
}

function decodePath(url: string): string | null {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname)
  } catch {
    return null
  }
}

function send(response: ServerResponse, page: DemoPage, headOnly: boolean): void {
  response.writeHead(page.status, {
    'Content-Type': `${page.type}; charset=utf-8`,
    'Content-Security-Policy': page.contentSecurityPolicy ?? "default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Cache-Control': 'no-store',
    ...(page.location === undefined ? {} : { Location: page.location }),
  })
  response.end(headOnly ? undefined : page.body)
}

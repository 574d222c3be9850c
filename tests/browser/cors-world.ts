import { createServer, type IncomingHttpHeaders, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'

export interface SeenRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  status: number
  answered: IncomingHttpHeaders
}

/** The API's own door, with somebody counting: browsers tell a page's tools nothing about preflights and forbidden headers. */
export interface WatchedApi {
  address: string
  /** What came since the last call, in its order. */
  seen(): SeenRequest[]
  close(): Promise<void>
}

export async function watchApi(edge: string): Promise<WatchedApi> {
  let seen: SeenRequest[] = []
  const { host } = new URL(edge)
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming
    const onward = request(`${edge}${path}`, { method, headers: { ...headers, host } }, (answer) => {
      seen.push({ method, path, headers, status: answer.statusCode ?? 0, answered: answer.headers })
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.once('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  return {
    address: await listen(server, '127.0.0.1'),
    seen: () => {
      const all = seen
      seen = []
      return all
    },
    close: () => close(server),
  }
}

export interface Site {
  origin: string
  close(): Promise<void>
}

/** For browsers, another site than the API on `127.0.0.1`. */
const ANOTHER_SITE = 'localhost'

/** A page with nothing on it, at an origin of its own. */
export async function serveSite(
  host = ANOTHER_SITE,
  dress: (response: ServerResponse) => void = () => {},
): Promise<Site> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    dress(response)
    response.end('<!doctype html><title>page</title>')
  })
  return { origin: await listen(server, host), close: () => close(server) }
}

async function listen(server: Server, host: string): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, host, ready))
  return `http://${host}:${(server.address() as AddressInfo).port}`
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })
}

/** What a script of the page learns of a request: the answer's parts that it may read, or that it failed. */
export interface Learned {
  failed?: string
  status?: number
  body?: string
  headers?: Record<string, string>
}

export interface Call {
  url: string
  init?: Pick<RequestInit, 'method' | 'mode' | 'credentials'> & { headers?: Record<string, string>; body?: string }
}

/** Runs in a page, so it must stand on its own. */
export async function callFromPage({ url, init }: Call): Promise<Learned> {
  try {
    const answer = await fetch(url, init)
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  } catch (error) {
    return { failed: (error as Error).name }
  }
}

/** The same from a frame that was denied the page's origin. */
export function callFromSandbox(page: Page, call: Call): Promise<Learned> {
  const script = `(${callFromPage})(${JSON.stringify(call)}).then((learned) => parent.postMessage(learned, '*'))`
  return page.evaluate(
    (source) =>
      new Promise<Learned>((resolve) => {
        addEventListener('message', ({ data }) => resolve(data), { once: true })
        const frame = document.createElement('iframe')
        frame.setAttribute('sandbox', 'allow-scripts')
        frame.srcdoc = `<script>${source}</script>`
        document.body.append(frame)
      }),
    script,
  )
}

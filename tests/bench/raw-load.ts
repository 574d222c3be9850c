import { connect } from 'node:net'

/** One request as the bytes on the wire; made once, so that the load itself costs next to nothing. */
export function rawRequest(method: string, path: string, headers: Record<string, string>, body = ''): string {
  const all: Record<string, string> = { Host: '127.0.0.1:9', ...headers }
  if (body !== '') all['Content-Length'] = String(Buffer.byteLength(body))
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

export interface RawAnswer {
  status: number
  body: string
}

/** Sends the request once and reads the answer. */
export async function ask(port: number, request: string): Promise<RawAnswer> {
  let answer: RawAnswer | undefined
  await load(port, request, 1, 1, (text) => {
    const headersEnd = text.indexOf('\r\n\r\n')
    answer = { status: Number(text.slice(9, 12)), body: text.slice(headersEnd + 4) }
  })
  if (!answer) throw new Error('no answer')
  return answer
}

/** Sends it `count` times over a few kept-alive connections, the next one when the answer before it is complete. */
export async function load(
  port: number,
  request: string,
  count: number,
  connections = 8,
  onAnswer?: (text: string) => void,
): Promise<void> {
  let left = count
  const drive = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      let received = ''
      const next = () => {
        if (left-- > 0) return void socket.write(request)
        socket.end()
        resolve()
      }
      socket.setEncoding('latin1')
      socket.once('connect', next)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('the server closed a connection')))
      socket.on('data', (chunk: string) => {
        received += chunk
        const length = answerLength(received)
        if (length === null || received.length < length) return
        onAnswer?.(received)
        received = ''
        next()
      })
    })
  await Promise.all(Array.from({ length: connections }, drive))
}

/** Bytes of the whole answer, or null while its head is incomplete. Every answer measured here says its length. */
function answerLength(received: string): number | null {
  const headersEnd = received.indexOf('\r\n\r\n')
  if (headersEnd < 0) return null
  const declared = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, headersEnd))
  if (!declared) throw new Error('an answer without Content-Length')
  return headersEnd + 4 + Number(declared[1])
}

/**
 * Sends it at a steady pace over kept-alive connections, whether or not the answers before have come, and gives how long each
 * answer took from when its request was due, in milliseconds: a server that stands still is asked on.
 */
export async function paced(port: number, request: string, perSecond: number, seconds: number): Promise<number[]> {
  const idle: (() => Promise<void>)[] = []
  const begunMs = performance.now()
  const count = perSecond * seconds
  const taken = Array.from({ length: count }, async (_, index) => {
    const dueMs = begunMs + (index * 1000) / perSecond
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
    const send = idle.pop() ?? (await keptAlive(port, request))
    await send()
    idle.push(send)
    return performance.now() - dueMs
  })
  return Promise.all(taken)
}

/** One connection, which sends the request and waits for the whole answer whenever it is called. */
async function keptAlive(port: number, request: string): Promise<() => Promise<void>> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).unref()
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.setEncoding('latin1')
  return () =>
    new Promise((resolve, reject) => {
      let received = ''
      const failed = () => reject(new Error('the server closed a connection'))
      const more = (chunk: string) => {
        received += chunk
        const length = answerLength(received)
        if (length === null || received.length < length) return
        socket.off('data', more).off('close', failed)
        resolve()
      }
      socket.on('data', more).once('close', failed).write(request)
    })
}

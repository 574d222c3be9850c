import { createServer, type Server } from 'node:net'
import { StartProblem } from './start-problem.ts'

/** A port that a person chose is taken or refused; a default one hops to the next free one. */
export async function choosePort(wanted: number | null, fallback: number): Promise<number> {
  if (wanted !== null) {
    if (await isFree(wanted)) return wanted
    throw new StartProblem(`Port ${wanted} is taken; stop what uses it, or choose another with --port.`)
  }
  for (let port = fallback; port < fallback + 100; port++) if (await isFree(port)) return port
  throw new StartProblem(`No free port between ${fallback} and ${fallback + 99}; choose one with --port.`)
}

/** Listens on the first port from `first` on that is free; resolves with it. */
export async function listenFrom(server: Server, first: number): Promise<number> {
  for (let port = first; port < first + 100; port++) {
    if (!(await isFree(port))) continue
    const listening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    server.removeAllListeners('error')
    if (listening) return port
  }
  throw new StartProblem(`No free port between ${first} and ${first + 99} for the demo page.`)
}

/** Both families: a stranger on [::1] would otherwise answer for `localhost`. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) =>
      // A machine without IPv6 has no [::1] to be taken.
      resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'),
    )
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

import { StartProblem } from './start-problem.ts'

export interface Publication {
  worker: { runCron(): Promise<void> }
  /** The edge host's base address. */
  edge: string
  publicKey: string
  origin: string
  /** Gives up after so long. */
  limitMs?: number
}

/** Lets the cron publish what the outbox holds, and waits until the guard admits `origin` with that key. */
export async function waitUntilPublished(publication: Publication): Promise<void> {
  const { worker, edge, publicKey, origin, limitMs = 20_000 } = publication
  let last = 'no answer'
  const end = performance.now() + limitMs
  while (performance.now() < end) {
    await worker.runCron()
    const response = await fetch(`${edge}/v1/config?key=${publicKey}`, { headers: { Origin: origin } })
    if (response.ok) return void (await response.arrayBuffer())
    last = `${response.status} ${await response.text()}`
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new StartProblem(`The project's policy was not published in time; the Worker last said: ${last.slice(0, 300)}`)
}

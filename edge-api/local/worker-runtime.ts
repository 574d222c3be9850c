import { appendFileSync, readFileSync } from 'node:fs'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { JobId, ProjectId } from '#shared/ids.ts'
import type { AppEnv } from '../app-env.ts'
import type { DeliveryWake } from '../rules/webhook.ts'
import { createGateClient, type GateClient } from '../stores/gate-client.ts'
import { StartProblem } from './start-problem.ts'
import { watchOverWorkerd } from './watchdog.ts'
import { bundleWorkers, type WorkerBundle } from './worker-bundles.ts'

export interface WorkerRuntime {
  port: number
  /**
   * Tells the queue that a job waits, through a Worker's own queue binding: reachable from the process that runs the
   * Workers and from nowhere else, in production by nobody.
   */
  wake(projectId: ProjectId, jobId: JobId): Promise<unknown>
  /** The same for a webhook's event that is noted already. */
  wakeDelivery(message: DeliveryWake): Promise<unknown>
  /** The projects' gates, through a Worker's own binding: as far from the outside as the queue. */
  gate: GateClient
  /** Runs the cron handler now. */
  runCron(): Promise<void>
  close(): Promise<void>
}

export interface WorkerRuntimeOptions {
  port: number
  vars: Record<string, string>
  /** Not shown in any log. */
  secrets: Record<string, string>
  /** Folder for Durable Objects and the like; null keeps everything in memory. */
  persistTo: string | null
  /** Folder of the static assets. */
  assets: string
  log(entry: WorkerLogEntry): void
}

export interface WorkerLogEntry {
  timestamp: number
  level: string
  message: string
}

const APP_WORKER = 'pernoex-app'
const START_LIMIT_MS = 60_000

/** Runs both Workers in workerd, as wrangler bundles and configures them, on one loopback port: each host reaches its own. */
export async function startWorkerRuntime(options: WorkerRuntimeOptions): Promise<WorkerRuntime> {
  const bundles = await bundleWorkers()
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...{ host: '127.0.0.1', port: options.port, cf: false, logRequests: false },
      ...(options.persistTo === null ? {} : { resourcePersistencePath: options.persistTo }),
      handleStructuredLogs: options.log,
      workers: bundles.map((bundle) => workerOf(bundle, options)),
    }),
  )
  try {
    await inTime(miniflare.ready)
    const bindings = await miniflare.getBindings<AppEnv>(APP_WORKER)
    const callOff = watchOverWorkerd()
    return {
      port: Number((await miniflare.ready).port),
      wake: (projectId, jobId) => bindings.JOBS.send({ projectId, jobId }),
      wakeDelivery: (message) => bindings.WEBHOOKS.send(message),
      gate: createGateClient(bindings, { counted: true, unpaidPlan: 'local' }),
      runCron: async () => {
        const worker = await miniflare.getWorker(APP_WORKER)
        await worker.scheduled({ cron: '* * * * *' })
      },
      close: async () => {
        await miniflare.dispose()
        callOff()
      },
    }
  } catch (error) {
    await miniflare.dispose().catch(() => {})
    throw error
  }
}

function workerOf({ name, options, script }: WorkerBundle, { vars, secrets, assets }: WorkerRuntimeOptions) {
  return {
    ...options,
    name,
    modules: [{ type: 'ESModule' as const, path: `${name}.js`, contents: readFileSync(script, 'utf8') }],
    bindings: { ...vars, ...secrets },
    // In the cloud each Worker has its host as a custom domain.
    ...(name === APP_WORKER ? { routes: ['localhost/*'] } : {}),
    assets: { ...options.assets, directory: assets },
  }
}

async function inTime<Value>(ready: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StartProblem('The Worker did not start within a minute.')), START_LIMIT_MS)
  })
  try {
    return await Promise.race([ready, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Appends the Worker's log to a file, and passes warnings and errors on. */
export function logToFile(path: string, alarm: (line: string) => void): (entry: WorkerLogEntry) => void {
  return ({ timestamp, level, message }) => {
    appendFileSync(path, `${new Date(timestamp).toISOString()} ${level} ${message}\n`, { mode: 0o600 })
    if (level === 'error' || level === 'warn') alarm(message)
  }
}

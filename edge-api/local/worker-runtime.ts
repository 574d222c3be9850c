import { appendFileSync } from 'node:fs'
import type { JobId, ProjectId } from '#shared/ids.ts'
import type { Env } from '../env.ts'
import type { JobMessage } from '../ports.ts'
import type { DeliveryWake } from '../rules/webhook.ts'
import { createGateClient, type GateClient } from '../stores/gate-client.ts'
import { StartProblem } from './start-problem.ts'
import { watchOverWorkerd } from './watchdog.ts'

export interface WorkerRuntime {
  port: number
  /**
   * Tells the queue that a job waits, through the Worker's own queue binding: reachable from the process that runs the
   * Worker and from nowhere else, in production by nobody.
   */
  wake(projectId: ProjectId, jobId: JobId): Promise<unknown>
  /** The same for a webhook's event that is noted already. */
  wakeDelivery(message: DeliveryWake): Promise<unknown>
  /** The projects' gates, through the Worker's own binding: as far from the outside as the queue. */
  gate: GateClient
  /** Runs the cron handler now. */
  runCron(): Promise<void>
  close(): Promise<void>
}

export interface WorkerRuntimeOptions {
  /** A wrangler configuration file. */
  config: string
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

const CRON = '* * * * *'
const START_LIMIT_MS = 60_000

/** Takes a second; whoever has other things to prepare may begin with it. */
export function loadWrangler(): Promise<typeof import('wrangler')> {
  // wrangler reads these when it is loaded: no calls home, no door into the storage beside the Worker's own.
  Object.assign(process.env, {
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    X_LOCAL_EXPLORER: 'false',
    X_LOCAL_OBSERVABILITY: 'false',
    CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'false',
  })
  return import('wrangler')
}

/** Runs the Worker in workerd, as wrangler bundles and configures it, on loopback. */
export async function startWorkerRuntime(options: WorkerRuntimeOptions): Promise<WorkerRuntime> {
  const { unstable_DevEnv } = await loadWrangler()
  const environment = new unstable_DevEnv()
  const failed = new Promise<never>((_, reject) => {
    for (const event of ['buildFailed', 'error']) environment.on(event, (cause: unknown) => reject(problem(cause)))
    setTimeout(() => reject(new StartProblem('The Worker did not start within a minute.')), START_LIMIT_MS).unref()
  })
  try {
    const worker = await Promise.race([environment.startWorker(startInput(options)), failed])
    await Promise.race([worker.ready, failed])
    const runtime = await Promise.race([reached(environment), failed])
    const { name } = worker.config
    const bindings = (await runtime.getBindings(name)) as Pick<Env, 'GATE'> & {
      JOBS: { send(message: JobMessage): Promise<unknown> }
      WEBHOOKS: { send(message: DeliveryWake): Promise<unknown> }
    }
    // Both of wrangler's workerd processes are up by now: the Worker's and its proxy's.
    const callOff = watchOverWorkerd()
    return {
      port: Number((await worker.url).port),
      wake: (projectId, jobId) => bindings.JOBS.send({ projectId, jobId }),
      wakeDelivery: (message) => bindings.WEBHOOKS.send(message),
      gate: createGateClient(bindings.GATE, true),
      runCron: async () => {
        const handle = await runtime.getWorker(name)
        await handle.scheduled({ cron: CRON })
      },
      close: async () => {
        await environment.teardown()
        callOff()
      },
    }
  } catch (error) {
    await environment.teardown().catch(() => {})
    throw error
  } finally {
    // Later errors are the log's business, not an unhandled rejection.
    failed.catch(() => {})
  }
}

/** What wrangler's own `dev` command would pass; the type of it is not published. */
function startInput(options: WorkerRuntimeOptions): never {
  return {
    config: options.config,
    bindings: { ...bind(options.vars, 'plain_text'), ...bind(options.secrets, 'secret_text') },
    assets: options.assets,
    dev: {
      server: { hostname: '127.0.0.1', port: options.port },
      inspector: false,
      watch: false,
      liveReload: false,
      inferOriginFromRoutes: false,
      logLevel: 'none',
      persist: options.persistTo ?? false,
      structuredLogsHandler: (entry: WorkerLogEntry) => options.log(entry),
    },
  } as never
}

/** wrangler's instance of the Worker itself; the other one is its proxy. */
async function reached(devEnv: { runtimes: { mf: unknown }[] }): Promise<MiniflareLike> {
  while (true) {
    const instance = devEnv.runtimes[0]?.mf as MiniflareLike | undefined
    if (instance) return instance
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

interface MiniflareLike {
  getBindings(worker: string): Promise<Record<string, unknown>>
  getWorker(worker: string): Promise<{ scheduled(options: { cron: string }): Promise<unknown> }>
}

function bind(values: Record<string, string>, type: 'plain_text' | 'secret_text') {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type, value }]))
}

function problem(event: unknown): Error {
  const cause = (event as { cause?: { message?: string; errors?: { text: string }[] } }).cause
  const detail = cause?.errors?.map(({ text }) => text).join('; ') || cause?.message || 'no reason given'
  return new StartProblem(`The Worker could not be started: ${detail}`)
}

/** Appends the Worker's log to a file, and passes warnings and errors on. */
export function logToFile(path: string, alarm: (line: string) => void): (entry: WorkerLogEntry) => void {
  return ({ timestamp, level, message }) => {
    appendFileSync(path, `${new Date(timestamp).toISOString()} ${level} ${message}\n`, { mode: 0o600 })
    if (level === 'error' || level === 'warn') alarm(message)
  }
}

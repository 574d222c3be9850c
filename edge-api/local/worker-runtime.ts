import { appendFileSync } from 'node:fs'
import { StartProblem } from './start-problem.ts'

export interface WorkerRuntime {
  port: number
  /** The Worker's own bindings, reachable from this process and from nowhere else. */
  bindings: LocalBindings
  /** Runs the cron handler now. */
  runCron(): Promise<void>
  close(): Promise<void>
}

/** The bindings that only the local start uses from outside: production has nobody who could. */
export interface LocalBindings {
  JOBS: { send(message: unknown): Promise<unknown> }
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

/** Runs the Worker in workerd, as wrangler bundles and configures it, on loopback. */
export async function startWorkerRuntime(options: WorkerRuntimeOptions): Promise<WorkerRuntime> {
  // wrangler reads these when it is loaded: no calls home, no door into the storage beside the Worker's own.
  Object.assign(process.env, {
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    X_LOCAL_EXPLORER: 'false',
    X_LOCAL_OBSERVABILITY: 'false',
    CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'false',
  })
  const { unstable_startWorker } = await import('wrangler')
  const worker = await unstable_startWorker({
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
  } as never)
  const failed = new Promise<never>((_, reject) => {
    worker.raw.once('buildFailed', (event: unknown) => reject(problem(event)))
    worker.raw.once('error', (event: unknown) => reject(problem(event)))
  })
  try {
    await Promise.race([worker.ready, failed])
    const runtime = await reached(worker.raw)
    return {
      port: Number((await worker.url).port),
      bindings: (await runtime.getBindings(worker.config.name)) as unknown as LocalBindings,
      runCron: async () => {
        const handle = await runtime.getWorker(worker.config.name)
        await handle.scheduled({ cron: CRON })
      },
      close: () => worker.dispose(),
    }
  } catch (error) {
    await worker.dispose().catch(() => {})
    throw error
  } finally {
    failed.catch(() => {})
  }
}

/** wrangler's instance of the Worker itself; the other one is its proxy. */
async function reached(devEnv: { runtimes: { mf: unknown }[] }): Promise<MiniflareLike> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const instance = devEnv.runtimes[0]?.mf as MiniflareLike | undefined
    if (instance) return instance
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new StartProblem('The Worker did not start.')
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

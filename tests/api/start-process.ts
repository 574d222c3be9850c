import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ReadyLine } from '#edge/local/cloud.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** One `npm start` as a person would type it, and what it said. */
export interface StartProcess {
  /** The JSON line, once everything is ready; rejects when the process ends before. */
  ready: Promise<ReadyLine>
  exit: Promise<number | null>
  stdout(): string
  stderr(): string
  /** Resolves once standard error has said it. */
  said(pattern: RegExp): Promise<void>
  /** To npm, as a terminal or a supervisor would. */
  signal(name: 'SIGTERM' | 'SIGINT'): void
  /** SIGKILL to the process behind npm that holds the data folder. */
  kill(data: string): void
}

const running = new Set<ChildProcess>()

export function npmStart(args: string[], env: Record<string, string> = {}): StartProcess {
  return watch(spawn('npm', ['start', '--silent', '--', ...args], options(env)))
}

/** Without npm in between: for starts that end at once. */
export function bareStart(args: string[], env: Record<string, string> = {}): StartProcess {
  return watch(spawn(process.execPath, ['edge-api/local/start.ts', ...args], options(env)))
}

/** For the end of a test file, in case a test failed half-way. */
export function stopAll(): void {
  for (const child of running) child.kill('SIGTERM')
}

function options(env: Record<string, string>): SpawnOptions {
  const inherited = { ...process.env }
  // What the test runner sets for itself would change what is tested.
  for (const name of ['DATABASE_URL', 'DATABASE_HTTP_ENDPOINT', 'INIT_CWD', 'NODE_ENV']) delete inherited[name]
  return { cwd: ROOT, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }
}

function watch(child: ChildProcess): StartProcess {
  running.add(child)
  const text = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk: Buffer) => {
      text[stream] += chunk.toString()
      for (const listener of listeners) listener()
    })
  const exit = new Promise<number | null>((resolve) =>
    child.on('close', (code) => {
      running.delete(child)
      resolve(code)
      for (const listener of listeners) listener()
    }),
  )
  const until = <Found>(find: () => Found | null): Promise<Found> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find()
        if (found === null && running.has(child)) return
        listeners.delete(look)
        if (found === null) reject(new Error(`the start ended: ${text.stderr}`))
        else resolve(found)
      }
      listeners.add(look)
      look()
    })
  const ready = until(() => {
    const line = text.stdout.split('\n').find((one) => one.startsWith('{') && one.endsWith('}'))
    return line === undefined ? null : (JSON.parse(line) as ReadyLine)
  })
  // A start that is meant to fail has nobody waiting for this.
  ready.catch(() => {})
  return {
    ready,
    exit,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    said: async (pattern) => void (await until(() => pattern.exec(text.stderr))),
    signal: (name) => child.kill(name),
    kill: (data) => process.kill(Number(readFileSync(join(data, 'start.pid'), 'utf8').split(' ')[0]), 'SIGKILL'),
  }
}

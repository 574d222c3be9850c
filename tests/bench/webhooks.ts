/**
 * What verifying a webhook costs, in CPU time of a `workerd serve` process that does nothing else, as a multiple of the least that
 * can be called verifying (HMAC and compare), beside the providers' own libraries. Alone: `node tests/bench/webhooks.ts`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, rawRequest } from './raw-load.ts'
import type { Job, Subject } from './webhooks-worker.ts'
import { startWorkerd, type WorkerdServer } from './workerd-server.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const ROUNDS = 30
/** Bytes of the body, and how often it is verified in a round. */
const SIZES = { '300 B': [300, 2000], '2 kB': [2048, 2000], '16 kB': [16_384, 500], '1 MB': [1_048_576, 10] } as const
const GROUPS: Record<string, Subject[]> = {
  'slack minimal': ['slack', 'slack @slack/bolt'],
  'stripe minimal': ['stripe', 'stripe stripe'],
  'elevenlabs minimal': ['elevenlabs', 'elevenlabs @elevenlabs/elevenlabs-js'],
  'retell minimal': ['retell'],
  'standard minimal': ['standard', 'standard standardwebhooks', 'standard svix'],
}

export interface VerifierFigure {
  subject: string
  /** By size: median CPU microseconds of one verification, and the median of its ratios to the minimum of the same round. */
  costs: Record<keyof typeof SIZES, { micros: number; ratio: number }>
}

export async function measureVerifiers(rounds = ROUNDS): Promise<VerifierFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-bench-'))
  let server: WorkerdServer | undefined
  try {
    bundle(folder)
    server = await startWorkerd(folder, 1, workerConfig)
    const figures = new Map<string, VerifierFigure>()
    for (const [size, [bytes, times]] of Object.entries(SIZES))
      for (const [minimum, others] of Object.entries(GROUPS))
        for (const [subject, cost] of await compare(server, [minimum as Subject, ...others], bytes, times, rounds)) {
          const figure = figures.get(subject) ?? { subject, costs: {} as VerifierFigure['costs'] }
          figures.set(subject, figure)
          figure.costs[size as keyof typeof SIZES] = cost
        }
    return [...figures.values()]
  } finally {
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Rounds go through all subjects, so that what else the machine does meets them alike, and each begins with another: what comes
 * after a subject pays for the garbage that it left.
 */
async function compare(server: WorkerdServer, subjects: Subject[], bytes: number, times: number, rounds: number) {
  const costs: Map<Subject, number>[] = []
  for (let round = -1; round < rounds; round++) {
    const first = (round + 1) % subjects.length
    const cost = new Map<Subject, number>()
    for (const subject of [...subjects.slice(first), ...subjects.slice(0, first)])
      cost.set(subject, await run(server, { subject, bytes, times }))
    // The first round warms up.
    if (round >= 0) costs.push(cost)
  }
  const [minimum] = subjects
  return subjects.map((subject) => {
    const of = (cost: Map<Subject, number>, one = subject) => cost.get(one) ?? Number.NaN
    const ratios = costs.map((cost) => of(cost) / of(cost, minimum))
    return [subject, { micros: median(costs.map((cost) => of(cost))), ratio: median(ratios) }] as const
  })
}

async function run(server: WorkerdServer, job: Job): Promise<number> {
  const before = server.cpuMicros()
  const answer = await ask(server.ports[0] ?? 0, rawRequest('POST', '/', {}, JSON.stringify(job)))
  if (answer.status !== 200) throw new Error(`${job.subject}: ${answer.status} ${answer.body}`)
  return (server.cpuMicros() - before) / job.times
}

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

function bundle(folder: string): void {
  const config = join(folder, 'wrangler.json')
  const main = join(ROOT, 'tests/bench/webhooks-worker.ts')
  writeFileSync(config, JSON.stringify({ name: 'webhooks', main, compatibility_date: '2026-10-01' }))
  const args = ['deploy', '--dry-run', '--minify', '--env', '', '--config', config, '--outdir', folder]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' }
  const built = spawnSync(join(ROOT, 'node_modules/.bin/wrangler'), args, { cwd: ROOT, env, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
}

function workerConfig([port]: number[]): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "webhooks-worker.js", esModule = embed "webhooks-worker.js")], compatibilityDate = "2026-10-01"))],
  sockets = [(name = "main", address = "127.0.0.1:${port}", http = (), service = "main")],
);`
}

if (import.meta.main) {
  console.log(
    `${'× the minimum (µs)'.padEnd(38)}${Object.keys(SIZES)
      .map((size) => size.padStart(18))
      .join('')}`,
  )
  for (const { subject, costs } of await measureVerifiers()) {
    const cells = Object.values(costs).map(({ micros, ratio }) =>
      `${ratio.toFixed(2)} (${micros.toFixed(1)})`.padStart(18),
    )
    console.log(`${subject.padEnd(38)}${cells.join('')}`)
  }
}

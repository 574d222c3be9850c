/**
 * What the guard's parts cost, in CPU time of a `workerd serve` process that does nothing else, and what its memory of policies
 * weighs. Alone: `node tests/bench/policy.ts`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPolicyCache, FRESH_MS } from '#edge/stores/policy-cache.ts'
import { newId } from '#shared/ids.ts'
import { isolateHeap } from './isolate-heap.ts'
import { type Job, policySource } from './policy-worker.ts'
import { ask, rawRequest } from './raw-load.ts'
import { startWorkerd, type WorkerdServer } from './workerd-server.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const ROUNDS = 9

export interface PolicyFigure {
  name: string
  value: number
  unit: string
  /** What the value must not exceed; null: shown for what it tells of the others. */
  limit: number | null
}

export async function measurePolicy(rounds = ROUNDS): Promise<PolicyFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-bench-'))
  let server: WorkerdServer | undefined
  try {
    bundle(folder)
    server = await startWorkerd(folder, 1, workerConfig)
    const times = await measureTimes(server, rounds)
    await server.close()
    server = await startWorkerd(folder, 1, workerConfig, { inspected: true })
    return [...times, ...(await measureMemory(server)), await countCompilations()]
  } finally {
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(server: WorkerdServer, job: Job): Promise<number> {
  const before = server.cpuMicros()
  const answer = await ask(server.ports[0] ?? 0, rawRequest('POST', '/', {}, JSON.stringify(job)))
  if (answer.status !== 200) throw new Error(`${job.name}: ${answer.status} ${answer.body}`)
  return (server.cpuMicros() - before) / job.times
}

/** Rounds go through all jobs, so that what else the machine does meets them alike; each job is warmed up first. */
async function measureTimes(server: WorkerdServer, rounds: number): Promise<PolicyFigure[]> {
  const many = [
    'match admitted, 10 rules',
    'match admitted, 10,000 rules',
    'match refused, 10 rules',
    'match refused, 10,000 rules',
    'look-up alone, 10 rules',
    'look-up alone, 10,000 rules',
    'key, remembered',
  ] as const
  const jobs: Job[] = [
    ...many.map((name) => ({ name, times: 200_000 })),
    { name: 'key, computed', times: 10_000 },
    { name: 'key, forged', times: 10_000 },
    { name: 'compile, 10,000 rules', times: 5 },
  ]
  const costs = new Map<string, number[]>()
  for (const job of jobs) await run(server, job)
  for (let round = 0; round < rounds; round++)
    for (const job of jobs) costs.set(job.name, [...(costs.get(job.name) ?? []), await run(server, job)])
  const micros = (name: Job['name'], limit: number | null = null) => ({
    name,
    value: median(costs.get(name) ?? []),
    unit: 'µs',
    limit,
  })
  const ratio = (name: 'match admitted' | 'match refused' | 'look-up alone') => {
    const few = costs.get(`${name}, 10 rules`) ?? []
    const ratios = (costs.get(`${name}, 10,000 rules`) ?? []).map((cost, round) => cost / (few[round] ?? Number.NaN))
    return { name: `${name}, 10,000 / 10 rules`, value: median(ratios), unit: '×', limit: 1.5 }
  }
  return [
    ...many.slice(0, 6).map((name) => micros(name)),
    ratio('match admitted'),
    ratio('match refused'),
    ratio('look-up alone'),
    micros('key, computed', 8),
    micros('key, forged', 8),
    micros('key, remembered', 1),
    micros('compile, 10,000 rules', 20_000),
  ]
}

/** What the isolate's heap grows by. */
async function measureMemory(server: WorkerdServer): Promise<PolicyFigure[]> {
  const weighed = async (projects: number) => {
    await run(server, { name: 'hold policies', times: projects })
    return isolateHeap(server.inspectorPort ?? 0)
  }
  const empty = await weighed(1)
  const megabytes = async (projects: number) => ((await weighed(projects)) - empty) / 2 ** 20
  return [
    { name: '1,000 policies of 100 rules', value: await megabytes(1000), unit: 'MB', limit: 32 },
    { name: 'of 5,000 projects, what is kept', value: await megabytes(5000), unit: 'MB', limit: 32 },
  ]
}

/** One hour of calls, one each second, in which the policy changes twice. */
async function countCompilations(): Promise<PolicyFigure> {
  const projectId = newId('project', (bytes) => crypto.getRandomValues(bytes))
  let nowMs = 0
  const epochAt = () => 1 + Math.floor(nowMs / 1_500_000)
  const cache = createPolicyCache({
    readPolicy: async (_, knownEpoch) =>
      knownEpoch === epochAt()
        ? { kind: 'same' }
        : { kind: 'policy', source: policySource(10_000, epochAt(), projectId) },
    nowMs: () => nowMs,
    outageMs: FRESH_MS,
  })
  const compiled = new Set<unknown>()
  const epochs = new Set<number>()
  for (; nowMs < 3_600_000; nowMs += 1000) {
    const policy = await cache.current(projectId)
    compiled.add(policy)
    if (policy !== null) epochs.add(policy.epoch)
  }
  return { name: 'compilations per epoch', value: compiled.size / epochs.size, unit: '×', limit: 1 }
}

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** As wrangler bundles the Worker for production, minified. */
function bundle(folder: string): void {
  const config = join(folder, 'wrangler.json')
  const main = join(ROOT, 'tests/bench/policy-worker.ts')
  writeFileSync(config, JSON.stringify({ name: 'policy', main, compatibility_date: '2026-10-01' }))
  const args = ['deploy', '--dry-run', '--minify', '--env', '', '--config', config, '--outdir', folder]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' }
  const built = spawnSync(join(ROOT, 'node_modules/.bin/wrangler'), args, { cwd: ROOT, env, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
}

function workerConfig([port]: number[]): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ["--expose-gc"],
  services = [(name = "main", worker = (
    modules = [(name = "policy-worker.js", esModule = embed "policy-worker.js")], compatibilityDate = "2026-10-01"))],
  sockets = [(name = "main", address = "127.0.0.1:${port}", http = (), service = "main")],
);`
}

if (import.meta.main)
  for (const { name, value, unit, limit } of await measurePolicy())
    console.log(
      `${name.padEnd(38)} ${value.toFixed(value < 1 ? 3 : 2).padStart(9)} ${unit}${limit === null ? '' : ` (at most ${limit})`}`,
    )

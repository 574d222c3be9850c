/**
 * What visitors feel of people who sign in: the time that `GET /v1/config` takes at a steady hundred requests a second, alone,
 * beside hashing in a Worker of its own (as it is), and with hashing in the same one (as it is not); each its own `workerd
 * serve` process. Also what the public path's Worker weighs, and the CPU it takes to its first answer.
 * Alone: `node tests/bench/sign-in.ts`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundle, type EdgeServer, ORIGIN, ROOT, startEdge } from './edge-server.ts'
import { ask, load, paced, rawRequest } from './raw-load.ts'
import type { WorkerdServer } from './workerd-server.ts'

const ROUNDS = 5
const PER_SECOND = 100
const SECONDS = 4
const WARM_UP = 2000

export interface Latency {
  name: 'alone' | 'own' | 'same'
  /** Medians of the rounds, in milliseconds. */
  p50: number
  p99: number
}

export async function measureSignIn(rounds = ROUNDS): Promise<Latency[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-bench-'))
  const servers: WorkerdServer[] = []
  try {
    bundle(folder, join(ROOT, 'wrangler.toml'))
    bundle(folder, hashingWrangler(folder))
    const edge = await startEdge(folder)
    const both = await startEdge(folder, 'hashing-worker.js')
    servers.push(edge.server, both.server)
    const conditions = [
      { name: 'alone', asked: edge, hashing: null },
      { name: 'own', asked: edge, hashing: both },
      { name: 'same', asked: both, hashing: both },
    ] as const
    for (const { port, key } of [edge, both]) await load(port, config(key), WARM_UP)
    const found: Record<Latency['name'], number[][]> = { alone: [], own: [], same: [] }
    for (let round = 0; round < rounds; round++)
      for (const { name, asked, hashing } of conditions) found[name].push(await latencies(asked, hashing))
    return conditions.map(({ name }) => ({
      name,
      p50: median(found[name].map((sorted) => at(sorted, 0.5))),
      p99: median(found[name].map((sorted) => at(sorted, 0.99))),
    }))
  } finally {
    for (const server of servers) await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const config = (key: string): string => rawRequest('GET', `/v1/config?key=${key}`, { Origin: ORIGIN })

/** Sorted, of one round; one hash after the other runs until it ends. */
async function latencies(asked: EdgeServer, hashing: EdgeServer | null): Promise<number[]> {
  let going = true
  const hash = async (): Promise<void> => {
    while (going && hashing) await ask(hashing.port, rawRequest('POST', '/hash', {}, '{}'))
  }
  const hashed = hash()
  const taken = await paced(asked.port, config(asked.key), PER_SECOND, SECONDS)
  going = false
  await hashed
  return taken.toSorted((left, right) => left - right)
}

function hashingWrangler(folder: string): string {
  const path = join(folder, 'hashing.json')
  const main = join(ROOT, 'tests/bench/hashing-worker.ts')
  const durable_objects = { bindings: [{ name: 'GATE', class_name: 'ProjectGate' }] }
  const migrations = [{ tag: 'v1', new_sqlite_classes: ['ProjectGate'] }]
  const common = { compatibility_date: '2026-10-01', compatibility_flags: ['enable_request_signal'], keep_names: false }
  writeFileSync(path, JSON.stringify({ name: 'hashing', main, durable_objects, migrations, ...common }))
  return path
}

/** Bytes gzipped, and CPU milliseconds from the start of the process to its first answer (median). */
async function measureStart(): Promise<{ edge: number; app: number; startMs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-bench-'))
  try {
    bundle(folder, join(ROOT, 'wrangler.toml'))
    bundle(folder, join(ROOT, 'edge-api/app-worker.toml'))
    const size = (name: string): number => gzipSync(readFileSync(join(folder, name))).length
    const starts: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const { server, port, key } = await startEdge(folder)
      await ask(port, config(key))
      starts.push(server.cpuMicros() / 1000)
      await server.close()
    }
    return { edge: size('worker.js'), app: size('app-worker.js'), startMs: median(starts) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const at = (sorted: number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN

const median = (values: number[]): number =>
  at(
    values.toSorted((left, right) => left - right),
    0.5,
  )

if (import.meta.main) {
  const said = { alone: 'nobody signs in', own: 'beside hashing, as it is', same: 'hashing in the same Worker' }
  for (const { name, p50, p99 } of await measureSignIn())
    console.log(`${said[name].padEnd(28)} p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
  const { edge, app, startMs } = await measureStart()
  console.log(
    `${"the edge host's Worker".padEnd(28)} ${edge} B gzipped, ${startMs.toFixed(0)} ms of CPU to its first answer`,
  )
  console.log(`${"the app host's Worker".padEnd(28)} ${app} B gzipped`)
}

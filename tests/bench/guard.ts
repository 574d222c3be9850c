/**
 * What a request costs the guard, in CPU time of a `workerd serve` process running the built Worker, against a bare Hono route
 * (for a POST, a raw handler that parses the JSON) of the same method, status and body size in the same run.
 * Alone: `node tests/bench/guard.ts`.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, COMPATIBILITY, ORIGIN, ROOT, startEdge } from './edge-server.ts'
import { ask, load, type RawAnswer, rawRequest } from './raw-load.ts'
import { startWorkerd, type WorkerdServer } from './workerd-server.ts'

/** Many short rounds: what else the machine does lasts longer than one, and so meets both servers alike. */
const ROUNDS = 41
const REQUESTS = 600
const WARM_UP = 4000

export interface GuardFigure {
  name: string
  /** Median CPU microseconds of one request. */
  guard: number
  bare: number
  ratio: number
  /** What the ratio must not exceed. */
  limit: number
}

export async function measureGuard(rounds = ROUNDS, requests = REQUESTS): Promise<GuardFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-bench-'))
  const servers: WorkerdServer[] = []
  try {
    bundle(folder, join(ROOT, 'wrangler.toml'))
    bundle(folder, bareWrangler(folder))
    const { server: guard, key } = await startEdge(folder)
    servers.push(guard)
    const figures: GuardFigure[] = []
    for (const { name, request, expected, limit } of variants(key)) {
      const [port = 0] = guard.ports
      const answer = await ask(port, request)
      if (answer.status !== expected) throw new Error(`${name}: ${answer.status} ${answer.body}`)
      const bare = await startWorkerd(folder, 1, (ports) => bareConfig(ports, answer))
      servers.push(bare)
      figures.push(await compare({ name, request, limit, guard, bare, rounds, requests }))
      await servers.pop()?.close()
    }
    return figures
  } finally {
    for (const server of servers) await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function variants(key: string): { name: string; request: string; expected: number; limit: number }[] {
  const config = (path: string, origin: string) => rawRequest('GET', path, { Origin: origin })
  const forged = key.slice(0, -1) + (key.endsWith('x') ? 'y' : 'x')
  return [
    {
      name: 'refused: malformed origin',
      request: config(`/v1/config?key=${key}`, `${ORIGIN}/`),
      expected: 403,
      limit: 1.3,
    },
    { name: 'refused: forged key', request: config(`/v1/config?key=${forged}`, ORIGIN), expected: 401, limit: 1.3 },
    {
      name: 'refused: unlisted origin',
      request: config(`/v1/config?key=${key}`, 'https://evil.example'),
      expected: 403,
      limit: 1.3,
    },
    { name: 'admitted: GET /v1/config', request: config(`/v1/config?key=${key}`, ORIGIN), expected: 200, limit: 1.6 },
    {
      name: 'POST up to the database',
      request: rawRequest('POST', `/v1/feedback?key=${key}`, { Origin: ORIGIN, 'Content-Type': 'text/plain' }, RATING),
      expected: 404,
      limit: 1.5,
    },
  ]
}

/** All steps hold and the body is read and parsed; then its ids are seen to be none, just before the database would be asked. */
const RATING = JSON.stringify({
  answerId: 'ans_of-no-one',
  thread: { id: 'thr_of-no-one', secret: 'a'.repeat(43) },
  rating: 'up',
  reasons: ['Complete', 'Clear'],
  comment: 'This is what I was looking for, and the second source says how it is done with a proxy in front.',
})

interface Comparison {
  name: string
  request: string
  limit: number
  guard: WorkerdServer
  bare: WorkerdServer
  rounds: number
  requests: number
}

/** Rounds alternate, so that what else the machine does meets both alike; the ratio is the median of the rounds' ratios. */
async function compare({ name, request, limit, guard, bare, rounds, requests }: Comparison): Promise<GuardFigure> {
  const cost = async (server: WorkerdServer): Promise<number> => {
    const before = server.cpuMicros()
    await load(server.ports[0] ?? 0, request, requests)
    return (server.cpuMicros() - before) / requests
  }
  for (const server of [bare, guard]) await load(server.ports[0] ?? 0, request, WARM_UP)
  const pairs: { bare: number; guard: number }[] = []
  for (let round = 0; round < rounds; round++) pairs.push({ bare: await cost(bare), guard: await cost(guard) })
  return {
    name,
    limit,
    guard: median(pairs.map((pair) => pair.guard)),
    bare: median(pairs.map((pair) => pair.bare)),
    ratio: median(pairs.map((pair) => pair.guard / pair.bare)),
  }
}

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

function bareWrangler(folder: string): string {
  const path = join(folder, 'wrangler.json')
  const main = join(ROOT, 'tests/bench/bare-hono.ts')
  writeFileSync(path, JSON.stringify({ name: 'bare', main, compatibility_date: '2026-10-01', keep_names: false }))
  return path
}

function bareConfig([port]: number[], { status, body }: RawAnswer): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "bare-hono.js", esModule = embed "bare-hono.js")], ${COMPATIBILITY},
    bindings = [(name = "STATUS", text = "${status}"), (name = "SIZE", text = "${body.length}")]))],
  sockets = [(name = "main", address = "127.0.0.1:${port}", http = (), service = "main")],
);`
}

if (import.meta.main)
  for (const { name, guard, bare, ratio, limit } of await measureGuard())
    console.log(
      `${name.padEnd(28)} ${guard.toFixed(1)} µs / ${bare.toFixed(1)} µs = ${ratio.toFixed(2)} (at most ${limit})`,
    )

import { type App, createApp } from './app.ts'
import { createProjectDbs } from './db/project.ts'
import { createSystemDb, type SystemDb } from './db/system.ts'
import { type Env, parseSettings } from './env.ts'
import { publishPendingPolicies } from './flows/publish-policy.ts'
import { consumeJobs, resumeJobs } from './jobs/ingest.ts'
import { createLog } from './log.ts'
import type { Ports } from './ports.ts'
import { createGateClient, type GateClient } from './stores/gate-client.ts'
import { createPolicyCache } from './stores/policy-cache.ts'
import { createSighter } from './stores/sighter.ts'

export { ProjectGate } from './stores/project-gate.ts'

/** What one isolate builds once: its environment never changes. */
interface Built {
  ports: Ports
  gate: GateClient
  system: SystemDb
  app: App
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

let built: Built | undefined

function build(env: Env): Built {
  const settings = parseSettings(env)
  const { databaseUrl, databaseHttpEndpoint, limits, gateOutageMs } = settings
  const address = { connectionString: databaseUrl, httpEndpoint: databaseHttpEndpoint }
  const nowMs = () => Date.now()
  const log = createLog((line) => console.log(line), nowMs)
  const gate = createGateClient(env.GATE, limits === 'on')
  const ports: Ports = {
    openProject: createProjectDbs(address),
    gate,
    policies: createPolicyCache({ readPolicy: gate.readPolicy, nowMs, outageMs: gateOutageMs }),
    sighter: createSighter({ record: gate.recordSightings, nowMs, sleep, log }),
    rates: limits === 'on' ? { network: env.RATE_NETWORK, key: env.RATE_KEY, origin: env.RATE_ORIGIN } : null,
    assets: env.ASSETS,
    log,
    settings,
    random: (bytes) => crypto.getRandomValues(bytes),
    nowMs,
  }
  return { ports, gate, system: createSystemDb(address), app: createApp(ports) }
}

export default {
  fetch(request, env, context) {
    built ??= build(env)
    return built.app.fetch(request, env, context)
  },

  async queue(batch, env) {
    built ??= build(env)
    const { openProject, nowMs, log } = built.ports
    await consumeJobs(batch.messages, { openProject, nowMs, log, send: (message) => env.JOBS.send(message) })
  },

  /** Sends on what a crash left unfinished; one half failing does not keep the other from its work. */
  async scheduled(_, env) {
    built ??= build(env)
    const { gate, system, ports } = built
    const [policies, jobs] = await Promise.allSettled([
      publishPendingPolicies({ records: system, publish: gate.publish }),
      resumeJobs(system, (message) => env.JOBS.send(message)),
    ])
    for (const half of [policies, jobs])
      if (half.status === 'rejected') ports.log.error('repair_failed', { error: half.reason })
    if (policies.status === 'fulfilled' && policies.value.failed > 0)
      ports.log.error('policies_unpublished', policies.value)
  },
} satisfies ExportedHandler<Env>

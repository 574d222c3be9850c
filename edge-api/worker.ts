import { type App, createApp } from './app.ts'
import { createProjectDb } from './db/project.ts'
import { createSystemDb, type SystemDb } from './db/system.ts'
import { type Env, parseSettings } from './env.ts'
import { publishPendingPolicies } from './flows/publish-policy.ts'
import { createLog } from './log.ts'
import type { Ports } from './ports.ts'
import { createGateClient, type GateClient } from './stores/gate-client.ts'
import { createPolicyCache } from './stores/policy-cache.ts'

export { ProjectGate } from './stores/project-gate.ts'

/** What one isolate builds once: its environment never changes. */
interface Built {
  ports: Ports
  gate: GateClient
  system: SystemDb
  app: App
}

let built: Built | undefined

function build(env: Env): Built {
  const settings = parseSettings(env)
  const { databaseUrl, databaseHttpEndpoint, limits, gateOutageMs } = settings
  const address = { connectionString: databaseUrl, httpEndpoint: databaseHttpEndpoint }
  const nowMs = () => Date.now()
  const gate = createGateClient(env.GATE, limits === 'on')
  const ports: Ports = {
    openProject: (projectId) => createProjectDb(address, projectId),
    gate,
    policies: createPolicyCache({ readPolicy: gate.readPolicy, nowMs, outageMs: gateOutageMs }),
    rates: limits === 'on' ? { network: env.RATE_NETWORK, key: env.RATE_KEY, origin: env.RATE_ORIGIN } : null,
    assets: env.ASSETS,
    log: createLog((line) => console.log(line), nowMs),
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
  async scheduled(_, env) {
    built ??= build(env)
    const { gate, system, ports } = built
    const published = await publishPendingPolicies({ records: system, publish: gate.publish })
    if (published.done + published.failed > 0) ports.log.info('policies_published', published)
  },
} satisfies ExportedHandler<Env>

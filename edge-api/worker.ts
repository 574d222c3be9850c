import { createEdgeHost } from './app.ts'
import { buildCommonPorts } from './common-ports.ts'
import { type Env, parseSettings } from './env.ts'
import type { App } from './host-routes.ts'
import type { Ports } from './ports.ts'
import { createPolicyCache } from './stores/policy-cache.ts'
import { createSighter } from './stores/sighter.ts'

export { OrganizationMeter } from './stores/organization-meter.ts'
export { ProjectGate } from './stores/project-gate.ts'

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What one isolate builds once: its environment never changes. */
let app: App | undefined

function ratesOf(env: Env): Ports['rates'] {
  return { network: env.RATE_NETWORK, key: env.RATE_KEY, origin: env.RATE_ORIGIN, webhook: env.RATE_WEBHOOK }
}

function build(env: Env): App {
  const settings = parseSettings(env)
  const { gate, ports } = buildCommonPorts(env, settings)
  const { log, nowMs } = ports
  return createEdgeHost({
    ...ports,
    policies: createPolicyCache({ readPolicy: gate.readPolicy, nowMs, outageMs: settings.gateOutageMs }),
    sighter: createSighter({ record: gate.recordSightings, nowMs, sleep, log }),
    signingSecrets: settings.signingSecrets,
    rates: settings.limits === 'on' ? ratesOf(env) : null,
  })
}

/** The edge host: what visitors' browsers, servers and other services call. Nobody signs in here, and nothing is hashed or parsed. */
export default {
  fetch(request, env, context) {
    app ??= build(env)
    return app.fetch(request, env, context)
  },
} satisfies ExportedHandler<Env>

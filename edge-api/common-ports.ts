import type { DatabaseAddress } from './db/connect.ts'
import { createProjectDbs } from './db/project.ts'
import type { CommonEnv, WorkerSettings } from './env.ts'
import { createLog } from './log.ts'
import type { CommonPorts } from './ports.ts'
import { createGateClient, type GateClient } from './stores/gate-client.ts'

export interface BuiltCommon {
  address: DatabaseAddress
  gate: GateClient
  ports: CommonPorts
}

/** The real ones of what both Workers borrow. */
export function buildCommonPorts(env: CommonEnv, settings: WorkerSettings): BuiltCommon {
  const { databaseUrl, databaseHttpEndpoint, limits, unpaidPlan } = settings
  const address = { connectionString: databaseUrl, httpEndpoint: databaseHttpEndpoint }
  const nowMs = () => Date.now()
  const gate = createGateClient(env, { counted: limits === 'on', unpaidPlan })
  const ports: CommonPorts = {
    openProject: createProjectDbs(address, unpaidPlan),
    gate,
    // As a clone of the value, or the bytes would not survive.
    enqueueWebhook: (event) => env.WEBHOOKS.send(event, { contentType: 'v8' }),
    assets: { fetch: (path, request) => env.ASSETS.fetch(new Request(new URL(path, request.url), request)) },
    log: createLog((line) => console.log(line), nowMs),
    settings,
    random: (bytes) => crypto.getRandomValues(bytes),
    nowMs,
  }
  return { address, gate, ports }
}

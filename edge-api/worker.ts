import { type App, createApp } from './app.ts'
import { createAccountDb } from './db/account.ts'
import { createProjectContent } from './db/content.ts'
import { createProjectDbs } from './db/project.ts'
import { createProjectSettings } from './db/settings.ts'
import { createSystemDb, type SystemDb } from './db/system.ts'
import { type Env, parseSettings } from './env.ts'
import { publishPendingPolicies } from './flows/publish-policy.ts'
import { appOrigin } from './flows/send-letter.ts'
import { consumeJobs, resumeJobs } from './jobs/ingest.ts'
import { consumeWebhooks, resumeWebhooks } from './jobs/webhooks.ts'
import { createLog } from './log.ts'
import type { JobMessage, Ports } from './ports.ts'
import { configuredProviders } from './providers/identity/configured.ts'
import { createResendMail, noMail } from './providers/mail/resend.ts'
import { createBcryptHasher } from './providers/password/bcrypt.ts'
import { loadCommonPasswords } from './providers/password/common-passwords.ts'
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

/** As wrangler.toml names it. */
const WEBHOOK_QUEUE = 'pernoex-webhooks'

function ratesOf(env: Env): Ports['rates'] {
  return {
    network: env.RATE_NETWORK,
    key: env.RATE_KEY,
    origin: env.RATE_ORIGIN,
    webhook: env.RATE_WEBHOOK,
    app: env.RATE_APP,
  }
}

function build(env: Env): Built {
  const settings = parseSettings(env)
  const { databaseUrl, databaseHttpEndpoint, limits, gateOutageMs } = settings
  const address = { connectionString: databaseUrl, httpEndpoint: databaseHttpEndpoint }
  const nowMs = () => Date.now()
  const log = createLog((line) => console.log(line), nowMs)
  const gate = createGateClient(env.GATE, limits === 'on')
  const system = createSystemDb(address)
  const { passwordPeppers: peppers, passwordCost: cost, resend } = settings
  const ports: Ports = {
    openProject: createProjectDbs(address),
    gate,
    policies: createPolicyCache({ readPolicy: gate.readPolicy, nowMs, outageMs: gateOutageMs }),
    sighter: createSighter({ record: gate.recordSightings, nowMs, sleep, log }),
    rates: limits === 'on' ? ratesOf(env) : null,
    // As a clone of the value, or the bytes would not survive.
    enqueueWebhook: (event) => env.WEBHOOKS.send(event, { contentType: 'v8' }),
    accounts: {
      db: createAccountDb(address),
      commonPasswords: loadCommonPasswords,
      hasher: createBcryptHasher({ peppers, cost, nowMs }),
      mail: resend === null ? noMail : createResendMail(resend, (...request) => fetch(...request)),
      identities: configuredProviders(settings, {
        ...{ appOrigin: appOrigin(settings), nowMs },
        fetch: (...request) => fetch(...request),
      }),
      openSettings: (projectId) => createProjectSettings(address, projectId),
      openContent: (projectId) => createProjectContent(address, projectId),
      publishing: { records: system, publish: gate.publish },
      readSightings: gate.readSightings,
      wake: (message) => env.JOBS.send(message),
    },
    assets: { fetch: (path, request) => env.ASSETS.fetch(new Request(new URL(path, request.url), request)) },
    log,
    settings,
    random: (bytes) => crypto.getRandomValues(bytes),
    nowMs,
  }
  return { ports, gate, system, app: createApp(ports) }
}

export default {
  fetch(request, env, context) {
    built ??= build(env)
    return built.app.fetch(request, env, context)
  },

  async queue(batch, env) {
    built ??= build(env)
    const { openProject, nowMs, log, random } = built.ports
    const send = (message: JobMessage) => env.JOBS.send(message)
    if (batch.queue === WEBHOOK_QUEUE)
      await consumeWebhooks(batch.messages, { openProject, log, random, sendJob: send })
    else await consumeJobs(batch.messages, { openProject, nowMs, log, send })
  },

  /** Sends on what a crash left unfinished; one part failing does not keep the others from their work. */
  async scheduled(_, env) {
    built ??= build(env)
    const { gate, system, ports } = built
    const [policies, ...queues] = await Promise.allSettled([
      publishPendingPolicies({ records: system, publish: gate.publish }),
      resumeJobs(system, (message) => env.JOBS.send(message)),
      ports.accounts.db.sweep(),
      resumeWebhooks(system, (message) => env.WEBHOOKS.send(message, { contentType: 'v8' })),
    ])
    for (const part of [policies, ...queues])
      if (part.status === 'rejected') ports.log.error('repair_failed', { error: part.reason })
    if (policies.status === 'fulfilled' && policies.value.failed > 0)
      ports.log.error('policies_unpublished', policies.value)
  },
} satisfies ExportedHandler<Env>

import type { AppPorts, SlackApp } from './account-ports.ts'
import { type AppEnv, type AppWorkerSettings, parseAppSettings } from './app-env.ts'
import { createAppHost } from './app-host.ts'
import { buildCommonPorts } from './common-ports.ts'
import { createAccountDb } from './db/account.ts'
import { createBillingDb } from './db/billing.ts'
import { createProjectContent } from './db/content.ts'
import { createProjectSettings } from './db/settings.ts'
import { createProjectSlack } from './db/slack.ts'
import { createSystemDb, type SystemDb } from './db/system.ts'
import { publishPendingPolicies } from './flows/publish-policy.ts'
import { appOrigin } from './flows/send-letter.ts'
import type { App } from './host-routes.ts'
import { resumeBilling } from './jobs/billing.ts'
import { consumeJobs, resumeJobs } from './jobs/ingest.ts'
import { consumeWebhooks, resumeWebhooks } from './jobs/webhooks.ts'
import type { JobMessage } from './ports.ts'
import { configuredProviders } from './providers/identity/configured.ts'
import { createResendMail, noMail } from './providers/mail/resend.ts'
import { createBcryptHasher } from './providers/password/bcrypt.ts'
import { loadCommonPasswords } from './providers/password/common-passwords.ts'
import { configuredPayment } from './providers/payment/configured.ts'
import { createSlackApp } from './providers/slack/slack.ts'
import type { GateClient } from './stores/gate-client.ts'

/** What one isolate builds once: its environment never changes. */
interface Built {
  ports: AppPorts
  gate: GateClient
  system: SystemDb
  app: App
}

let built: Built | undefined

/** As app-worker.toml names it. */
const WEBHOOK_QUEUE = 'pernoex-webhooks'

function build(env: AppEnv): Built {
  const settings = parseAppSettings(env)
  const { address, gate, ports: common } = buildCommonPorts(env, settings)
  const { nowMs } = common
  const { passwordPeppers: peppers, passwordCost: cost, resend } = settings
  const system = createSystemDb(address)
  const ports: AppPorts = {
    ...common,
    settings,
    rates: settings.limits === 'on' ? { app: env.RATE_APP } : null,
    accounts: {
      db: createAccountDb(address, settings.unpaidPlan),
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
      billing: createBillingDb(address),
      payment: configuredPayment(settings.stripe, (...request) => fetch(...request)),
      slack: {
        app: slackApp(settings),
        open: (projectId) => createProjectSlack(address, projectId),
        projectOf: system.projectOfSlackTeam,
      },
      readUsage: gate.readUsage,
      wake: (message) => env.JOBS.send(message),
    },
  }
  return { ports, gate, system, app: createAppHost(ports) }
}

function slackApp(settings: AppWorkerSettings): SlackApp | null {
  if (settings.slack === null) return null
  const redirectUri = `${appOrigin(settings)}/api/slack/callback`
  return createSlackApp({ ...settings.slack, redirectUri }, (...request) => fetch(...request))
}

/**
 * The app host, the queues and the cron: whatever hashes a password or parses a document takes no turn from a visitor, since
 * the edge host is another Worker.
 */
export default {
  fetch(request, env, context) {
    built ??= build(env)
    return built.app.fetch(request, env, context)
  },

  async queue(batch, env) {
    built ??= build(env)
    const { openProject, nowMs, log, random, accounts, gate, settings } = built.ports
    const send = (message: JobMessage) => env.JOBS.send(message)
    const { openSettings } = accounts
    const common = { openProject, log, random }
    const slack = { ...common, ...accounts.slack, gate, settings, openSettings }
    if (batch.queue === WEBHOOK_QUEUE)
      await consumeWebhooks(batch.messages, {
        ...common,
        sendJob: send,
        billing: { ...accounts, log, nowMs },
        slack,
      })
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
      resumeWebhooks(system, ports.enqueueWebhook),
      resumeBilling({ ...ports.accounts, log: ports.log, nowMs: ports.nowMs }),
    ])
    for (const part of [policies, ...queues])
      if (part.status === 'rejected') ports.log.error('repair_failed', { error: part.reason })
    if (policies.status === 'fulfilled' && policies.value.failed > 0)
      ports.log.error('policies_unpublished', policies.value)
  },
} satisfies ExportedHandler<AppEnv>

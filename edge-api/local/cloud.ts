import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildDashboard } from '#dashboard/build.ts'
import { buildWidget } from '#widget/build.ts'
import { createProjectDb } from '../db/project.ts'
import { buildReference } from './build-reference.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { type LocalDatabase, openDatabase } from './database.ts'
import { type RunningDemo, serveDemo } from './demo.ts'
import { type DocsFolder, listDocs } from './docs-folder.ts'
import type { ManifestEntry } from './docs-manifest.ts'
import { startIdentityProviders } from './identity-providers.ts'
import { type Ingested, readFolder, runIngest } from './ingest.ts'
import { openIngested } from './ingested-pages.ts'
import { type Mailbox, startMailbox } from './mailbox.ts'
import type { StartOptions } from './options.ts'
import { parseOrigins } from './origins.ts'
import { choosePort } from './ports.ts'
import { createProgressBar } from './progress.ts'
import { waitUntilPublished } from './publish.ts'
import { type LocalSecrets, openSecrets } from './secrets.ts'
import { hashOwnerPassword, OWNER_EMAIL, seed } from './seed.ts'
import { type SlackStandIn, startSlackStandIn } from './slack-stand-in.ts'
import { connectLocalWorkspace } from './slack-workspace.ts'
import type { StopSteps } from './stop-steps.ts'
import { startStripeStandIn } from './stripe-stand-in.ts'
import type { Terminal } from './terminal.ts'
import { bundleWorkers } from './worker-bundles.ts'
import { logToFile, startWorkerRuntime, type WorkerRuntime } from './worker-runtime.ts'
import { workerVars } from './worker-vars.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DEFAULT_PORT = 8787
/** Whoever brings documents of their own knows what their visitors ask; the handbook's reader needs a beginning. */
const HANDBOOK = {
  name: 'Pernoex handbook',
  starters: ['How do I allow another domain?', 'How do I rotate an API key?', 'What file types can I ingest?'],
}
/** Start-up has done the cron's repairs already; seldom, so that whoever counts statements counts their own. */
const CRON_MS = 600_000

/** The line that `--json` prints; what is not built yet is null. */
export interface ReadyLine {
  api: string
  app: string
  demoPage: string
  projectId: string
  publicKey: string
  testKey: string
  secretKey: string
  mailbox: string
  owner: { email: string; password: string }
  webhooks: Record<'stripe' | 'voice' | 'in', WebhookLine | null> & { slack: SlackLine }
}

interface WebhookLine {
  url: string
  secret: string
}

/** With what looks into the stand-in's workspace: `token` is a person's, who is in `channel`. */
interface SlackLine extends WebhookLine {
  api: string
  team: string
  channel: string
  user: string
  token: string
}

/** Starts everything; each thing started adds how to stop it to `stops`. Throws StartProblem for what a person can mend. */
export async function startCloud(options: StartOptions, terminal: Terminal, stops: StopSteps): Promise<ReadyLine> {
  const rules = parseOrigins(options.origins)
  const data = await openDataFolder(options.data, options.fresh)
  stops.add('data folder', data.release)
  const docs = listDocs(docsFolder(options))
  const port = await choosePort(options.port, DEFAULT_PORT)
  const secrets = openSecrets(data.secrets)
  const cloud = await startWorker({ options, terminal, stops, data, port, secrets })
  const { database, worker, mailbox, stripe, slack } = cloud

  const edge = `http://127.0.0.1:${port}`
  const { publicKey } = secrets
  const demo = await serveDemo({ firstPort: port + 1, edge, publicKey })
  stops.add('demo page', () => demo.close())
  await terminal.step('Project', async () => {
    const project = options.docs === null ? HANDBOOK : { name: basename(options.docs), starters: [] }
    const ownerPasswordHash = await hashOwnerPassword(secrets)
    await seed(database.owner, { secrets, project, demoOrigin: demo.origin, rules, ownerPasswordHash })
    await waitUntilPublished({ worker, edge, publicKey, origin: demo.origin })
  })
  const app = `http://localhost:${port}`
  await connectLocalWorkspace(slack, { database: database.worker, secrets, app })
  await ingestDocs({ ...cloud, options, terminal, secrets, docs, demo })
  return {
    api: edge,
    app,
    demoPage: `${demo.origin}/`,
    projectId: secrets.ids.project,
    publicKey,
    testKey: secrets.testKey,
    secretKey: secrets.secretKey,
    mailbox: mailbox.url,
    owner: { email: OWNER_EMAIL, password: secrets.ownerPassword },
    webhooks: { slack: slackLine(edge, slack), stripe, ...projectWebhooks(edge, secrets) },
  }
}

/** Null where the data folder is of a version before them. */
function projectWebhooks(
  edge: string,
  { webhookVoice, webhookIn }: LocalSecrets,
): Pick<ReadyLine['webhooks'], 'voice' | 'in'> {
  const told = (kind: 'voice' | 'in', webhook: LocalSecrets['webhookIn']) =>
    webhook === undefined ? null : { url: `${edge}/webhooks/${kind}/${webhook.id}`, secret: webhook.secret }
  return { voice: told('voice', webhookVoice), in: told('in', webhookIn) }
}

function slackLine(edge: string, { url: api, signingSecret: secret, reader }: SlackStandIn): SlackLine {
  const { teamId: team, userId: user, channel, token } = reader
  return { url: `${edge}/webhooks/slack`, secret, api, team, channel, user, token }
}

function docsFolder({ docs }: StartOptions): string {
  return docs ?? `${ROOT}examples/docs`
}

interface Start {
  options: StartOptions
  terminal: Terminal
  stops: StopSteps
  data: DataFolder
  port: number
  secrets: LocalSecrets
}

interface Cloud {
  database: LocalDatabase
  worker: WorkerRuntime
  mailbox: Mailbox
  stripe: ReadyLine['webhooks']['stripe']
  slack: SlackStandIn
}

async function startWorker({ options, terminal, stops, data, port, secrets }: Start): Promise<Cloud> {
  // While the database opens.
  bundleWorkers().catch(() => {})
  const database = await terminal.step('Database', () => openDatabase(data.postgres, process.env))
  stops.add('database', () => database.close())
  const mailbox = await startMailbox(port + 2)
  stops.add('mailbox', () => mailbox.close())
  const providers = await startIdentityProviders(port + 3, `http://localhost:${port}`)
  stops.add('identity providers', () => providers.close())
  const webhookUrl = `http://127.0.0.1:${port}/webhooks/stripe`
  const stripe = await startStripeStandIn({ firstPort: port + 5, webhookUrl, stateFile: data.stripe })
  stops.add('Stripe’s stand-in', () => stripe.close())
  const slack = await startSlackStandIn(port + 6, `http://localhost:${port}`)
  stops.add('Slack’s stand-in', () => slack.close())
  const assets = `${ROOT}dist/assets`
  const widget = await terminal.step('Widget', () => buildWidget({ outDir: `${assets}/widget` }))
  await buildReference({ outDir: `${assets}/reference` })
  const ofDashboard = { outDir: `${assets}/dashboard`, release: widget.loader }
  await terminal.step('Dashboard', () => buildDashboard(ofDashboard))
  const worker = await terminal.step('Worker', () =>
    startWorkerRuntime({
      ...workerVars({
        ...{ port, secrets, database: database.worker, limits: options.limits },
        ...{ mailbox, providers, stripe, slack },
      }),
      port,
      persistTo: data.workerd,
      assets,
      log: logToFile(data.workerLog, terminal.say),
    }),
  )
  stops.add('worker', () => worker.close())
  const cron = setInterval(() => worker.runCron().catch(() => {}), CRON_MS)
  stops.add('cron', () => clearInterval(cron))
  return { database, worker, mailbox, stripe: { url: webhookUrl, secret: stripe.webhookSecret }, slack }
}

interface Ingest extends Omit<Cloud, 'mailbox' | 'stripe' | 'slack'>, Pick<Start, 'options' | 'terminal' | 'secrets'> {
  docs: DocsFolder
  demo: RunningDemo
}

async function ingestDocs({ database, worker, options, terminal, secrets, docs, demo }: Ingest): Promise<void> {
  const { siteStyle } = options
  const projectId = secrets.ids.project
  const manifest: ManifestEntry[] = []
  const bar = createProgressBar(terminal.stream)
  const ingested = await runIngest({
    db: createProjectDb(database.worker, projectId),
    source: { kind: 'upload', name: 'docs', siteUrl: options.siteUrl ?? demo.docsBase, siteStyle },
    documents: readFolder(docsFolder(options), docs, siteStyle, manifest),
    wake: (jobId) => worker.wake(projectId, jobId),
    progress: (progress) => bar.show(progress),
  })
  bar.end()
  summarise(terminal, ingested)
  demo.showDocs({ siteStyle, manifest, read: openIngested(database.worker, projectId) })
}

function summarise({ say }: Terminal, { processed, unchanged, removed, failed }: Ingested): void {
  say(`Documents: ${processed} processed, ${unchanged} unchanged, ${removed} removed, ${failed.length} failed.`)
  for (const { path, reason } of failed.slice(0, 50)) say(`  ${path}: ${reason}`)
  if (failed.length > 50) say(`  … and ${failed.length - 50} more.`)
}

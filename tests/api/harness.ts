import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect, type DatabaseAddress } from '#edge/db/connect.ts'
import { createProjectDb } from '#edge/db/project.ts'
import { createProjectSettings } from '#edge/db/settings.ts'
import { createSystemDb } from '#edge/db/system.ts'
import type { WebhookManagement } from '#edge/flows/manage-webhooks.ts'
import { startIdentityProviders } from '#edge/local/identity-providers.ts'
import { type Ingested, runIngest } from '#edge/local/ingest.ts'
import { type Mailbox, startMailbox } from '#edge/local/mailbox.ts'
import { APP, OWNER, startNeonEndpoint } from '#edge/local/pglite.ts'
import { choosePort } from '#edge/local/ports.ts'
import { type LocalSecrets, makeSecrets } from '#edge/local/secrets.ts'
import { seed } from '#edge/local/seed.ts'
import { type SlackStandIn, startSlackStandIn } from '#edge/local/slack-stand-in.ts'
import { createStopSteps } from '#edge/local/stop-steps.ts'
import { type StripeStandIn, startStripeStandIn } from '#edge/local/stripe-stand-in.ts'
import { startWorkerRuntime, type WorkerLogEntry, type WorkerRuntime } from '#edge/local/worker-runtime.ts'
import { workerVars } from '#edge/local/worker-vars.ts'
import type { NewSource, ProjectDb } from '#edge/project-db.ts'
import { idToUuid, type ProjectId } from '#shared/ids.ts'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import type { ChecksumSecrets } from '#shared/public-key.ts'
import type { SealingKeys } from '#shared/seal.ts'
import { checkAnswer } from './check-answer.ts'
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.ts'

const ROOT = new URL('../../', import.meta.url)

/** The real Worker in workerd, before PGlite, for API tests. About two seconds; start one per test file. */
export interface Harness {
  /** `http://127.0.0.1:PORT`: the edge host. */
  edge: string
  /** `http://localhost:PORT`: the app host. */
  app: string
  /** Between the Worker and its database: counts statements, breaks and heals. */
  database: DatabaseProxy
  worker: WorkerRuntime
  /** What accounts were sent. */
  mailbox: Mailbox
  /** Null where nothing is sold. */
  stripe: StripeStandIn | null
  /** Null where Slack is not configured. */
  slack: SlackStandIn | null
  /** SQL as the schema's owner, past row-level security: to look at what is stored, and to let time pass. Not counted. */
  asOwner(query: string, params?: unknown[]): Promise<Record<string, unknown>[]>
  /** The same within a project, of which the owner of the tables sees no more than the application does. */
  asProject(projectId: ProjectId, query: string): Promise<Record<string, unknown>[]>
  /** Where workerd keeps what its Durable Objects store. */
  stateFolder: string
  /** What the Worker logged so far. */
  logs(): WorkerLogEntry[]
  /** A project of its own, with keys and rules, its policy published. */
  createProject(options?: TestProjectOptions): Promise<TestProject>
  close(): Promise<void>
}

export interface TestProjectOptions {
  name?: string
  /** Normalised rules; default `https://docs.example`. */
  rules?: string[]
}

export interface TestProject {
  projectId: ProjectId
  publicKey: string
  testKey: string
  secretKey: string
  /** With which the Worker opens what the project stores sealed. */
  sealingKeys: SealingKeys
  /** An origin that its rules admit. */
  origin: string
  /** Its data, straight from this process: not counted by the proxy. */
  db: ProjectDb
  /** Changes its settings as its owner does, before the Worker's own gate. Not counted either. */
  management: WebhookManagement
  /** Runs SQL as the application role with this project set; rows as objects. Not counted. */
  sql(query: string, params?: unknown[]): Promise<Record<string, unknown>[]>
  /** Puts documents (path → text) through the real pipeline and waits for the end of the job. */
  ingest(documents: Record<string, string>, source?: Partial<NewSource>): Promise<Ingested>
  /**
   * Publishes what `sql` changed in keys, rules or limits, and waits until the gate has it: in force for the next answer,
   * and for the other routes once the Worker's memory is five seconds old.
   */
  publish(): Promise<void>
  /** A request to the edge host with the live key, the origin and a JSON body. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
  get(path: string, init?: RequestInit): Promise<Response>
}

export interface HarnessOptions {
  /** Default `off`: most tests send more than a visitor would. */
  limits?: 'on' | 'off'
  /** Google and Apple, as `npm start` has them. Default false. */
  providers?: boolean
  /** Sells plans, through the stand-in of `npm start`; whoever has not bought one has the free plan. Default false. */
  stripe?: boolean
  /** Slack, as `npm start` has it. Default false. */
  slack?: boolean
  /** Serves the built widget, building it when it is stale; without it `/widget.js` is a placeholder. Default false. */
  widget?: boolean
  /** The same for the dashboard. */
  dashboard?: boolean
}

export async function startHarness({
  limits = 'off',
  providers: wanted = false,
  stripe: sells = false,
  slack: talks = false,
  ...built
}: HarnessOptions = {}): Promise<Harness> {
  const stops = createStopSteps()
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-api-'))
  stops.add('folder', () => rmSync(folder, { recursive: true, force: true }))
  const base = makeSecrets()
  const front = await startNeonEndpoint()
  stops.add('database', () => front.close())
  const database = await startDatabaseProxy(front.httpEndpoint)
  stops.add('proxy', () => database.close())
  const addresses = {
    owner: { connectionString: front.connectionString(OWNER), httpEndpoint: front.httpEndpoint },
    app: { connectionString: front.connectionString(APP), httpEndpoint: front.httpEndpoint },
  }
  const port = await choosePort(null, 20_000 + Math.floor(Math.random() * 20_000))
  const mailbox = await startMailbox(port + 1)
  stops.add('mailbox', () => mailbox.close())
  const providers = wanted ? await startIdentityProviders(port + 2, `http://localhost:${port}`) : undefined
  stops.add('providers', () => providers?.close())
  const webhookUrl = `http://127.0.0.1:${port}/webhooks/stripe`
  const stripe = sells ? await startStripeStandIn({ firstPort: port + 6, webhookUrl, stateFile: null }) : null
  stops.add('stripe', () => stripe?.close())
  const slack = talks ? await startSlackStandIn(port + 8, `http://localhost:${port}`) : null
  stops.add('slack', () => slack?.close())
  const logs: WorkerLogEntry[] = []
  const { vars, secrets } = workerVars({
    ...{ port, limits, mailbox, providers, secrets: base, ...(stripe && { stripe }), ...(slack && { slack }) },
    database: { ...addresses.app, httpEndpoint: database.endpoint },
  })
  const worker = await startWorkerRuntime({
    // The lowest cost that a Worker takes: what a hash is worth is a unit test's to see.
    vars: { ...vars, PASSWORD_COST: '10', ...(sells && { PLAN_WITHOUT_SUBSCRIPTION: 'free' }) },
    secrets,
    port,
    persistTo: join(folder, 'workerd'),
    assets: built.widget || built.dashboard ? await buildAssets(built) : placeholder(folder),
    log: (entry) => logs.push(entry),
  })
  stops.add('worker', () => worker.close())
  const edge = `http://127.0.0.1:${port}`
  return {
    edge,
    app: `http://localhost:${port}`,
    database,
    worker,
    mailbox,
    stripe,
    slack,
    asOwner: (query, params = []) => connect(addresses.owner).query(query, params),
    asProject: (projectId, query) => sqlAs(addresses.app, projectId, query, []),
    stateFolder: join(folder, 'workerd'),
    logs: () => logs,
    createProject: (options) => createProject({ edge, worker, addresses, secrets: makeSecrets(base) }, options),
    close: async () => {
      const unclean = await stops.run(5000)
      if (unclean.length > 0) throw new Error(`did not stop: ${unclean.join(', ')}`)
    },
  }
}

async function buildAssets({ widget, dashboard }: HarnessOptions): Promise<string> {
  const assets = fileURLToPath(new URL('dist/assets', ROOT))
  if (!widget && !dashboard) return assets
  const { loader: release } = await (await import('#widget/build.ts')).buildWidget({ outDir: join(assets, 'widget') })
  if (!dashboard) return assets
  await (await import('#dashboard/build.ts')).buildDashboard({ outDir: join(assets, 'dashboard'), release })
  return assets
}

function placeholder(folder: string): string {
  const assets = join(folder, 'assets')
  mkdirSync(join(assets, 'widget'), { recursive: true })
  writeFileSync(join(assets, 'widget/widget.js'), '// no widget in this test\n')
  return assets
}

interface Surroundings {
  edge: string
  worker: WorkerRuntime
  addresses: { owner: DatabaseAddress; app: DatabaseAddress }
  secrets: LocalSecrets
}

async function createProject(
  { edge, worker, addresses, secrets }: Surroundings,
  { name = 'Example docs', rules = ['https://docs.example'] }: TestProjectOptions = {},
): Promise<TestProject> {
  const projectId = secrets.ids.project
  const [origin = 'https://docs.example', ...more] = rules
  await seed(addresses.owner, {
    secrets,
    project: { name, starters: [] },
    demoOrigin: origin,
    rules: more,
    ownerPasswordHash: null,
  })
  const db = createProjectDb(addresses.app, projectId)
  const send = async (method: string, path: string, body: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(path, edge)
    if (!url.searchParams.has('key')) url.searchParams.set('key', secrets.publicKey)
    const answer = await fetch(url, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...init,
      headers: {
        Origin: origin,
        'Content-Type': 'text/plain',
        ...(init.headers as Record<string, string> | undefined),
      },
    })
    await checkAnswer(init.method ?? method, url.pathname, answer)
    return answer
  }
  const project: TestProject = {
    projectId,
    publicKey: secrets.publicKey,
    testKey: secrets.testKey,
    secretKey: secrets.secretKey,
    sealingKeys: readSealingKeys(secrets),
    origin,
    db,
    management: {
      projectId,
      settings: createProjectSettings(addresses.app, projectId),
      publishing: { records: createSystemDb(addresses.app), publish: worker.gate.publish },
      readSightings: worker.gate.readSightings,
      checksumSecrets: checksumSecretsOf(secrets),
      log: { info: () => {}, error: () => {} },
      random: (bytes) => crypto.getRandomValues(bytes),
      nowMs: Date.now,
      sealingKeys: readSealingKeys(secrets),
      wakeDelivery: worker.wakeDelivery,
    },
    sql: (query, params = []) => sqlAs(addresses.app, projectId, query, params),
    ingest: (documents, source = {}) =>
      runIngest({
        db,
        wake: (jobId) => worker.wake(projectId, jobId),
        source: { kind: 'upload', name: 'docs', siteUrl: 'https://docs.example', siteStyle: 'github', ...source },
        documents: Object.entries(documents).map(([path, content]) => ({ path, content })),
        progress: () => {},
      }),
    publish: async () => {
      await sqlAs(addresses.app, projectId, PUBLISH, [])
      await worker.runCron()
    },
    post: (path, body, init) => send('POST', path, body, init),
    get: (path, init) => send('GET', path, undefined, init),
  }
  await worker.runCron()
  return project
}

function checksumSecretsOf({ keyChecksumSecrets }: LocalSecrets): ChecksumSecrets {
  const parsed = parseNamedSecrets(keyChecksumSecrets)
  if (!parsed.ok) throw new Error(`the checksum secrets: ${parsed.reason}`)
  return parsed.value
}

function readSealingKeys({ sealingKeys = '' }: LocalSecrets): SealingKeys {
  const keys = parseNamedSecrets(sealingKeys)
  if (!keys.ok) throw new Error(`the sealing keys ${keys.reason}`)
  return keys.value
}

const PUBLISH = `with bumped as (update projects set policy_epoch = policy_epoch + 1 returning project_id, policy_epoch)
  insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from bumped`

async function sqlAs(
  address: DatabaseAddress,
  projectId: ProjectId,
  query: string,
  params: unknown[],
): Promise<Record<string, unknown>[]> {
  const sql = connect(address)
  const [, rows] = await sql.transaction([
    sql.query(`select set_config('role', 'app_rw', true), set_config('app.project_id', $1, true)`, [
      idToUuid(projectId),
    ]),
    sql.query(query, params),
  ])
  return rows as Record<string, unknown>[]
}

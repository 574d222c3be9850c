import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { PolicySource } from '#edge/rules/policy.ts'
import { type KeyId, newId, type ProjectId } from '#shared/ids.ts'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import { issuePublicKey, SCOPES } from '#shared/public-key.ts'
import { ask, rawRequest } from './raw-load.ts'
import { startWorkerd, type WorkerdServer } from './workerd-server.ts'

export const ROOT = new URL('../..', import.meta.url).pathname
/** Of a page that the project's rules admit. */
export const ORIGIN = 'https://docs.example.com'
export const COMPATIBILITY = 'compatibilityDate = "2026-10-01", compatibilityFlags = ["enable_request_signal"]'
const SECRETS = JSON.stringify({ a: Buffer.alloc(32, 7).toString('base64url') })

export interface EdgeServer {
  server: WorkerdServer
  port: number
  /** A public key of a project with 102 rules, whose policy is published. */
  key: string
}

/** A Worker with the gates in a `workerd serve` process of its own. `script`: a bundle in `folder`, made by `bundle`. */
export async function startEdge(folder: string, script = 'worker.js'): Promise<EdgeServer> {
  const key = issueKey()
  const gates = mkdtempSync(join(folder, 'gates-'))
  const server = await startWorkerd(folder, 2, (ports) => edgeConfig(ports, gates, script))
  await publish(server, key.policy)
  return { server, port: server.ports[0] ?? 0, key: key.text }
}

/** As wrangler bundles it for production, minified. */
export function bundle(folder: string, config: string): void {
  const args = ['deploy', '--dry-run', '--minify', '--env', '', '--config', config, '--outdir', folder]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' }
  const built = spawnSync(join(ROOT, 'node_modules/.bin/wrangler'), args, { cwd: ROOT, env, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
}

function issueKey(): { text: string; policy: PolicySource } {
  const secrets = parseNamedSecrets(SECRETS)
  if (!secrets.ok) throw new Error(secrets.reason)
  const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes)
  const projectId: ProjectId = newId('project', random)
  const keyId: KeyId = newId('key', random)
  const { text, identity } = issuePublicKey({ projectId, environment: 'live', secrets: secrets.value, random })
  const rules = Array.from({ length: 100 }, (_, index) => ({ rule: `site-${index}.example.com` }))
  const policy: PolicySource = {
    projectId,
    epoch: 1,
    project: { name: 'Bench', language: 'en' },
    widget: {},
    rules: [...rules, { rule: 'docs.example.com' }, { rule: '*.example.org' }],
    keys: [
      {
        keyId,
        kind: 'public',
        environment: 'live',
        identity,
        scopes: [...SCOPES],
        expiresAtMs: null,
        revokedAtMs: null,
      },
    ],
    limits: {},
  }
  return { text, policy }
}

/** Through a second Worker in the same process, which shares the gate: the product itself has no route for that. */
async function publish(server: WorkerdServer, policy: PolicySource): Promise<void> {
  const [, port = 0] = server.ports
  const answer = await ask(port, rawRequest('POST', '/', {}, JSON.stringify(policy)))
  if (answer.body !== 'true') throw new Error(`not published: ${answer.status} ${answer.body}`)
}

const PUBLISHER = `export default {
  async fetch(request, env) {
    const source = await request.json()
    return new Response(String(await env.GATE.getByName(source.projectId).publish(source)))
  },
}`

/** Without the rate-limit counters: the open runtime has none, and a stand-in costs many times the real one. */
function edgeConfig([port, publisherPort]: number[], gates: string, script: string): string {
  const text = (name: string, value: string) => `(name = "${name}", text = ${JSON.stringify(value)})`
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "${script}")], ${COMPATIBILITY},
      durableObjectNamespaces = [(className = "ProjectGate", uniqueKey = "gate", enableSql = true)],
      durableObjectStorage = (localDisk = "gates"),
      bindings = [
        ${text('DATABASE_URL', 'postgres://nobody:nothing@127.0.0.1:9/none')},
        ${text('KEY_CHECKSUM_SECRETS', SECRETS)}, ${text('THREAD_SECRET', 'x'.repeat(32))},
        ${text('SESSION_SECRET', 'x'.repeat(32))}, ${text('PASSWORD_PEPPERS', SECRETS)},
        ${text('EDGE_HOST', '127.0.0.1:9')}, ${text('APP_HOST', 'localhost:9')},
        (name = "GATE", durableObjectNamespace = (className = "ProjectGate")),
        ${text('LOCAL', 'on')}, ${text('LIMITS', 'off')},
      ])),
    (name = "gates", disk = (path = "${gates}", writable = true)),
    (name = "publisher", worker = (
      modules = [(name = "publisher.js", esModule = ${JSON.stringify(PUBLISHER)})], ${COMPATIBILITY},
      bindings = [(name = "GATE", durableObjectNamespace = (className = "ProjectGate", serviceName = "main"))])),
  ],
  sockets = [
    (name = "main", address = "127.0.0.1:${port}", http = (), service = "main"),
    (name = "publisher", address = "127.0.0.1:${publisherPort}", http = (), service = "publisher"),
  ],
);`
}

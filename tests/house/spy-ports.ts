import { compilePolicy, type PolicyKeySource, type PolicySource } from '#edge/rules/policy.ts'
import { newId } from '#shared/ids.ts'
import { issuePublicKey, type Scope } from '#shared/public-key.ts'
import type { BothPorts } from './hosts.ts'

const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)
const secrets = new Map([['a', new Uint8Array(32).fill(5)]])
export const NOW_MS = Date.UTC(2026, 5, 1)
export const HOST = 'http://edge.example.test'
export const ORIGIN = 'https://docs.example.com'

export interface SpyWorld {
  ports: BothPorts
  /** Public keys of one project, by what is the matter with them. */
  keys: Record<'good' | 'revoked' | 'expired' | 'noScope' | 'unpublished', string>
  exhausted: Set<string>
}

/** Ports that lead nowhere: whoever opens a database or asks a gate is told so by an exception. */
export function spyWorld(rules: string[] = ['docs.example.com']): SpyWorld {
  const projectId = newId('project', random)
  const exhausted = new Set<string>()
  const sources: PolicyKeySource[] = []
  const issue = (change: Partial<PolicyKeySource> = {}) => {
    const { text, identity } = issuePublicKey({ projectId, environment: 'live', secrets, random })
    const scopes: Scope[] = ['config', 'answers', 'search', 'feedback', 'threads']
    const common = { kind: 'public', environment: 'live', expiresAtMs: null, revokedAtMs: null } as const
    sources.push({ ...common, keyId: newId('key', random), identity, scopes, ...change })
    return text
  }
  const keys = {
    good: issue(),
    revoked: issue({ revokedAtMs: NOW_MS }),
    expired: issue({ expiresAtMs: NOW_MS }),
    noScope: issue({ scopes: [] }),
    unpublished: issuePublicKey({ projectId, environment: 'live', secrets, random }).text,
  }
  const source: PolicySource = {
    projectId,
    epoch: 1,
    project: { name: 'Example', language: 'en' },
    widget: {},
    rules: rules.map((rule) => ({ rule })),
    keys: sources,
    limits: {},
  }
  const policy = compilePolicy(source)
  const counter = (name: string) => ({ limit: async () => ({ success: !exhausted.has(name) }) })
  const nowhere = (name: string) => () => {
    throw new Error(`${name} was asked`)
  }
  const ports: BothPorts = {
    openProject: () => new Proxy({}, { get: (_, name) => nowhere(`the database's ${String(name)}`) }) as never,
    gate: { admitAnswer: nowhere('the gate') },
    policies: { current: (id) => (id === projectId ? policy : null) },
    sighter: { note: () => null },
    signingSecrets: { stripe: [], slack: [] },
    rates: {
      network: counter('network'),
      key: counter('key'),
      origin: counter('origin'),
      webhook: counter('webhook'),
      app: counter('app'),
    },
    enqueueWebhook: nowhere('the queue'),
    accounts: {
      db: new Proxy({}, { get: (_, name) => nowhere(`the accounts' ${String(name)}`) }),
      identities: {},
    } as never,
    assets: { fetch: async () => new Response(null, { status: 404 }) },
    log: { info: () => {}, error: () => {} },
    settings: {
      edgeHost: 'edge.example.test',
      appHost: 'app.example.test',
      checksumSecrets: secrets,
      threadSecret: 'x'.repeat(32),
      sessionSecret: 's'.repeat(32),
      sealingKeys: new Map(),
      unpaidPlan: 'local',
      securityContact: 'mailto:security@example.test',
      local: false,
    },
    random,
    nowMs: () => NOW_MS,
  }
  return { ports, keys, exhausted }
}

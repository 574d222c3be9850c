/** The guard with everything around it replaced: a database that counts, gates and counters that do as they are told. */

import { GateUnavailable } from '#edge/errors.ts'
import type { App } from '#edge/host-routes.ts'
import type { AnswerAdmission } from '#edge/ports.ts'
import type { ProjectDb } from '#edge/project-db.ts'
import { compilePolicy, type PolicyKeySource, type PolicySource } from '#edge/rules/policy.ts'
import { toHex, utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import { type KeyId, newId, type ProjectId } from '#shared/ids.ts'
import { issuePublicKey, issueSecretKey } from '#shared/public-key.ts'
import { type BothPorts, createHosts } from '#tests/house/hosts.ts'
import type { KeyFacts, RuleParts, Scope, Weather } from './oracle.ts'

export const NOW_MS = Date.UTC(2026, 5, 1, 12)
export const EDGE_HOST = 'edge.example.test'
const HOUR_MS = 3_600_000
const ALL: readonly Scope[] = ['config', 'answers', 'search', 'feedback', 'threads']

/** Each rule twice: as the product stores it, and in parts for the oracle. Written by hand, so that neither follows the other. */
export const RULES: readonly { stored: string; parts: RuleParts }[] = [
  rule('docs.acme.example', 'https', ['docs', 'acme', 'example']),
  rule('*.apps.acme.example', 'https', ['apps', 'acme', 'example'], { wildcard: true }),
  rule('https://app.acme.example:8443', 'https', ['app', 'acme', 'example'], { port: 8443 }),
  rule('https://*.tools.acme.example:8443', 'https', ['tools', 'acme', 'example'], { port: 8443, wildcard: true }),
  rule('http://localhost:3000', 'http', ['localhost'], { port: 3000 }),
  rule('http://[::1]:4000', 'http', ['[::1]'], { port: 4000 }),
  rule('preview.acme.example', 'https', ['preview', 'acme', 'example'], { expiresAtMs: NOW_MS }),
  rule('*.branch.acme.example', 'https', ['branch', 'acme', 'example'], { wildcard: true, expiresAtMs: NOW_MS - 1 }),
  rule('*.fresh.acme.example', 'https', ['fresh', 'acme', 'example'], { wildcard: true, expiresAtMs: NOW_MS + 1 }),
]

const OTHERS_RULES = [rule('other.example', 'https', ['other', 'example'])]

function rule(
  stored: string,
  scheme: 'http' | 'https',
  labels: string[],
  more: Partial<RuleParts> = {},
): { stored: string; parts: RuleParts } {
  return { stored, parts: { scheme, labels, port: null, wildcard: false, expiresAtMs: null, ...more } }
}

export interface WorldKey {
  text: string
  facts: KeyFacts
}

export interface World {
  app: App
  keys: readonly WorldKey[]
  /** Calls of the database port since the last `begin`, and handles opened. */
  calls(): number
  opened(): number
  begin(weather: Weather): void
}

export interface Sabotage {
  /** Rules that the guard knows and the oracle does not. */
  extraRules?: string[]
  /** A look-up in the database before the policy is known. */
  looksUpEarly?: boolean
  /** Counters that are asked and not believed. */
  ignoresCounters?: boolean
}

/** `random` must be seeded: the whole world follows from it. */
export function createWorld(random: (bytes: Uint8Array) => void, sabotage: Sabotage = {}): World {
  let weather: Weather = { gateReachable: true, exhausted: [], answerGate: 'admits', databaseKnows: true }
  let calls = 0
  let opened = 0
  const { keys, policies } = createProjects(random, sabotage.extraRules ?? [])
  const counter = (name: 'network' | 'key' | 'origin') => ({
    limit: async () => ({ success: sabotage.ignoresCounters === true || !weather.exhausted.includes(name) }),
  })
  const ports: BothPorts = {
    openProject: () => {
      opened += 1
      return countingDb(
        () => weather,
        () => {
          calls += 1
        },
      )
    },
    policies: {
      current(projectId) {
        if (sabotage.looksUpEarly) calls += 1
        if (!weather.gateReachable) return Promise.reject(new GateUnavailable('out of reach'))
        const policy = policies.get(projectId) ?? null
        // From memory, or from the gate: both ways have to lead to the same place.
        return opened % 2 === 0 ? policy : Promise.resolve(policy)
      },
    },
    gate: {
      admitAnswer: async ({ threadId }) =>
        weather.answerGate === 'admits'
          ? {
              ok: true,
              answerId: newId('answer', random),
              threadId: threadId ?? newId('thread', random),
              rateLimit: '"day";r=1;t=1',
              ratePolicy: '"day";q=1;w=86400',
            }
          : refusalOf(weather.answerGate),
    },
    sighter: { note: () => null },
    signingSecrets: { stripe: [], slack: [] },
    rates: {
      network: counter('network'),
      key: counter('key'),
      origin: counter('origin'),
      webhook: { limit: async () => ({ success: true }) },
      app: { limit: async () => ({ success: true }) },
    },
    enqueueWebhook: async () => {},
    // The edge host has nothing to ask of them.
    accounts: {} as never,
    assets: { fetch: async () => new Response(null, { status: 404 }) },
    log: { info: () => {}, error: () => {} },
    settings: {
      edgeHost: EDGE_HOST,
      appHost: 'app.example.test',
      checksumSecrets: SECRETS,
      threadSecret: 't'.repeat(32),
      sessionSecret: 's'.repeat(32),
      sealingKeys: new Map(),
      unpaidPlan: 'local',
      securityContact: 'mailto:security@example.test',
      local: false,
    },
    random,
    nowMs: () => NOW_MS,
  }
  return {
    app: createHosts(ports),
    keys,
    calls: () => calls,
    opened: () => opened,
    begin: (next) => {
      weather = next
      calls = 0
      opened = 0
    },
  }
}

/** As the real gate has it: only what passes by itself names a time. */
function refusalOf(reason: Exclude<Weather['answerGate'], 'admits'>): AnswerAdmission {
  const passes = reason === 'rate_limited' || reason === 'quota_exceeded' || reason === 'unavailable'
  return passes ? { ok: false, reason, retryAfterSeconds: 7 } : { ok: false, reason }
}

/** Two checksum secrets, as during a rotation: new keys are made with the last, both are accepted. */
const OLD_SECRET = ['a', new Uint8Array(32).fill(7)] as const
const SECRETS = new Map([OLD_SECRET, ['b', new Uint8Array(32).fill(9)] as const])

function createProjects(random: (bytes: Uint8Array) => void, extraRules: string[]) {
  const main = newId('project', random)
  const other = newId('project', random)
  const unpublished = newId('project', random)
  const mainKeys = KEY_STATES.flatMap((state) => makeKeys(main, RULES, state, random))
  const otherKeys = makeKeys(other, OTHERS_RULES, {}, random)
  const strangers = makeKeys(unpublished, null, {}, random)
  const stored = [...RULES, ...extraRules.map((text) => rule(text, 'https', []))]
  const policies = new Map([
    [main, compilePolicy(policyOf(main, stored, mainKeys))],
    [other, compilePolicy(policyOf(other, OTHERS_RULES, otherKeys))],
  ])
  return { keys: [...mainKeys, ...otherKeys, ...strangers].map(({ text, facts }) => ({ text, facts })), policies }
}

type KeyState = Partial<Pick<KeyFacts, 'scopes' | 'revokedAtMs' | 'expiresAtMs'>> & { checksum?: 'old' }

const KEY_STATES: readonly KeyState[] = [
  {},
  { checksum: 'old' },
  { revokedAtMs: NOW_MS },
  { revokedAtMs: NOW_MS - HOUR_MS, expiresAtMs: NOW_MS - HOUR_MS },
  { revokedAtMs: NOW_MS + 1 },
  { expiresAtMs: NOW_MS },
  { expiresAtMs: NOW_MS - HOUR_MS },
  { expiresAtMs: NOW_MS + 1, revokedAtMs: NOW_MS + HOUR_MS },
  { scopes: [] },
  ...ALL.map((scope): KeyState => ({ scopes: [scope] })),
  ...ALL.map((scope): KeyState => ({ scopes: ALL.filter((other) => other !== scope) })),
  // Made for the project, and taken out of it since.
  { scopes: null },
]

interface MadeKey extends WorldKey {
  source: PolicyKeySource
}

/** Public live, public test and secret key of one state. */
function makeKeys(
  projectId: ProjectId,
  rules: typeof RULES | null,
  { checksum, ...state }: KeyState,
  random: (bytes: Uint8Array) => void,
): MadeKey[] {
  const secrets = checksum === 'old' ? new Map([OLD_SECRET]) : SECRETS
  return (['live', 'test'] as const).flatMap((environment) =>
    (['public', 'secret'] as const).map((kind) => {
      const order = { projectId, environment, secrets, random }
      const made = kind === 'public' ? issuePublicKey(order) : { ...issueSecretKey(order), identity: null }
      const identity = made.identity ?? toHex(sha256(utf8(made.text)))
      const facts: KeyFacts = {
        kind,
        environment,
        scopes: ALL,
        revokedAtMs: null,
        expiresAtMs: null,
        rules: rules?.map(({ parts }) => parts) ?? null,
        ...state,
      }
      const { scopes, expiresAtMs, revokedAtMs } = facts
      const keyId: KeyId = newId('key', random)
      const source = { keyId, kind, environment, identity, scopes: [...(scopes ?? [])], expiresAtMs, revokedAtMs }
      return { text: made.text, facts, source }
    }),
  )
}

function policyOf(projectId: ProjectId, rules: typeof RULES, keys: MadeKey[]): PolicySource {
  return {
    projectId,
    epoch: 1,
    project: { name: 'Acme', language: 'en' },
    widget: {},
    rules: rules.map(({ stored, parts }) => ({ rule: stored, expiresAtMs: parts.expiresAtMs })),
    keys: keys.filter(({ facts }) => facts.scopes !== null).map(({ source }) => source),
    limits: {},
  }
}

/** Counts every method, also ones that do not exist yet, and answers those that the routes use. */
function countingDb(weather: () => Weather, count: () => void): ProjectDb {
  const search = { hits: [], terms: [], passageCount: 0 }
  const answers: Record<string, (...args: never[]) => unknown> = {
    openAnswer: ({ thread }: { thread: unknown }) => ({
      earlier: null,
      thread: thread === null ? 'none' : weather().databaseKnows ? 'known' : 'unknown',
      before: [],
      search,
    }),
    saveAnswer: () => 'stored',
    search: () => search,
    rateAnswer: () => weather().databaseKnows,
    readThread: (id: string) =>
      weather().databaseKnows ? { id, createdAt: '2026-01-01T00:00:00Z', messages: [] } : null,
    deleteThread: () => weather().databaseKnows,
  }
  return new Proxy({} as ProjectDb, {
    get: (_, name) => {
      if (typeof name === 'symbol' || name === 'then') return undefined
      return async (...args: never[]) => {
        count()
        const answer = answers[name]
        if (answer === undefined) throw new Error(`the database was asked for ${name}`)
        return answer(...args)
      }
    },
  })
}

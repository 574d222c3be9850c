import type { Policies } from '#edge/ports.ts'
import { compilePolicy, type PolicySource } from '#edge/rules/policy.ts'
import { createPolicyCache } from '#edge/stores/policy-cache.ts'
import { newId, type ProjectId } from '#shared/ids.ts'
import { compileRules, matchOrigin, type Origin, parseOrigin } from '#shared/origin.ts'
import { createKeyVerifier, issuePublicKey } from '#shared/public-key.ts'

/** Runs one job of the guard many times, so that the CPU time of the process is the job's: `POST /` with a `Job`. */
export interface Job {
  /** `hold policies`: serve so many projects, and keep the policies that are remembered of them. */
  name: keyof typeof JOBS | 'hold policies'
  times: number
}

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes)
const sink = { value: 0 }

/** A policy as the gate tells it: every string its own. Nine in ten rules are exact, one is a wildcard. */
export function policySource(rules: number, epoch: number, projectId: ProjectId, name = 'site'): PolicySource {
  const source: PolicySource = {
    projectId,
    epoch,
    project: { name: 'Bench', language: 'en' },
    widget: {},
    rules: ruleNames(rules, name).map((rule) => ({ rule, expiresAtMs: null })),
    keys: ['live', 'test'].map((environment) => ({
      keyId: newId('key', random),
      kind: 'public',
      environment: environment as 'live',
      identity: `${environment}${projectId.slice(-10)}`,
      scopes: ['config', 'answers', 'search', 'feedback', 'threads'],
      expiresAtMs: null,
      revokedAtMs: null,
    })),
    limits: {},
  }
  return JSON.parse(JSON.stringify(source)) as PolicySource
}

function ruleNames(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) =>
    index % 10 === 9 ? `*.${name}-${index}.example.com` : `${name}-${index}.example.com`,
  )
}

/** Ten headers that rules spread over the whole list admit, one of them a wildcard, and ten that none does. */
function headers(rules: number): { admitted: string[]; refused: string[] } {
  const names = ruleNames(rules, 'site')
  const step = names.length / 10
  const admitted = Array.from({ length: 10 }, (_, index) => {
    const rule = names[index === 9 ? names.length - 1 : index * step] ?? ''
    return `https://${rule.replace('*', 'docs')}`
  })
  return { admitted, refused: admitted.map((header) => header.replace('.com', '.org')) }
}

function match(rules: number, which: 'admitted' | 'refused'): (index: number) => void {
  const compiled = compileRules(policySource(rules, 1, newId('project', random)).rules)
  const list = headers(rules)[which]
  return (index) => {
    const origin = parseOrigin(list[index % 10] ?? '')
    if (!origin.ok) throw new Error(origin.reason)
    judge(matchOrigin(compiled, origin.value, 0) !== null, which === 'admitted')
  }
}

function lookUp(rules: number): (index: number) => void {
  const compiled = compileRules(policySource(rules, 1, newId('project', random)).rules)
  const origins = headers(rules).admitted.map((header) => (parseOrigin(header) as { value: Origin }).value)
  return (index) => judge(matchOrigin(compiled, origins[index % 10] as Origin, 0) !== null, true)
}

function judge(verdict: boolean, expected: boolean): void {
  if (verdict !== expected) throw new Error('judged wrongly')
  sink.value += 1
}

/** `remembered`: how many keys the verifier keeps; fewer than there are means that each is computed. */
function verify(remembered: number, forged: boolean): (index: number) => void {
  const secrets = new Map([['a', new Uint8Array(32).fill(7)]])
  const keys = Array.from({ length: 500 }, () => {
    const { text } = issuePublicKey({ projectId: newId('project', random), environment: 'live', secrets, random })
    return forged ? text.slice(0, -1) + (text.endsWith('x') ? 'y' : 'x') : text
  })
  const verifier = createKeyVerifier(secrets, remembered)
  return (index) => judge(verifier(keys[index % 500] ?? '').ok, !forged)
}

function compile(rules: number): (index: number) => void {
  const source = policySource(rules, 1, newId('project', random))
  return () => judge(compilePolicy(source).origins.exact.size > 0, true)
}

/** An isolate's memory of policies after it has served so many projects of 100 rules each. */
async function filledCache(projects: number): Promise<Policies> {
  let project = 0
  const cache = createPolicyCache({
    readPolicy: async (projectId) => {
      project += 1
      return { kind: 'policy', source: policySource(100, 1, projectId, `p${project}-site`) }
    },
    nowMs: () => 0,
    outageMs: 0,
  })
  while (project < projects) judge((await cache.current(newId('project', random))) !== null, true)
  return cache
}

export const JOBS = {
  'match admitted, 10 rules': () => match(10, 'admitted'),
  'match admitted, 10,000 rules': () => match(10_000, 'admitted'),
  'match refused, 10 rules': () => match(10, 'refused'),
  'match refused, 10,000 rules': () => match(10_000, 'refused'),
  'look-up alone, 10 rules': () => lookUp(10),
  'look-up alone, 10,000 rules': () => lookUp(10_000),
  'key, computed': () => verify(2, false),
  'key, forged': () => verify(10_000, true),
  'key, remembered': () => verify(10_000, false),
  'compile, 10,000 rules': () => compile(10_000),
} satisfies Record<string, () => (index: number) => void>

/** Of V8, where the runtime was started with --expose-gc. */
function collect(): void {
  const { gc } = globalThis as { gc?: () => void }
  if (gc === undefined) throw new Error('start workerd with --expose-gc')
  gc()
}

let held: Policies | undefined
const ready = new Map<string, (index: number) => void>()

export default {
  async fetch(request: Request): Promise<Response> {
    const { name, times } = (await request.json()) as Job
    if (name === 'hold policies') {
      held = undefined
      held = await filledCache(times)
      collect()
      return new Response(typeof held.current)
    }
    const job = ready.get(name) ?? JOBS[name]()
    ready.set(name, job)
    for (let index = 0; index < times; index++) job(index)
    return new Response(String(times))
  },
}

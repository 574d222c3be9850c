import { type AnswerId, newId, type Random, type ThreadId } from '#shared/ids.ts'
import { type Origin, parseOrigin } from '#shared/origin.ts'
import type { AdmitAnswer, AnswerAdmission, AnswerRefusal } from '../ports.ts'
import { admitsOrigin, keyState } from '../rules/caller.ts'
import { compilePolicy, type Policy, type PolicyBilling, type PolicyKey, type PolicySource } from '../rules/policy.ts'
import {
  ANSWER_RATES,
  DAY_SECONDS,
  type Rate,
  rateLimitPolicy,
  type Spent,
  secondsToNextDay,
  spend,
  utcDay,
} from '../rules/rate.ts'
import { SLACK_ENDPOINT } from '../rules/webhook.ts'

/** The little of a SQLite store that the ledger uses; a Durable Object's `storage.sql` is one. Calls are synchronous. */
export interface LedgerSql {
  exec(query: string, ...bindings: (string | number | null)[]): { toArray(): Row[] }
}

/** The columns that the ledger reads. */
interface Row {
  day?: unknown
  source?: unknown
  answer_id?: unknown
  thread_id?: unknown
  full_at_ms?: unknown
  used?: unknown
}

export type PolicyReading = { kind: 'none' } | { kind: 'same' } | { kind: 'policy'; source: PolicySource }

export interface GateLedger {
  /** False when the gate already has that epoch or a later one. */
  publish(source: PolicySource): boolean
  /** `same` spares a caller that already holds the current epoch the whole policy. */
  readPolicy(knownEpoch: number | null): PolicyReading
  /** `counted: false` judges, and spends nothing. */
  admitAnswer(input: AdmitAnswer, counted: boolean, nowMs: number): AnswerAdmission
  /** What an admission has spent of the day, where the month had nothing left; its `requestId` stands for nothing any more. */
  takeBack(input: AdmitAnswer, nowMs: number): void
  /** Whose project it is, and what they have paid for; null where no policy says so. */
  billing(): PolicyBilling | null
}

/** How long a `requestId` gives the same answer. */
const REQUEST_MEMORY_MS = 10 * 60 * 1000

const TABLES = `
  create table if not exists policy (one integer primary key check (one = 1), epoch integer not null, source text not null);
  create table if not exists requests (request_id text primary key, answer_id text not null, thread_id text not null, at_ms integer not null);
  create index if not exists requests_age on requests (at_ms);
  create table if not exists buckets (name text primary key, full_at_ms real not null);
  create index if not exists buckets_age on buckets (full_at_ms);
  create table if not exists quota (day integer primary key, used integer not null);
`

/** One project's gate: its policy, its exact counters, and which answer a `requestId` stands for. */
export function openGateLedger(sql: LedgerSql, random: Random): GateLedger {
  sql.exec(TABLES)
  let policy: Policy | null = null
  let source: PolicySource | null = null
  const load = (text: unknown) => {
    source = JSON.parse(String(text)) as PolicySource
    policy = compilePolicy(source)
  }
  const [stored] = sql.exec('select source from policy').toArray()
  if (stored !== undefined) load(stored.source)

  return {
    publish(next) {
      if (source !== null && next.epoch <= source.epoch) return false
      const text = JSON.stringify(next)
      sql.exec('insert or replace into policy (one, epoch, source) values (1, ?, ?)', next.epoch, text)
      load(text)
      return true
    },
    readPolicy(knownEpoch) {
      if (source === null) return { kind: 'none' }
      return source.epoch === knownEpoch ? { kind: 'same' } : { kind: 'policy', source }
    },
    admitAnswer(input, counted, nowMs) {
      if (policy === null) return refuse('unavailable')
      // The caller's memory of the policy may be seconds old; here it is current.
      const reason = judge(policy, input, nowMs)
      if (reason !== null) return refuse(reason)
      const ratePolicy = ratePolicyOf(policy, input)
      const earlier = input.requestId === null ? null : recall(sql, input.requestId, nowMs)
      if (earlier !== null) return { ok: true, ...inThread(earlier, input), rateLimit: null, ratePolicy }
      const spent = counted ? spendAll(sql, policy, input, nowMs) : { ok: true as const, rateLimit: null }
      if (!spent.ok) return { ...spent, ratePolicy }
      const answer = { answerId: newId('answer', random), threadId: newId('thread', random) }
      if (input.requestId !== null)
        sql.exec(
          'insert or replace into requests values (?, ?, ?, ?)',
          input.requestId,
          answer.answerId,
          answer.threadId,
          nowMs,
        )
      return { ok: true, ...inThread(answer, input), rateLimit: spent.rateLimit, ratePolicy }
    },
    takeBack({ requestId }, nowMs) {
      sql.exec('update quota set used = max(0, used - 1) where day = ?', utcDay(nowMs))
      if (requestId !== null) sql.exec('delete from requests where request_id = ?', requestId)
    },
    billing: () => source?.billing ?? null,
  }
}

function refuse(reason: AnswerRefusal['reason'], retryAfterSeconds?: number): AnswerRefusal {
  return retryAfterSeconds === undefined ? { ok: false, reason } : { ok: false, reason, retryAfterSeconds }
}

function judge(policy: Policy, input: AdmitAnswer, nowMs: number): AnswerRefusal['reason'] | null {
  // An endpoint that the policy no longer has was taken away. Visitors' tokens are for those who call with a key.
  if (input.signedFor) {
    // A workspace is not in the policy: whoever opens its token sees whether it is connected.
    const isThere = input.signedFor.endpoint === SLACK_ENDPOINT || policy.webhooks.has(input.signedFor.endpoint)
    return isThere ? null : 'key_revoked'
  }
  const key = keyById(policy, input)
  // A key that the policy no longer has was taken away.
  if (key === null) return 'key_revoked'
  const origin: Origin | null = input.origin === null ? null : originOf(input.origin)
  if (key.kind === 'public' && (origin === null || !admitsOrigin(policy, key, origin, nowMs)))
    return 'origin_not_allowed'
  const state = keyState(key, nowMs)
  if (state !== null) return state
  return key.scopes.has('answers') ? judgeIdentity(policy, input) : 'scope_missing'
}

/** The token itself was verified by the caller; whether its key still counts is known here. */
function judgeIdentity({ visitors }: Policy, { identityKeyId }: AdmitAnswer): AnswerRefusal['reason'] | null {
  if (identityKeyId === null) return visitors.enforced ? 'token_missing' : null
  return visitors.keys.some(({ id }) => id === identityKeyId) ? null : 'identity_key_removed'
}

function keyById(policy: Policy, { keyId }: AdmitAnswer): PolicyKey | null {
  for (const keys of [policy.publicKeys, policy.secretKeys])
    for (const key of keys.values()) if (key.keyId === keyId) return key
  return null
}

function originOf(text: string): Origin | null {
  const origin = parseOrigin(text)
  return origin.ok ? origin.value : null
}

interface Remembered {
  answerId: AnswerId
  /** Made here, also where the caller named a conversation: nobody has shown yet that it is the caller's to name. */
  threadId: ThreadId
}

function inThread(remembered: Remembered, { threadId }: AdmitAnswer): Remembered {
  return threadId === null ? remembered : { ...remembered, threadId }
}

function recall(sql: LedgerSql, requestId: string, nowMs: number): Remembered | null {
  sql.exec('delete from requests where at_ms < ?', nowMs - REQUEST_MEMORY_MS)
  const [row] = sql.exec('select answer_id, thread_id from requests where request_id = ?', requestId).toArray()
  return row === undefined ? null : { answerId: row.answer_id as AnswerId, threadId: row.thread_id as ThreadId }
}

/** All or nothing: a request that one bucket refuses takes nothing from the others. */
function spendAll(
  sql: LedgerSql,
  policy: Policy,
  input: AdmitAnswer,
  nowMs: number,
): { ok: true; rateLimit: string } | AnswerRefusal {
  const day = utcDay(nowMs)
  const used = Number(sql.exec('select used from quota where day = ?', day).toArray()[0]?.used ?? 0)
  const left = policy.limits.answersPerDay - used
  if (left <= 0) return refuse('quota_exceeded', secondsToNextDay(nowMs))
  const buckets: { name: string; spent: Spent }[] = []
  const remains = [`"day";r=${left - 1};t=${secondsToNextDay(nowMs)}`]
  for (const [rate, name] of bucketsOf(input)) {
    const [row] = sql.exec('select full_at_ms from buckets where name = ?', name).toArray()
    const spending = spend(rate, row === undefined ? null : Number(row.full_at_ms), nowMs)
    if (!spending.ok) return refuse('rate_limited', spending.retryAfterSeconds)
    buckets.push({ name, spent: spending.spent })
    remains.push(`"${rate.name}";r=${spending.spent.remaining};t=${spending.spent.resetSeconds}`)
  }
  sql.exec('delete from buckets where full_at_ms < ?', nowMs)
  sql.exec('delete from quota where day < ?', day - 30)
  for (const { name, spent } of buckets) sql.exec('insert or replace into buckets values (?, ?)', name, spent.fullAtMs)
  sql.exec('insert or replace into quota values (?, ?)', day, used + 1)
  return { ok: true, rateLimit: remains.join(', ') }
}

function bucketsOf(input: AdmitAnswer): [Rate, string][] {
  const buckets: [Rate, string][] = []
  // Their own, whoever calls for them: behind a customer's server it is all that keeps one visitor from taking everyone's share.
  if (input.visitor !== null) buckets.push([ANSWER_RATES.visitor, `visitor:${input.visitor}`])
  // A secret key is called from the customer's servers: one network is all their visitors.
  if (input.origin !== null) {
    buckets.push([ANSWER_RATES.network, `network:${input.network}`])
    buckets.push([ANSWER_RATES.origin, `origin:${input.origin}`])
  }
  return [...buckets, [ANSWER_RATES.key, `key:${input.signedFor?.endpoint ?? input.keyId}`]]
}

function ratePolicyOf({ limits }: Policy, input: AdmitAnswer): string {
  const day: Rate = { name: 'day', limit: limits.answersPerDay, seconds: DAY_SECONDS }
  return rateLimitPolicy([day, ...bucketsOf(input).map(([rate]) => rate)])
}

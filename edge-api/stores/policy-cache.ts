import type { ProjectId } from '#shared/ids.ts'
import { createMemo, type Memo } from '#shared/memo.ts'
import { GateUnavailable } from '../errors.ts'
import type { Policies } from '../ports.ts'
import { compilePolicy, type Policy } from '../rules/policy.ts'
import type { PolicyReading } from './gate-ledger.ts'

export interface PolicyCacheOptions {
  /** Asks the gate; rejects when it cannot be reached. */
  readPolicy(projectId: ProjectId, knownEpoch: number | null): Promise<PolicyReading>
  nowMs(): number
  /** How long the last policy serves while the gate cannot be reached. */
  outageMs: number
  /** Policies kept in this isolate. */
  capacity?: number
}

/** Younger than this, memory answers alone. */
export const FRESH_MS = 5_000
/** Between fresh and this, one request asks the gate while others that come meanwhile are answered from memory. */
export const USABLE_MS = 30_000
/** A project that nobody knows is asked for again after this. */
const UNKNOWN_MS = 2_000
/** A refresh that was begun this long ago counts as lost, and a failed one is not tried again before. */
const RETRY_MS = 1_000

interface Remembered {
  /** Null: the gate knows of no policy. */
  policy: Policy | null
  readAtMs: number
  /** When a refresh was last begun. Not its promise: in workerd that would die with the request that began it. */
  askedAtMs: number
  failed: boolean
}

/** The policies that this isolate has in memory, least recently used ones evicted. */
export function createPolicyCache(options: PolicyCacheOptions): Policies {
  const memo: Memo<Remembered> = createMemo(options.capacity ?? 1000)
  return {
    current(projectId) {
      const nowMs = options.nowMs()
      const known = memo.get(projectId)
      return known !== undefined && serves(known, nowMs) ? known.policy : refresh(options, memo, projectId, known)
    },
  }
}

function serves(known: Remembered, nowMs: number): boolean {
  const ageMs = nowMs - known.readAtMs
  if (ageMs < (known.policy === null ? UNKNOWN_MS : FRESH_MS)) return true
  const asking = nowMs - known.askedAtMs < RETRY_MS
  return known.policy !== null && asking && (ageMs < USABLE_MS || known.failed)
}

async function refresh(
  { readPolicy, nowMs, outageMs }: PolicyCacheOptions,
  memo: Memo<Remembered>,
  projectId: ProjectId,
  known: Remembered | undefined,
): Promise<Policy | null> {
  const askedAtMs = nowMs()
  if (known !== undefined) known.askedAtMs = askedAtMs
  try {
    const policy = policyFrom(await readPolicy(projectId, known?.policy?.epoch ?? null), known)
    // Counted from the question, not the answer: the change we may have missed came after that.
    memo.set(projectId, { policy, readAtMs: askedAtMs, askedAtMs, failed: false })
    return policy
  } catch (error) {
    if (known?.policy == null || nowMs() - known.readAtMs >= outageMs)
      throw new GateUnavailable('the gate cannot be reached', { cause: error })
    known.failed = true
    return known.policy
  }
}

function policyFrom(reading: PolicyReading, known: Remembered | undefined): Policy | null {
  if (reading.kind === 'none') return null
  return reading.kind === 'same' && known?.policy
    ? known.policy
    : reading.kind === 'policy'
      ? compilePolicy(reading.source)
      : null
}

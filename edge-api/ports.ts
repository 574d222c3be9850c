import type { AnswerId, JobId, KeyId, PassageId, ProjectId, Random, SourceId, ThreadId } from '#shared/ids.ts'
import type { Citation, FeedbackRequest, Outcome, ThreadView } from '#shared/wire.ts'
import type { ParsedDocument } from './rules/passage.ts'
import type { SearchQuery, SearchResult } from './rules/search.ts'

/** Everything the Worker borrows from the world. Only `worker.ts` builds the real ones. */
export interface Ports {
  /** A handle on one project's rows. Opening costs nothing; each method is one round trip. */
  openProject(projectId: ProjectId): ProjectDb
  /** The project's gate (a Durable Object in the cloud): exact quotas, current policy, the identity of answers. */
  gate: AnswerGate
  random: Random
  /** Milliseconds since the epoch. */
  nowMs(): number
}

/** Called by the answer route once the body is known to be good, and before the database is touched. */
export interface AnswerGate {
  admitAnswer(input: AdmitAnswer): Promise<AnswerAdmission>
}

export interface AdmitAnswer {
  projectId: ProjectId
  keyId: KeyId
  /** Null for a secret key. */
  origin: string | null
  /** A lower-case UUID. Within ten minutes the same one is given the same ids again and spends nothing. */
  requestId: string | null
  /** The conversation to continue; null asks for a new one. */
  threadId: ThreadId | null
}

export type AnswerAdmission =
  | { ok: true; answerId: AnswerId; threadId: ThreadId }
  | {
      ok: false
      reason: 'key_revoked' | 'key_expired' | 'origin_not_allowed' | 'rate_limited' | 'quota_exceeded' | 'unavailable'
      retryAfterSeconds?: number
    }

/**
 * One project's data. The handle was opened for a project, so no method takes a project id. Each call is one batch (role
 * and setting, then the statements) in one transaction and one round trip. Every method rejects with
 * `DatabaseUnavailable` (edge-api/errors.ts) when the database cannot be reached.
 */
export interface ProjectDb {
  // answering
  /** Looks for an answer already given to `requestId`, checks the thread, and searches: all in one round trip. */
  openAnswer(input: OpenAnswer): Promise<OpenedAnswer>
  /** Stores conversation (when new), question and answer in one transaction; `duplicate` when `requestId` was stored already. */
  saveAnswer(answer: NewAnswer): Promise<'stored' | 'duplicate'>
  search(query: SearchQuery, limit: number): Promise<SearchResult>
  /** False when the answer is not one of that thread's, or the secret is wrong. */
  rateAnswer(feedback: Rating): Promise<boolean>
  /** Null when there is no such thread or the secret is wrong. */
  readThread(threadId: ThreadId, secretHash: Uint8Array): Promise<ThreadView | null>
  deleteThread(threadId: ThreadId, secretHash: Uint8Array): Promise<boolean>

  // ingestion
  /** The source with that name, made when missing. */
  openSource(source: NewSource): Promise<SourceId>
  startJob(job: NewJob): Promise<JobId>
  readJob(jobId: JobId): Promise<JobState | null>
  /** Stages one document's raw text for a job; the same text as stored is recorded as seen and costs no write. */
  stageDocument(jobId: JobId, document: StagedDocument): Promise<'staged' | 'unchanged'>
}

export interface OpenAnswer {
  requestId: string | null
  thread: { id: ThreadId; secretHash: Uint8Array } | null
  query: SearchQuery
  limit: number
}

export interface OpenedAnswer {
  /** The answer stored for this `requestId`, if any; then nothing else matters. */
  earlier: StoredAnswer | null
  /** `unknown` also stands for a wrong secret. */
  thread: 'none' | 'known' | 'unknown'
  search: SearchResult
}

export interface StoredAnswer {
  answerId: AnswerId
  threadId: ThreadId
  /** As it was asked: a `requestId` that comes back with another question is a conflict, never someone else's answer. */
  question: string
  outcome: Outcome
  markdown: string
  citations: Citation[]
}

export interface NewAnswer extends StoredAnswer {
  requestId: string | null
  threadSecretHash: Uint8Array
  origin: string | null
  pageUrl: string | null
  locale: string | null
  /** The passages offered, for the record. */
  passageIds: PassageId[]
}

export interface Rating {
  answerId: AnswerId
  threadId: ThreadId
  threadSecretHash: Uint8Array
  rating: FeedbackRequest['rating']
  reasons: string[]
  comment: string | null
}

export interface NewSource {
  kind: 'upload'
  name: string
  /** Base of the citations' links; null when the pages have no public address. */
  siteUrl: string | null
  siteStyle: 'github' | 'vitepress' | 'docusaurus' | 'starlight'
}

export interface NewJob {
  sourceId: SourceId
  /** Documents the source listed; those stored but not listed are deleted when the job ends. */
  paths: string[]
  /** What could not even be read, with the reason in words. */
  unreadable: { path: string; reason: string }[]
}

export interface StagedDocument {
  path: string
  content: string
}

export interface JobState {
  jobId: JobId
  state: 'running' | 'done' | 'failed'
  done: number
  total: number
  passages: number
  failed: { path: string; reason: string }[]
}

export type { ParsedDocument }

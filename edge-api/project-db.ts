import type { Channel } from '#shared/channel.ts'
import type { EndpointId } from '#shared/endpoint-id.ts'
import type { AnswerId, DocumentId, JobId, PassageId, SourceId, ThreadId } from '#shared/ids.ts'
import type { Citation, FeedbackRequest, Outcome, ThreadView } from '#shared/wire.ts'
import type { Passage, SiteStyle } from './rules/passage.ts'
import type { SearchQuery, SearchResult } from './rules/search.ts'
import type { EndpointKind } from './rules/webhook.ts'

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

  // webhooks; flows/deliver-webhook.ts tells the story
  /** Notes the event, or that it is tried again, with its attempts so far; null when it has had its effect or its end. */
  beginDelivery(event: NewDelivery): Promise<{ attempts: number } | null>
  /** The same for one that was noted before, whose queue message is gone; `kind` is null where its endpoint is, too. */
  resumeDelivery(delivery: DeliveryKey): Promise<(NewDelivery & { kind: EndpointKind | null; attempts: number }) | null>
  /** Those of the paths that a later event of the endpoint was about. */
  overtakenPaths(delivery: DeliveryKey, paths: string[]): Promise<string[]>
  /**
   * Hands documents to the source's job, removes others, and takes the event, all in one transaction; with the job to wake.
   * `taken`: it had its effect before; `overtaken`: a later event about one of them had; `busy`: the job ended just then. In
   * these three nothing is changed.
   */
  pushDocuments(push: DocumentsPushed): Promise<{ jobId: JobId | null } | 'taken' | 'overtaken' | 'busy'>
  /**
   * A conversation of channel `voice`, with the event, in one transaction. `taken`: it had its effect before. Where the conversation
   * is there already, by another event of the same call, it stays as it is.
   */
  saveTranscript(transcript: NewTranscript): Promise<'stored' | 'taken'>
  /** The end of one that has no effect, with the reason; `dead` keeps what was sent. */
  endDelivery(delivery: DeliveryKey, state: 'ignored' | 'dead', reason: string): Promise<void>
  /** Why it has to be tried again. */
  postponeDelivery(delivery: DeliveryKey, reason: string): Promise<void>

  // ingestion; flows/ingest.ts tells the story
  /** The source with that name, made when missing and brought to these settings, with what is stored and staged for it. */
  openSource(source: SourceSettings): Promise<SourceInventory>
  /** They stop answering at once; what is staged of them is dropped. */
  removeDocuments(documentIds: DocumentId[]): Promise<void>
  /** The source's unfinished job, open for staging again, or a new one with the id given; null when it was just finished. */
  openJob(newJobId: JobId, sourceId: SourceId): Promise<JobId | null>
  /** Hands documents to a job; a later version of one that it has replaces it. False when the job is done already. */
  stageDocuments(jobId: JobId, documents: StagedDocument[]): Promise<boolean>
  /** Nothing more will be staged: the job is done when its last document is. */
  closeStaging(jobId: JobId): Promise<void>
  /** The next few documents to process, of bounded size; null when there is no such job. */
  takeDocuments(jobId: JobId): Promise<JobSlice | null>
  /**
   * Replaces documents with their passages and index in one transaction. `taken` when one of them was not waiting any
   * more in this version (another consumer was quicker, or the source has changed), and then nothing is changed;
   * `finished` when these were the job's last.
   */
  saveDocuments(jobId: JobId, language: string, documents: ProcessedDocument[]): Promise<'saved' | 'finished' | 'taken'>
  readJob(jobId: JobId): Promise<JobState | null>
}

export interface DeliveryKey {
  endpoint: EndpointId
  eventId: string
}

export interface NewDelivery extends DeliveryKey {
  type: string
  body: Uint8Array
  receivedAtMs: number
  /** When it happened, by the sender; else when it came. */
  occurredAtMs: number
}

export interface DocumentsPushed {
  delivery: DeliveryKey
  sourceId: SourceId
  /** For a job of the source, where it has none. */
  newJobId: JobId
  staged: StagedDocument[]
  removed: DocumentId[]
  /** All that the event was about. */
  paths: string[]
}

export interface NewTranscript {
  delivery: DeliveryKey
  threadId: ThreadId
  threadSecretHash: Uint8Array
  turns: SpokenTurn[]
}

export interface SpokenTurn {
  role: 'visitor' | 'assistant'
  /** The same for what was asked and what was said to it. */
  answerId: AnswerId
  markdown: string
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
  /** The conversation's last questions, the latest first. */
  before: string[]
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
  /** Of a conversation that begins here. */
  channel: Channel
  origin: string | null
  pageUrl: string | null
  locale: string | null
  /** Of a visitor whom the customer's server has named; kept with a conversation that begins here. */
  visitorHash: Uint8Array | null
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
  siteStyle: SiteStyle
}

/** What is not given stays as it is; of a new source it is no address, and GitHub's style. */
export type SourceSettings = Pick<NewSource, 'kind' | 'name'> & {
  [Setting in 'siteUrl' | 'siteStyle']?: NewSource[Setting] | undefined
}

export interface SourceInventory extends Pick<NewSource, 'siteUrl' | 'siteStyle'> {
  sourceId: SourceId
  /** BCP 47 tag of the project. */
  language: string
  documents: KnownDocument[]
  /** A job that was begun and is not done, with what it still has to process. */
  unfinished: { jobId: JobId; staged: Pick<KnownDocument, 'documentId' | 'path' | 'fingerprint'>[] } | null
}

export interface KnownDocument {
  documentId: DocumentId
  path: string
  /** Over everything that shapes the passages: equal means nothing to do. */
  fingerprint: string
  /** Why it has no passages, if so. */
  reason: string | null
}

export interface StagedDocument {
  path: string
  /** For a document that is new; one that is known at this path keeps its id. */
  documentId: DocumentId
  fingerprint: string
  /** The raw text, or null with the reason why there is none. */
  content: string | null
  reason: string | null
}

export interface JobSlice {
  siteUrl: string | null
  siteStyle: SiteStyle
  language: string
  documents: (StagedDocument & {
    /** How often its processing was begun, this time included. */
    attempts: number
  })[]
}

export interface ProcessedDocument {
  path: string
  documentId: DocumentId
  /** Of the text that was processed. */
  fingerprint: string
  /** What became of it: passages, or the reason why not. */
  outcome: { title: string; passages: (Passage & { passageId: PassageId })[] } | { reason: string }
}

export interface JobState {
  jobId: JobId
  state: 'running' | 'done'
  /** Documents processed, the failed ones included. */
  done: number
  total: number
  passages: number
  failed: { path: string; reason: string }[]
}

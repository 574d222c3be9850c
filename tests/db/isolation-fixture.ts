import { planIngest } from '#edge/flows/ingest.ts'
import { ingestDocuments } from '#edge/flows/ingest-documents.ts'
import type { NewAnswer, ProjectDb } from '#edge/project-db.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import type { EndpointId } from '#shared/endpoint-id.ts'
import { type AnswerId, type JobId, newId, type SourceId, type ThreadId } from '#shared/ids.ts'
import { random, sha256, type TestDatabase } from './database.ts'

/** One project with a row in every table that ProjectDb writes. */
export interface Fixture {
  uuid: string
  db: ProjectDb
  sourceId: SourceId
  doneJob: JobId
  openJob: JobId
  threadId: ThreadId
  answerId: AnswerId
  requestId: string
  secretHash: Uint8Array
}

export const source = { kind: 'upload', name: 'docs', siteUrl: null, siteStyle: 'github' } as const
export const delivery = {
  endpoint: `whe_${'a'.repeat(48)}` as EndpointId,
  eventId: 'msg_1',
  type: 'documents.upsert',
  body: new Uint8Array([123, 125]),
  receivedAtMs: Date.UTC(2030, 0, 1),
  occurredAtMs: Date.UTC(2030, 0, 1),
}
export const query = analyseQuestion('zebra crossing', english)

export async function fill(database: TestDatabase): Promise<Fixture> {
  const { uuid, db } = await database.newProject()
  const documents = [{ path: 'zebra.md', content: '# Zebra\n\nThe zebra crossing is striped.\n' }]
  const first = await planIngest({ db, random, source, documents, complete: true })
  const doneJob = first.jobId as JobId
  await ingestDocuments({ db, jobId: doneJob, nowMs: Date.now, untilMs: Number.POSITIVE_INFINITY })
  const waiting = [{ path: 'waiting.md', content: '# Waiting\n\nThis zebra waits.\n' }]
  const second = await planIngest({ db, random, source, documents: waiting, complete: false })
  const answer = newAnswer()
  await db.saveAnswer(answer)
  const { sourceId } = await db.openSource(source)
  await db.beginDelivery(delivery)
  const { threadId, answerId, threadSecretHash: secretHash } = answer
  const requestId = answer.requestId as string
  return { uuid, db, sourceId, doneJob, openJob: second.jobId as JobId, threadId, answerId, requestId, secretHash }
}

export function newAnswer(): NewAnswer {
  return {
    answerId: newId('answer', random),
    threadId: newId('thread', random),
    threadSecretHash: sha256('secret'),
    question: 'Where do zebras cross?',
    requestId: crypto.randomUUID(),
    outcome: 'answered',
    markdown: 'At the crossing. [1]',
    citations: [],
    origin: 'https://example.com',
    pageUrl: null,
    locale: null,
    visitorHash: null,
    channel: 'widget',
    passageIds: [],
  }
}

import { type JobId, newId, type Random } from '#shared/ids.ts'
import type { DeliveryKey, DocumentsPushed, NewDelivery, ProjectDb, SourceInventory } from '../project-db.ts'
import { type DocumentPush, readDocumentPush } from '../rules/document-push.ts'
import type { EventEnd } from '../rules/webhook.ts'
import type { ListedDocument } from '../sources/source.ts'
import { normalisePath, upload } from '../sources/upload.ts'
import { fingerprintOf, inspect, knownDocuments } from './ingest.ts'

export interface Receiving {
  db: ProjectDb
  random: Random
  wakeJob(jobId: JobId): Promise<unknown>
}

/** Another event of the endpoint was quicker this often: then the queue is to bring this one again later. */
const MAX_TURNS = 5

/**
 * `documents.upsert` and `documents.delete`: the endpoint's own source, brought to what was sent. Documents about which a later event
 * has spoken already are left out, so that the order of arrival does not matter.
 */
export async function receiveDocuments(event: NewDelivery, { db, random, wakeJob }: Receiving): Promise<EventEnd> {
  const read = readDocumentPush(event.body)
  if (!read.ok) return { state: 'dead', reason: read.reason }
  if (read.value === null) return { state: 'ignored', reason: `Events of type ${event.type} have no effect here.` }
  const push = normalise(read.value)
  const source = { kind: 'upload', name: `webhook ${event.endpoint}` } as const
  const { siteUrl, siteStyle } = push
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const inventory = await db.openSource({ ...source, siteUrl, siteStyle })
    const overtaken = await db.overtakenPaths(event, pathsOf(push))
    const outcome = await db.pushDocuments(await planPush(event, push, { inventory, overtaken, random }))
    if (outcome === 'taken') return null
    if (outcome === 'overtaken' || outcome === 'busy') continue
    if (outcome.jobId !== null) await wakeJob(outcome.jobId)
    return null
  }
  throw new Error('other events of the endpoint were quicker each time')
}

/** Paths as the upload pipeline writes them; what is none is kept, to be stored with its reason. */
function normalise(push: DocumentPush): DocumentPush & { listed: ListedDocument[] } {
  const listed = [...(upload(push.upserts, { complete: false }).documents as Iterable<ListedDocument>)]
  const removals = push.removals.map((path) => normalisePath(path) ?? path)
  return { ...push, listed, removals }
}

function pathsOf({ listed, removals }: ReturnType<typeof normalise>): string[] {
  return [...listed.map(({ path }) => path), ...removals]
}

interface Planning {
  inventory: SourceInventory
  overtaken: string[]
  random: Random
}

async function planPush(
  { endpoint, eventId }: DeliveryKey,
  push: ReturnType<typeof normalise>,
  { inventory, overtaken, random }: Planning,
): Promise<DocumentsPushed> {
  const known = knownDocuments(inventory)
  const isCurrent = (path: string) => !overtaken.includes(path)
  const staged: DocumentsPushed['staged'] = []
  for (const listed of push.listed.filter(({ path }) => isCurrent(path))) {
    const { content, reason } = inspect(listed)
    const fingerprint = await fingerprintOf(content, reason, inventory, inventory.language)
    const before = known.get(listed.path)
    const documentId = before?.documentId ?? newId('document', random)
    if (before?.fingerprint !== fingerprint)
      staged.push({ path: listed.path, documentId, fingerprint, content, reason })
  }
  return {
    delivery: { endpoint, eventId },
    sourceId: inventory.sourceId,
    newJobId: newId('job', random),
    staged,
    removed: push.removals.filter(isCurrent).flatMap((path) => known.get(path)?.documentId ?? []),
    paths: pathsOf(push).filter(isCurrent),
  }
}

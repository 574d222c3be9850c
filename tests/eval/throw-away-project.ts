import { type ListedDocument, planIngest } from '#edge/flows/ingest.ts'
import { ingestDocuments } from '#edge/flows/ingest-documents.ts'
import type { ProjectDb } from '#edge/project-db.ts'
import type { SiteStyle } from '#edge/rules/passage.ts'
import type { DocumentId, ProjectId } from '#shared/ids.ts'
import { openTestDatabase, random } from '#tests/db/database.ts'

/** A project in a database in memory, filled through the real ingestion, and gone with the process. */
export interface ThrowAwayProject {
  projectId: ProjectId
  db: ProjectDb
  pathOf(documentId: DocumentId): string
  /** How filling it went. */
  index: IndexFigures
  close(): Promise<void>
}

export interface IndexFigures {
  documents: number
  failed: { path: string; reason: string }[]
  passages: number
  seconds: number
  /** Of the search tables with their indexes. */
  megabytes: number
}

export async function fillProject(
  documents: readonly ListedDocument[],
  siteStyle: SiteStyle = 'github',
): Promise<ThrowAwayProject> {
  const database = await openTestDatabase()
  const { projectId, db } = await database.newProject()
  const source = { kind: 'upload', name: 'eval', siteUrl: null, siteStyle } as const
  const startedMs = performance.now()
  const plan = await planIngest({ db, random, source, documents, complete: true })
  if (plan.jobId) await ingest(db, plan.jobId)
  const seconds = (performance.now() - startedMs) / 1000
  const job = plan.jobId && (await db.readJob(plan.jobId))
  const paths = new Map((await db.openSource(source)).documents.map(({ documentId, path }) => [documentId, path]))
  const [size] = await database.asOwner.query(
    `select sum(pg_total_relation_size(oid))::float8 / 1048576 as megabytes
     from pg_class where relname like 'search\\_%' and relkind = 'r'`,
  )
  return {
    projectId,
    db,
    pathOf: (documentId) => paths.get(documentId) ?? '',
    index: {
      documents: documents.length,
      failed: job?.failed ?? [],
      passages: job?.passages ?? 0,
      seconds,
      megabytes: Number(size?.megabytes),
    },
    close: () => database.close(),
  }
}

async function ingest(db: ProjectDb, jobId: Parameters<ProjectDb['readJob']>[0]): Promise<void> {
  const PROGRESS_EVERY_MS = 2000
  for (;;) {
    const more = await ingestDocuments({ db, jobId, nowMs: Date.now, untilMs: Date.now() + PROGRESS_EVERY_MS })
    const job = await db.readJob(jobId)
    console.error(`  ${job?.done} of ${job?.total} documents, ${job?.passages} passages`)
    if (more !== 'more') return
  }
}

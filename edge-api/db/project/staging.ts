import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { type DocumentId, idFromUuid, idToUuid, type JobId, type SourceId } from '#shared/ids.ts'
import type { ProjectDb, SourceInventory, SourceSettings, StagedDocument } from '../../project-db.ts'
import { roomStatements } from '../room.ts'
import { documents, jobItems, jobs, passages, projects, sources } from '../schema.ts'
import { rowsOf, type Scope, type Statement } from '../scope.ts'
import { unindexStatements } from './search-index.ts'

type Staging = Pick<ProjectDb, 'openSource' | 'openJob' | 'removeDocuments' | 'stageDocuments' | 'closeStaging'>

export function staging(scope: Scope): Staging {
  return {
    openSource: (source) => openSource(scope, source),
    openJob: (newJobId, sourceId) => openJob(scope, newJobId, sourceId),
    removeDocuments: (documentIds) => removeDocuments(scope, documentIds),
    stageDocuments: (jobId, staged) => stageDocuments(scope, jobId, staged),
    closeStaging: (jobId) => closeStaging(scope, jobId),
  }
}

const unfinished = inArray(jobs.state, ['staging', 'running'])

/** Writes only when the source is new or its settings differ. */
async function openSource(scope: Scope, { kind, name, siteUrl, siteStyle }: SourceSettings): Promise<SourceInventory> {
  const { db, projectId } = scope
  const named = and(eq(sources.projectId, projectId), eq(sources.name, name))
  const wantedUrl = siteUrl === undefined ? sql`${sources.siteUrl}` : sql`${siteUrl}::text`
  const wantedStyle = siteStyle === undefined ? sql`${sources.siteStyle}` : sql`${siteStyle}::text`
  const created = db
    .insert(sources)
    .values({
      projectId,
      id: sql`gen_random_uuid()`,
      kind,
      name,
      siteUrl: siteUrl ?? null,
      siteStyle: siteStyle ?? 'github',
    })
    .onConflictDoNothing()
  const updated = db
    .update(sources)
    .set({ siteUrl: wantedUrl, siteStyle: wantedStyle })
    .where(and(named, sql`(${sources.siteUrl}, ${sources.siteStyle}) is distinct from (${wantedUrl}, ${wantedStyle})`))
  const source = db
    .select({
      id: sources.id,
      language: projects.language,
      siteUrl: sources.siteUrl,
      siteStyle: sources.siteStyle,
    })
    .from(sources)
    .innerJoin(projects, eq(projects.projectId, sources.projectId))
    .where(named)
  const known = db
    .select({ id: documents.id, path: documents.path, fingerprint: documents.fingerprint, reason: documents.reason })
    .from(documents)
    .innerJoin(sources, and(eq(sources.projectId, documents.projectId), eq(sources.id, documents.sourceId)))
    .where(and(named, eq(documents.projectId, projectId)))
  const job = db
    .select({ id: jobs.id })
    .from(jobs)
    .innerJoin(sources, and(eq(sources.projectId, jobs.projectId), eq(sources.id, jobs.sourceId)))
    .where(and(named, eq(jobs.projectId, projectId), unfinished))
  const staged = db
    .select({ id: jobItems.documentId, path: jobItems.path, fingerprint: jobItems.fingerprint })
    .from(jobItems)
    .innerJoin(jobs, and(eq(jobs.projectId, jobItems.projectId), eq(jobs.id, jobItems.jobId)))
    .innerJoin(sources, and(eq(sources.projectId, jobs.projectId), eq(sources.id, jobs.sourceId)))
    .where(and(named, eq(jobItems.projectId, projectId), unfinished, eq(jobItems.state, 'staged')))
  const [, , [found], rows, [running], waiting] = await scope.run([created, updated, source, known, job, staged])
  if (!found) throw new Error('the project does not exist')
  return {
    sourceId: idFromUuid('source', found.id),
    language: found.language,
    siteUrl: found.siteUrl,
    siteStyle: found.siteStyle,
    documents: rows.map(({ id, ...row }) => ({ ...row, documentId: idFromUuid('document', id) })),
    unfinished: running
      ? {
          jobId: idFromUuid('job', running.id),
          staged: waiting.map(({ id, ...row }) => ({ ...row, documentId: idFromUuid('document', id) })),
        }
      : null,
  }
}

async function openJob(scope: Scope, newJobId: JobId, sourceId: SourceId): Promise<JobId | null> {
  const { db, projectId } = scope
  const source = idToUuid(sourceId)
  const current = and(eq(jobs.projectId, projectId), eq(jobs.sourceId, source), unfinished)
  const [, , [job]] = await scope.run([
    db
      .insert(jobs)
      .values({ projectId, id: idToUuid(newJobId), sourceId: source, state: 'staging' })
      .onConflictDoNothing(),
    db.update(jobs).set({ state: 'staging', updatedAt: sql`now()` }).where(current),
    db.select({ id: jobs.id }).from(jobs).where(current),
  ])
  return job ? idFromUuid('job', job.id) : null
}

async function removeDocuments(scope: Scope, documentIds: DocumentId[]): Promise<void> {
  if (documentIds.length > 0) await scope.run(removalStatements(scope, documentIds))
}

/** `documentIds`: at least one. */
export function removalStatements({ db, projectId }: Scope, documentIds: DocumentId[]): Statement[] {
  const ids = documentIds.map(idToUuid)
  return [
    db
      .delete(jobItems)
      .where(and(eq(jobItems.projectId, projectId), eq(jobItems.state, 'staged'), inArray(jobItems.documentId, ids))),
    db.delete(passages).where(and(eq(passages.projectId, projectId), inArray(passages.documentId, ids))),
    db.delete(documents).where(and(eq(documents.projectId, projectId), inArray(documents.id, ids))),
    ...unindexStatements(projectId, ids).map((statement) => db.execute(statement)),
  ]
}

async function stageDocuments(scope: Scope, jobId: JobId, staged: StagedDocument[]): Promise<boolean> {
  const { db, projectId } = scope
  const id = idToUuid(jobId)
  // The job's row first, so that it is not closed in between.
  const alive = db
    .update(jobs)
    .set({ updatedAt: sql`now()` })
    .where(and(eq(jobs.projectId, projectId), eq(jobs.id, id), unfinished))
    .returning({ id: jobs.id })
  const jobIs = sql`job.id = ${id}`
  const inserted = db.execute(insertItems(projectId, jobIs, staged))
  const [rowsAlive] = await scope.run([alive, ...documentRoom(scope, jobIs, staged), inserted])
  return rowsAlive.length > 0
}

/** For documents that neither are here nor wait in the source's unfinished job, which the condition names. */
export function documentRoom({ db, projectId, unpaidPlan }: Scope, jobIs: SQL, staged: StagedDocument[]): Statement[] {
  const waiting = sql`select job.source_id, item.path from jobs job
    join job_items item on item.project_id = job.project_id and item.job_id = job.id and item.state = 'staged'
    where job.project_id = ${projectId}::uuid and job.state in ('staging', 'running')`
  const here = sql`select source_id, path from documents where project_id = ${projectId}::uuid union ${waiting}`
  const paths = sql.param(staged.map(({ path }) => path))
  return roomStatements(db, {
    ...{ holding: 'documents', of: projectId, unpaidPlan },
    held: sql`select count(*) from (${here}) here`,
    more: sql`select count(*) from unnest(${paths}::text[]) as given(path)
      join jobs job on job.project_id = ${projectId}::uuid and ${jobIs} and job.state in ('staging', 'running')
      where (job.source_id, given.path) not in (${here})`,
  })
}

/** Into the unfinished job that the condition names; what it has of the same path already is replaced. */
export function insertItems(projectId: string, jobIs: SQL, staged: StagedDocument[]): SQL {
  const rows = staged.map(({ documentId, ...row }) => ({ ...row, document_id: idToUuid(documentId) }))
  return sql`
    insert into ${jobItems} (project_id, job_id, path, document_id, state, content, fingerprint, reason)
    select ${projectId}::uuid, job.id, given.path, coalesce(known.id, given.document_id), 'staged',
      given.content, given.fingerprint, given.reason
    from ${rowsOf(rows, 'path text, document_id uuid, fingerprint text, content text, reason text')}
    join ${jobs} job on job.project_id = ${projectId} and ${jobIs} and job.state in ('staging', 'running')
    left join ${documents} known on known.project_id = ${projectId}
      and known.source_id = job.source_id and known.path = given.path
    on conflict (project_id, job_id, path) do update set state = 'staged', content = excluded.content,
      fingerprint = excluded.fingerprint, reason = excluded.reason, passage_count = 0, attempts = 0`
}

async function closeStaging(scope: Scope, jobId: JobId): Promise<void> {
  const { db, projectId } = scope
  await scope.run([
    db
      .update(jobs)
      .set({ state: 'running', updatedAt: sql`now()` })
      .where(and(eq(jobs.projectId, projectId), eq(jobs.id, idToUuid(jobId)), eq(jobs.state, 'staging'))),
    closeFinished(scope, jobId),
  ])
}

/** A running job with nothing left to process is done: a row when this was the end of it. */
export function closeFinished({ db, projectId }: Scope, jobId: JobId) {
  const id = idToUuid(jobId)
  return db
    .update(jobs)
    .set({ state: 'done', updatedAt: sql`now()` })
    .where(
      and(
        eq(jobs.projectId, projectId),
        eq(jobs.id, id),
        eq(jobs.state, 'running'),
        sql`not exists (select from ${jobItems} where ${jobItems.projectId} = ${projectId}
          and ${jobItems.jobId} = ${id} and ${jobItems.state} = 'staged')`,
      ),
    )
    .returning({ id: jobs.id })
}

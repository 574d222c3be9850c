import { NeonDbError } from '@neondatabase/serverless'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { idFromUuid, idToUuid, type JobId } from '#shared/ids.ts'
import type { JobSlice, JobState, ProcessedDocument, ProjectDb } from '../../project-db.ts'
import { type Language, loadLanguage } from '../../rules/language.ts'
import { documents, jobItems, jobs, passages, projects, sources } from '../schema.ts'
import { rowsOf, type Scope, type Statement } from '../scope.ts'
import { type IndexedDocument, indexStatements } from './search-index.ts'
import { closeFinished } from './staging.ts'

type Processing = Pick<ProjectDb, 'takeDocuments' | 'saveDocuments' | 'readJob'>

export function processing(scope: Scope): Processing {
  return {
    takeDocuments: (jobId) => takeDocuments(scope, jobId),
    saveDocuments: async (jobId, language, processed) =>
      saveDocuments(scope, jobId, await loadLanguage(language), processed),
    readJob: (jobId) => readJob(scope, jobId),
  }
}

/** A slice holds as many documents as this, or fewer when their texts are longer than that together. */
const SLICE_DOCUMENTS = 64
const SLICE_CHARACTERS = 500_000

/** Whoever was staging is gone by then; what it had staged is processed, and the next ingest brings the rest. */
const STAGING_PATIENCE = sql`interval '10 minutes'`

async function takeDocuments(scope: Scope, jobId: JobId): Promise<JobSlice | null> {
  const { db, projectId } = scope
  const id = idToUuid(jobId)
  const mine = and(eq(jobs.projectId, projectId), eq(jobs.id, id))
  const abandoned = db
    .update(jobs)
    .set({ state: 'running', updatedAt: sql`now()` })
    .where(and(mine, eq(jobs.state, 'staging'), sql`${jobs.updatedAt} < now() - ${STAGING_PATIENCE}`))
  const job = db
    .select({ siteUrl: sources.siteUrl, siteStyle: sources.siteStyle, language: projects.language })
    .from(jobs)
    .innerJoin(sources, and(eq(sources.projectId, jobs.projectId), eq(sources.id, jobs.sourceId)))
    .innerJoin(projects, eq(projects.projectId, jobs.projectId))
    .where(mine)
  const [, , [found], rows] = await scope.run([abandoned, closeFinished(scope, jobId), job, beginNext(scope, id)])
  if (!found) return null
  return {
    ...found,
    documents: rows.map(({ documentId, ...row }) => ({ ...row, documentId: idFromUuid('document', documentId) })),
  }
}

/** Counts the attempt before it is made. A document that was begun before goes alone: it may be what stopped the others. */
function beginNext({ db, projectId }: Scope, jobId: string) {
  const waiting = sql`
    select path, attempts, row_number() over slice as number,
      coalesce(sum(length(content)) over (order by attempts, path rows between unbounded preceding and 1 preceding), 0) as before
    from (
      select path, attempts, content from ${jobItems}
      where ${jobItems.projectId} = ${projectId} and ${jobItems.jobId} = ${jobId} and ${jobItems.state} = 'staged'
      order by attempts, path limit ${SLICE_DOCUMENTS}
    ) as first
    window slice as (order by attempts, path)`
  // As an array it is worked out once; as a sub-select the planner would do so for every row.
  const chosen = sql`select path from (${waiting}) as waiting
    where number = 1 or (attempts = 0 and before < ${SLICE_CHARACTERS})`
  return db
    .update(jobItems)
    .set({ attempts: sql`${jobItems.attempts} + 1` })
    .where(
      and(eq(jobItems.projectId, projectId), eq(jobItems.jobId, jobId), sql`${jobItems.path} = any (array(${chosen}))`),
    )
    .returning({
      path: jobItems.path,
      documentId: jobItems.documentId,
      fingerprint: jobItems.fingerprint,
      content: jobItems.content,
      reason: jobItems.reason,
      attempts: jobItems.attempts,
    })
}

/** Raised by claim_job_items (migrations/0001_access.sql). */
const NO_LONGER_STAGED = 'PX001'

async function saveDocuments(
  scope: Scope,
  jobId: JobId,
  language: Language,
  processed: ProcessedDocument[],
): Promise<'saved' | 'finished' | 'taken'> {
  try {
    const results = await scope.run([...saveStatements(scope, jobId, language, processed), closeFinished(scope, jobId)])
    const closed = results.at(-1) as { id: string }[]
    return closed.length > 0 ? 'finished' : 'saved'
  } catch (error) {
    if (error instanceof NeonDbError && error.code === NO_LONGER_STAGED) return 'taken'
    throw error
  }
}

function saveStatements(scope: Scope, jobId: JobId, language: Language, processed: ProcessedDocument[]): Statement[] {
  const { db, projectId } = scope
  const job = idToUuid(jobId)
  const paths = processed.map(({ path }) => path)
  const fingerprints = processed.map(({ fingerprint }) => fingerprint)
  const documentIds = processed.map(({ documentId }) => idToUuid(documentId))
  return [
    db.execute(
      sql`select claim_job_items(${job}::uuid, ${sql.param(paths)}::text[], ${sql.param(fingerprints)}::text[])`,
    ),
    db.delete(passages).where(and(eq(passages.projectId, projectId), inArray(passages.documentId, documentIds))),
    db.execute(storeDocuments(projectId, job, processed)),
    db.execute(storePassages(projectId, processed)),
    ...indexStatements(projectId, language, processed.map(toIndexed)).map((statement) => db.execute(statement)),
  ]
}

/** What failed leaves the index. */
function toIndexed({ documentId, outcome }: ProcessedDocument): IndexedDocument {
  const { title, passages } = 'reason' in outcome ? { title: '', passages: [] } : outcome
  return { documentId: idToUuid(documentId), title, passages }
}

/** Document rows and what became of the job's items, in one statement: the raw text moves from the one to the other. */
function storeDocuments(projectId: string, job: string, processed: ProcessedDocument[]) {
  const rows = processed.map(({ path, outcome }) =>
    'reason' in outcome
      ? { path, title: path, state: 'failed', reason: outcome.reason, passages: 0 }
      : { path, title: outcome.title, state: 'ready', reason: null, passages: outcome.passages.length },
  )
  return sql`
    with item as (
      select items.path, items.document_id, items.content, items.fingerprint, ${jobs.sourceId} as source_id,
        given.title, given.state, given.reason, given.passages
      from ${rowsOf(rows, 'path text, title text, state text, reason text, passages int')}
      join ${jobItems} items on items.project_id = ${projectId} and items.job_id = ${job} and items.path = given.path
      join ${jobs} on ${jobs.projectId} = ${projectId} and ${jobs.id} = ${job}
    ), stored as (
      insert into ${documents}
        (project_id, id, source_id, path, title, content, fingerprint, state, reason, passage_count, updated_at)
      select ${projectId}::uuid, document_id, source_id, path, title, content, fingerprint, state, reason, passages, now()
      from item
      on conflict (project_id, id) do update set title = excluded.title, content = excluded.content,
        fingerprint = excluded.fingerprint, state = excluded.state, reason = excluded.reason,
        passage_count = excluded.passage_count, updated_at = excluded.updated_at
    )
    update ${jobItems} set content = null, passage_count = item.passages, reason = item.reason,
      state = case item.state when 'ready' then 'done' else 'failed' end
    from item
    where ${jobItems.projectId} = ${projectId} and ${jobItems.jobId} = ${job} and ${jobItems.path} = item.path`
}

function storePassages(projectId: string, processed: ProcessedDocument[]) {
  const rows = processed.flatMap(({ documentId, outcome }) =>
    'reason' in outcome
      ? []
      : outcome.passages.map(({ passageId, start, end, ...passage }) => ({
          ...passage,
          ...{ id: idToUuid(passageId), document_id: idToUuid(documentId), title: outcome.title },
          ...{ start_offset: start, end_offset: end },
        })),
  )
  const columns = sql.raw(
    'id, document_id, ordinal, title, headings, anchor, url, start_offset, end_offset, blocks, text, hash',
  )
  const typed = `id uuid, document_id uuid, ordinal int, title text, headings jsonb, anchor text, url text,
    start_offset int, end_offset int, blocks jsonb, text text, hash text`
  return sql`insert into ${passages} (project_id, ${columns}) select ${projectId}::uuid, ${columns} from ${rowsOf(rows, typed)}`
}

async function readJob(scope: Scope, jobId: JobId): Promise<JobState | null> {
  const { db, projectId } = scope
  const id = idToUuid(jobId)
  const items = and(eq(jobItems.projectId, projectId), eq(jobItems.jobId, id))
  const job = db
    .select({ state: jobs.state })
    .from(jobs)
    .where(and(eq(jobs.projectId, projectId), eq(jobs.id, id)))
  const progress = db
    .select({
      done: sql<number>`(count(*) filter (where ${jobItems.state} <> 'staged'))::int`,
      total: sql<number>`count(*)::int`,
      passages: sql<number>`coalesce(sum(${jobItems.passageCount}), 0)::int`,
    })
    .from(jobItems)
    .where(items)
  const failed = db
    .select({ path: jobItems.path, reason: sql<string>`${jobItems.reason}` })
    .from(jobItems)
    .where(and(items, eq(jobItems.state, 'failed')))
    .orderBy(jobItems.path)
  const [[found], [counts], failures] = await scope.run([job, progress, failed])
  if (!found || !counts) return null
  return { jobId, state: found.state === 'done' ? 'done' : 'running', ...counts, failed: failures }
}

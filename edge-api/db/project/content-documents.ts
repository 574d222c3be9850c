import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm'
import { type DocumentId, idFromUuid, idToUuid } from '#shared/ids.ts'
import type { Page } from '../../rules/page.ts'
import type { DocumentFilter, ListedDocument, ProjectContent } from '../content.ts'
import { documents, passages, sources } from '../schema.ts'
import type { Scope } from '../scope.ts'
import { contains, microsOf, standsBefore } from './page-of.ts'
import { iso } from './settings-change.ts'
import { removalStatements } from './staging.ts'

type Documents = Pick<
  ProjectContent,
  'pageOfDocuments' | 'countDocuments' | 'readSite' | 'readDocument' | 'removeDocument'
>

export function documentRows(scope: Scope): Documents {
  return {
    pageOfDocuments: (page, filter) => pageOfDocuments(scope, page, filter),
    countDocuments: () => countDocuments(scope),
    readSite: (source) => readSite(scope, source),
    readDocument: (id) => readDocument(scope, id),
    removeDocument: (id) => removeDocument(scope, id),
  }
}

/** The statement that lists documents, before its order and bounds. */
function documentsWhere({ db, projectId }: Scope, ...conditions: (SQL | undefined)[]) {
  const { id, path, title, state, reason, passageCount, updatedAt } = documents
  return db
    .select({ id, source: sources.name, path, title, state, reason, passageCount, updatedAt, at: microsOf(updatedAt) })
    .from(documents)
    .innerJoin(sources, and(eq(sources.projectId, documents.projectId), eq(sources.id, documents.sourceId)))
    .where(and(eq(documents.projectId, projectId), ...conditions))
}

type Row = Awaited<ReturnType<typeof documentsWhere>>[number]

function documentOf({ at: _, ...row }: Row): ListedDocument {
  return { ...row, id: idFromUuid('document', row.id), updatedAt: iso(row.updatedAt) }
}

async function pageOfDocuments(
  scope: Scope,
  page: Page,
  { state, text }: DocumentFilter,
): ReturnType<Documents['pageOfDocuments']> {
  const { updatedAt, id, path, title } = documents
  const before = standsBefore({ at: updatedAt, id }, 'document', page)
  const named = text === undefined ? undefined : sql`(${contains(path, text)} or ${contains(title, text)})`
  const [rows] = await scope.run([
    documentsWhere(scope, before, named, state && eq(documents.state, state))
      .orderBy(desc(updatedAt), desc(id))
      .limit(page.limit + 1),
  ])
  return rows.map((row) => {
    const item = documentOf(row)
    return { item, position: { at: row.at, id: item.id } }
  })
}

async function countDocuments({ db, projectId, run }: Scope): ReturnType<Documents['countDocuments']> {
  const [[row]] = await run([
    db
      .select({
        documents: sql<number>`count(*)::int`,
        failed: sql<number>`(count(*) filter (where ${documents.state} = 'failed'))::int`,
        passages: sql<number>`coalesce(sum(${documents.passageCount}), 0)::int`,
      })
      .from(documents)
      .where(eq(documents.projectId, projectId)),
  ])
  return row ?? { documents: 0, failed: 0, passages: 0 }
}

async function readSite({ db, projectId, run }: Scope, name: string): ReturnType<Documents['readSite']> {
  const { siteUrl, siteStyle } = sources
  const named = and(eq(sources.projectId, projectId), eq(sources.name, name))
  const [[row]] = await run([db.select({ siteUrl, siteStyle }).from(sources).where(named)])
  return row ?? { siteUrl: null, siteStyle: 'github' }
}

async function readDocument(scope: Scope, documentId: DocumentId): ReturnType<Documents['readDocument']> {
  const { db, projectId, run } = scope
  const uuid = idToUuid(documentId)
  const { id, headings, url, text, ordinal } = passages
  const [[row], found] = await run([
    documentsWhere(scope, eq(documents.id, uuid)),
    db
      .select({ id, headings, url, text })
      .from(passages)
      .where(and(eq(passages.projectId, projectId), eq(passages.documentId, uuid)))
      .orderBy(asc(ordinal)),
  ])
  if (row === undefined) return null
  return { ...documentOf(row), passages: found.map((one) => ({ ...one, id: idFromUuid('passage', one.id) })) }
}

async function removeDocument(scope: Scope, id: DocumentId): ReturnType<Documents['removeDocument']> {
  const [[row]] = await scope.run([
    documentsWhere(scope, eq(documents.id, idToUuid(id))),
    ...removalStatements(scope, [id]),
  ])
  return row === undefined ? null : documentOf(row)
}

import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { indexStatements, unindexStatements } from '#edge/db/project/search-index.ts'
import { english, type Language } from '#edge/rules/language.ts'
import { idToUuid, newId } from '#shared/ids.ts'
import { enter, random, type TestDatabase } from './database.ts'

export interface Page {
  title: string
  passages: { headings: string[]; text: string }[]
}

/** Runs statements as the Worker does: one transaction, as the project. Gives the rows of the last one. */
export async function runAs(
  database: Pick<TestDatabase, 'asApp'>,
  uuid: string,
  statements: readonly SQL[],
  prefix = '',
) {
  const dialect = new PgDialect()
  const queries = statements.map((statement) => dialect.sqlToQuery(statement))
  const results = await database.asApp.transaction([
    enter(database.asApp, uuid),
    ...queries.map((query) => database.asApp.query(prefix + query.sql, query.params as unknown[])),
  ])
  return results.at(-1) ?? []
}

/** Writes pages with their passages past ingestion, so that a test says exactly what is indexed. */
export function pagesOf(database: Pick<TestDatabase, 'asApp'>, uuid: string) {
  const source = idToUuid(newId('source', random))
  let isPrepared = false
  const asProject = (text: string, values: unknown[]) =>
    database.asApp.transaction([enter(database.asApp, uuid), database.asApp.query(text, values)])
  const prepare = async (): Promise<void> => {
    if (isPrepared) return
    isPrepared = true
    await asProject(
      `insert into sources (project_id, id, kind, name, site_style) values ($1, $2, 'upload', 'test', 'github')`,
      [uuid, source],
    )
  }
  return {
    /** Replaces what the documents had; a new uuid makes a new document. */
    async write(pages: ReadonlyMap<string, Page>, language: Language = english): Promise<void> {
      await prepare()
      const ids = [...pages.keys()]
      const passages = [...pages].flatMap(([document, { title, passages }]) =>
        passages.map((passage, ordinal) => ({
          document,
          title,
          ordinal,
          ...passage,
          id: idToUuid(newId('passage', random)),
        })),
      )
      await asProject(
        `insert into documents (project_id, id, source_id, path, title, fingerprint, state)
         select $1, id, $2, id::text, 'test', '', 'ready' from unnest($3::uuid[]) id on conflict do nothing`,
        [uuid, source, ids],
      )
      await asProject('delete from passages where project_id = $1 and document_id = any ($2::uuid[])', [uuid, ids])
      await asProject(
        `insert into passages (project_id, id, document_id, ordinal, title, headings, url, start_offset, end_offset, blocks, text, hash)
         select $1, id, document, ordinal, title, headings, document::text, 0, 0, '[]', text, ''
         from jsonb_to_recordset($2::jsonb) as p(id uuid, document uuid, ordinal int, title text, headings jsonb, text text)`,
        [uuid, JSON.stringify(passages)],
      )
      const documents = [...pages].map(([documentId, { title, passages }]) => ({
        documentId,
        title,
        passages: passages.map((passage, ordinal) => ({ ...passage, ordinal })),
      }))
      await runAs(database, uuid, indexStatements(uuid, language, documents))
    },
    async remove(ids: readonly string[]): Promise<void> {
      await asProject('delete from documents where project_id = $1 and id = any ($2::uuid[])', [uuid, ids])
      await runAs(database, uuid, unindexStatements(uuid, ids))
    },
  }
}

/** One passage a page, without headings. */
export function plainPages(texts: readonly string[]): Map<string, Page> {
  return new Map(
    texts.map((text) => [idToUuid(newId('document', random)), { title: '', passages: [{ headings: [], text }] }]),
  )
}

import { enter, type TestDatabase } from './database.ts'

/** Every table that has a project_id: what the catalogue says, not what we remember. */
export async function tenantTables({ asOwner }: TestDatabase): Promise<string[]> {
  const rows = await asOwner.query(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
     where a.attname = 'project_id' and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
     order by 1`,
  )
  return rows.map(({ name }) => name as string)
}

/**
 * Per table, a digest over a project's rows *and where they lie*: any write, even one that changes no value, makes a new
 * row version at another place and so another digest.
 */
export async function snapshot(database: TestDatabase, projectUuid: string): Promise<Record<string, string>> {
  const { asApp } = database
  const tables = await tenantTables(database)
  const results = await asApp.transaction([
    enter(asApp, projectUuid),
    ...tables.map((table) =>
      asApp.query(
        `select count(*) || ' ' || coalesce(md5(string_agg(ctid::text || xmin::text || t::text, '|' order by ctid)), '') as digest
         from ${table} t`,
      ),
    ),
  ])
  return Object.fromEntries(tables.map((table, n) => [table, String(results[n + 1]?.[0]?.digest)]))
}

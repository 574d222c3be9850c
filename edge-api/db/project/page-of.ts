import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { type IdKind, idToUuid, parseId } from '#shared/ids.ts'
import type { Page } from '../../rules/page.ts'

/** Microseconds since the epoch, as exact as Postgres has it; for a page's position. */
export function microsOf(createdAt: SQLWrapper): SQL<number> {
  return sql<number>`(extract(epoch from ${createdAt}) * 1000000)::float8`.mapWith(Number)
}

/** The rows after the page's beginning in a list ordered by `created_at, id`. */
export function beginsAfter(
  { createdAt, id }: { createdAt: SQLWrapper; id: SQLWrapper },
  kind: IdKind,
  { after }: Page,
): SQL | undefined {
  const last = after === null ? null : parseId(kind, after.id)
  if (after === null || last === null) return undefined
  return sql`(${createdAt}, ${id}) > ('epoch'::timestamptz + ${after.at}::bigint * interval '1 microsecond', ${idToUuid(last)}::uuid)`
}

import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { type IdKind, idToUuid, parseId } from '#shared/ids.ts'
import type { Page } from '../../rules/page.ts'

/** What a list is ordered by: a time, and the id among those of the same time. */
interface Order {
  at: SQLWrapper
  id: SQLWrapper
}

/** Microseconds since the epoch, as exact as Postgres has it; for a page's position. */
export function microsOf(createdAt: SQLWrapper): SQL<number> {
  return sql<number>`(extract(epoch from ${createdAt}) * 1000000)::float8`.mapWith(Number)
}

/** The rows after the page's beginning in a list ordered by `created_at, id`. */
export function beginsAfter(
  { createdAt, id }: { createdAt: SQLWrapper; id: SQLWrapper },
  kind: IdKind,
  page: Page,
): SQL | undefined {
  const position = positionOf(kind, page)
  return position && sql`(${createdAt}, ${id}) > ${position}`
}

/** The same in a list that has its latest first. */
export function standsBefore({ at, id }: Order, kind: IdKind, page: Page): SQL | undefined {
  const position = positionOf(kind, page)
  return position && sql`(${at}, ${id}) < ${position}`
}

function positionOf(kind: IdKind, { after }: Page): SQL | undefined {
  const last = after === null ? null : parseId(kind, after.id)
  if (after === null || last === null) return undefined
  return sql`('epoch'::timestamptz + ${after.at}::bigint * interval '1 microsecond', ${idToUuid(last)}::uuid)`
}

/** Whether a text holds what somebody typed, in either case; nothing in it is a pattern. */
export function contains(column: SQLWrapper, typed: string): SQL {
  return sql`${column} ilike ${`%${typed.replace(/[\\%_]/g, '\\$&')}%`}`
}

import { fromBase64Url, toBase64Url, utf8 } from '#shared/bytes.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'

/** One page of a list. */
export interface List<Item> {
  items: Item[]
  /** Leads to the next page; null where there is none. */
  nextCursor: string | null
}

export interface PageRequest {
  /** The `nextCursor` of the page before; absent or null: the first page. */
  cursor?: string | null | undefined
  /** From 1 to MAX_PAGE; absent: DEFAULT_PAGE. */
  limit?: number | undefined
}

export const DEFAULT_PAGE = 50
export const MAX_PAGE = 100

/**
 * Where an item stands in its list: by a time, and by its id among those of the same time. A page begins after the position
 * of the last item before it, so that what is added or removed meanwhile neither repeats an item nor skips one.
 */
export interface Position {
  /** Whole units since the epoch; which ones is the list's own affair. */
  at: number
  id: string
}

export interface Page {
  after: Position | null
  limit: number
}

export type PageReason = 'cursor_invalid' | 'limit_invalid'

/** `isId` keeps a cursor of another list out. */
export function readPage(
  { cursor, limit = DEFAULT_PAGE }: PageRequest,
  isId: (text: string) => boolean,
): Verdict<Page, PageReason> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) return deny('limit_invalid')
  if (cursor === null || cursor === undefined) return allow({ after: null, limit })
  const bytes = cursor.length > 500 ? null : fromBase64Url(cursor)
  const [, at, id] = /^(\d{1,16}) (\S+)$/.exec(bytes === null ? '' : new TextDecoder().decode(bytes)) ?? []
  if (at === undefined || id === undefined || !Number.isSafeInteger(Number(at)) || !isId(id))
    return deny('cursor_invalid')
  return allow({ after: { at: Number(at), id }, limit })
}

export interface Placed<Item> {
  item: Item
  position: Position
}

/** `found`: what stands after the page's beginning, in its order, one more than fits where there is more. */
export function listOf<Item>(found: readonly Placed<Item>[], { limit }: Page): List<Item> {
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  const nextCursor = last === undefined ? null : toBase64Url(utf8(`${last.position.at} ${last.position.id}`))
  return { items: shown.map(({ item }) => item), nextCursor }
}

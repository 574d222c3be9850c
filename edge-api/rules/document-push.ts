import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { isCleanText, type Members, membersOf, parseJsonBody } from './json-body.ts'
import { SITE_STYLES, type SiteStyle } from './passage.ts'

/** What a `documents.upsert` or `documents.delete` asks for. */
export interface DocumentPush {
  upserts: { path: string; content: string }[]
  /** Paths. */
  removals: string[]
  /** Base of the citations' links, and how that site makes anchors; undefined: as before. */
  siteUrl: string | undefined
  siteStyle: SiteStyle | undefined
}

export const MAX_PUSHED_DOCUMENTS = 100

/**
 * Reads the body of a Standard Webhook: `{type, timestamp?, data}`, where `data` is one document or a list of them under `documents`
 * (to delete: `path` or `paths`). Null for a type that is none of ours; the reason is a sentence for whoever sends it.
 */
export function readDocumentPush(body: Uint8Array): Verdict<DocumentPush | null, string> {
  const parsed = parseJsonBody(body)
  const event = parsed.ok ? membersOf(parsed.value) : null
  if (event === null) return deny('The body is not a JSON object.')
  if (event.type !== 'documents.upsert' && event.type !== 'documents.delete') return allow(null)
  const data = membersOf(event.data)
  if (data === null) return deny('“data” is not an object.')
  const { siteUrl, siteStyle } = data
  if (siteUrl !== undefined && !isSiteUrl(siteUrl)) return deny('“data.siteUrl” is not an http or https address.')
  if (siteStyle !== undefined && !SITE_STYLES.includes(siteStyle as SiteStyle))
    return deny(`“data.siteStyle” is none of ${SITE_STYLES.join(', ')}.`)
  const site = { siteUrl: siteUrl as string | undefined, siteStyle: siteStyle as SiteStyle | undefined }
  return event.type === 'documents.upsert' ? readUpserts(data, site) : readRemovals(data, site)
}

/** When it happened, by the sender; null where the event does not say. Milliseconds since the epoch. */
export function readOccurrence(body: Uint8Array): number | null {
  const parsed = parseJsonBody(body)
  const { timestamp } = (parsed.ok ? membersOf(parsed.value) : null) ?? {}
  const atMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(atMs) ? null : atMs
}

type Site = Pick<DocumentPush, 'siteUrl' | 'siteStyle'>

function readUpserts(data: Members, site: Site): Verdict<DocumentPush, string> {
  const listed: unknown[] = Array.isArray(data.documents) ? data.documents : [data]
  if (listed.length === 0 || listed.length > MAX_PUSHED_DOCUMENTS)
    return deny(`An event has 1 to ${MAX_PUSHED_DOCUMENTS} documents.`)
  const upserts = new Map<string, string>()
  for (const [index, item] of listed.entries()) {
    const { path, content } = membersOf(item) ?? {}
    if (typeof path !== 'string' || typeof content !== 'string')
      return deny(`Document ${index + 1} lacks a “path” or its “content”.`)
    upserts.set(path, content)
  }
  return allow({ ...site, upserts: [...upserts].map(([path, content]) => ({ path, content })), removals: [] })
}

function readRemovals(data: Members, site: Site): Verdict<DocumentPush, string> {
  const paths: unknown[] = Array.isArray(data.paths) ? data.paths : [data.path]
  if (paths.length === 0 || paths.length > MAX_PUSHED_DOCUMENTS || !paths.every((path) => typeof path === 'string'))
    return deny(`“data” names no “path”, nor 1 to ${MAX_PUSHED_DOCUMENTS} “paths”.`)
  return allow({ ...site, upserts: [], removals: [...new Set(paths)] })
}

export function isSiteUrl(value: unknown): boolean {
  return typeof value === 'string' && isCleanText(value) && value.length <= 1000 && /^https?:\/\/[^\s/]+/.test(value)
}

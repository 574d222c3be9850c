import * as z from 'zod'
import type { ProblemCode } from '#shared/wire.ts'

/** One call of the API as its reference tells it; the schemas are those that requests and answers are held to. */
export interface Operation {
  tag: string
  /** What it does, in one line. */
  summary: string
  /** What a caller has to know besides. */
  about?: string
  query?: z.ZodObject
  body?: z.ZodType
  /** By status; null for an answer without a body. */
  answers: Readonly<Record<number, z.ZodType | null>>
  /** The same answer as server-sent events, for whoever accepts them. */
  streams?: z.ZodType
  /** Codes of the refusals that are this call's own; those of its door are the document's. */
  refusals?: readonly ProblemCode[]
}

/** `GET /v1/config` → what it is; paths as the map of addresses (edge-api/app.ts) has them. */
export type Operations = Readonly<Record<string, Operation>>

/** An object with these members and no others: what an answer holds is written down, or it is not in there. */
export const answer = z.strictObject
export const time = z.iso.datetime().describe('ISO 8601 in UTC')
export const list = <Item extends z.ZodType>(item: Item) =>
  answer({ items: z.array(item), nextCursor: z.string().nullable().describe('Pass as ?cursor= for the next page.') })
/** Of a list that is never long. */
export const wholeList = <Item extends z.ZodType>(item: Item) => answer({ items: z.array(item), nextCursor: z.null() })
export const change = { published: z.boolean().describe('False: saved, and told to the edge within a minute.') }

const PREFIXES = {
  answer: 'ans',
  auditEntry: 'aud',
  delivery: 'dlv',
  document: 'doc',
  identityKey: 'idk',
  invitation: 'inv',
  job: 'job',
  key: 'key',
  organization: 'org',
  originRule: 'rul',
  passage: 'psg',
  project: 'prj',
  session: 'ses',
  thread: 'thr',
  user: 'usr',
}
export const id = (kind: keyof typeof PREFIXES) => z.string().regex(new RegExp(`^${PREFIXES[kind]}_[0-9A-Za-z]{22}$`))

export const page = z.object({
  cursor: z.string().optional().describe('The `nextCursor` of the page before.'),
  limit: z.int().min(1).max(100).optional().describe('Default 50.'),
})

import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { planIngest } from '../flows/ingest.ts'
import type { Endpoint } from '../guard/context.ts'
import { MAX_UPLOAD_BYTES } from '../guard/limit-body.ts'
import { readJson, readValue } from '../guard/read-json.ts'
import { pageOf } from '../guard/settings-answer.ts'
import { isSiteUrl } from '../rules/document-push.ts'
import { isCleanText, membersOf } from '../rules/json-body.ts'
import { listOf } from '../rules/page.ts'
import { SITE_STYLES } from '../rules/passage.ts'

const SOURCE = { kind: 'upload', name: 'uploads' } as const

/** A relative path of names: no drive, no way up, nothing that a page's address could not be made of. */
const path = z
  .string()
  .max(500, 'At most 500 characters.')
  .refine(
    (text) => isCleanText(text) && /^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\\\p{Cc}]+\.(?:mdx?|html?|txt)$/iu.test(text),
    {
      message: 'A relative path that ends in .md, .mdx, .html or .txt.',
    },
  )
export const oneDocument = z.object({ path, content: z.string() })
const MAX_DOCUMENTS = 100
const one = oneDocument.transform((single) => [single])
export const manyDocuments = z.object({
  documents: z.array(oneDocument).min(1, 'At least one.').max(MAX_DOCUMENTS, `At most ${MAX_DOCUMENTS}.`),
})
const many = manyDocuments.transform(({ documents }) => documents)
/** By what is there, rather than as a union: its errors name no field. */
const body: Pick<typeof one, 'safeParse'> = {
  safeParse: (input, options) => (membersOf(input)?.documents === undefined ? one : many).safeParse(input, options),
}

export const documentFilter = z.object({
  state: z.enum(['ready', 'failed'], 'ready or failed.').optional(),
  text: z.string().max(200, 'At most 200 characters.').refine(isCleanText, 'Not valid text.').optional(),
})

/**
 * `POST /api/projects/{id}/documents`, one or `documents: […]`: 202 with the job that will make passages of them; null where
 * nothing has changed. Of a path that comes twice the last one counts.
 */
export function postDocument({ accounts, random }: AppPorts): Endpoint {
  return async (c) => {
    const read = await readJson(c, body, MAX_UPLOAD_BYTES)
    if ('refusal' in read) return read.refusal
    const documents = [...new Map(read.value.map((one) => [one.path, one])).values()]
    const { jobId } = await planIngest({ db: c.get('db'), random, source: SOURCE, documents, complete: false })
    const [first] = documents
    await accounts.db.addAudit(c.get('actor'), {
      action: 'document.uploaded',
      target: c.get('projectId'),
      details: { path: first?.path ?? null, documents: documents.length },
    })
    if (jobId !== null) await accounts.wake({ projectId: c.get('management').projectId, jobId })
    return c.json({ jobId }, 202)
  }
}

/** `GET /api/projects/{id}/documents`: the latest processed first. */
export const getDocuments: Endpoint = async (c) => {
  const page = pageOf(c, 'document')
  if ('refusal' in page) return page.refusal
  const wanted = readValue(c, documentFilter, c.req.query())
  if ('refusal' in wanted) return wanted.refusal
  return c.json(listOf(await c.get('content').pageOfDocuments(page.value, wanted.value), page.value))
}

/** `GET /api/projects/{id}/documents/{id}`: with its passages. */
export const getDocument: Endpoint = async (c) => {
  const id = parseId('document', c.req.param('id') ?? '')
  const found = id === null ? null : await c.get('content').readDocument(id)
  return found === null ? problem(c, 'not_found') : c.json(found)
}

/** `DELETE /api/projects/{id}/documents/{id}`: it answers nothing any more. */
export function deleteDocument({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const id = parseId('document', c.req.param('id') ?? '')
    const removed = id === null ? null : await c.get('content').removeDocument(id)
    if (removed === null) return problem(c, 'not_found')
    const details = { projectId: c.get('projectId'), path: removed.path }
    await accounts.db.addAudit(c.get('actor'), { action: 'document.removed', target: id, details })
    return c.body(null, 204)
  }
}

export const siteBody = z.object({
  siteUrl: z
    .string()
    .max(500, 'At most 500 characters.')
    .refine(isSiteUrl, 'An address such as https://docs.example.com.')
    .nullable(),
  siteStyle: z.enum(SITE_STYLES, `One of ${SITE_STYLES.join(', ')}.`),
})

/** `GET /api/projects/{id}/site`: where uploaded pages are published, so that sources lead there. */
export const getSite: Endpoint = async (c) => c.json(await c.get('content').readSite(SOURCE.name))

/** `PUT /api/projects/{id}/site`: for what is uploaded from now on; the same file uploaded again gets its new address. */
export function putSite({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const read = await readJson(c, siteBody)
    if ('refusal' in read) return read.refusal
    await c.get('db').openSource({ ...SOURCE, ...read.value })
    await accounts.db.addAudit(c.get('actor'), {
      action: 'site.changed',
      target: c.get('projectId'),
      details: read.value,
    })
    return c.json(read.value)
  }
}

/** `GET /api/projects/{id}/jobs/{id}` */
export const getJob: Endpoint = async (c) => {
  const id = parseId('job', c.req.param('id') ?? '')
  const job = id === null ? null : await c.get('db').readJob(id)
  if (job === null) return problem(c, 'not_found')
  const { state, done, total, passages, failed } = job
  return c.json({ state, done, total, passages, failed })
}

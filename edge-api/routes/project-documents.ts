import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import { problem } from '../errors.ts'
import { planIngest } from '../flows/ingest.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import type { Ports } from '../ports.ts'
import { isCleanText } from '../rules/json-body.ts'

const SOURCE = { kind: 'upload', name: 'uploads', siteUrl: null, siteStyle: 'github' } as const

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
const body = z.object({ path, content: z.string() })

/** `POST /api/projects/{id}/documents`: 202 with the job that will make passages of it; null where nothing has changed. */
export function postDocument({ accounts, random }: Ports): Endpoint {
  return async (c) => {
    const read = await readJson(c, body)
    if ('refusal' in read) return read.refusal
    const { jobId } = await planIngest({
      db: c.get('db'),
      random,
      source: SOURCE,
      documents: [read.value],
      complete: false,
    })
    await accounts.db.addAudit(c.get('actor'), {
      action: 'document.uploaded',
      target: c.get('projectId'),
      details: { path: read.value.path },
    })
    if (jobId !== null) await accounts.wake({ projectId: c.get('management').projectId, jobId })
    return c.json({ jobId }, 202)
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

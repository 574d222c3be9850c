import * as z from 'zod'
import { newId } from '#shared/ids.ts'
import { publishChange } from '../flows/publish-policy.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { pageOf } from '../guard/settings-answer.ts'
import type { Ports } from '../ports.ts'
import { isName, NAME_SENTENCE } from '../rules/person.ts'

const body = z.object({ name: z.string().trim().refine(isName, NAME_SENTENCE) })

/** `GET /api/projects`: the organization's, or those that a member is assigned to; in the order in which they were made. */
export function listProjects({ accounts }: Ports): Endpoint {
  return async (c) => {
    const page = pageOf(c, 'project')
    return 'refusal' in page ? page.refusal : c.json(await accounts.db.listProjects(c.get('actor'), page.value))
  }
}

/** `POST /api/projects`. An empty list of domains admits nobody, so a new project answers no one yet. */
export function createProject({ accounts, random, log }: Ports): Endpoint {
  return async (c) => {
    const read = await readJson(c, body)
    if ('refusal' in read) return read.refusal
    const projectId = newId('project', random)
    await accounts.db.createProject(c.get('actor'), { projectId, name: read.value.name })
    await publishChange(accounts.publishing, projectId, log)
    return c.json({ id: projectId }, 201)
  }
}

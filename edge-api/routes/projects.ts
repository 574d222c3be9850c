import * as z from 'zod'
import { newId } from '#shared/ids.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { renameProject } from '../flows/manage-appearance.ts'
import { publishChange } from '../flows/publish-policy.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { answerChange, pageOf } from '../guard/settings-answer.ts'
import { isName, NAME_SENTENCE } from '../rules/person.ts'

export const nameBody = z.object({ name: z.string().trim().refine(isName, NAME_SENTENCE) })

/** `GET /api/projects`: the organization's, or those that a member is assigned to; in the order in which they were made. */
export function listProjects({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const page = pageOf(c, 'project')
    return 'refusal' in page ? page.refusal : c.json(await accounts.db.listProjects(c.get('actor'), page.value))
  }
}

/** `POST /api/projects`. An empty list of domains admits nobody, so a new project answers no one yet. */
export function createProject({ accounts, random, log }: AppPorts): Endpoint {
  return async (c) => {
    const read = await readJson(c, nameBody)
    if ('refusal' in read) return read.refusal
    const projectId = newId('project', random)
    await accounts.db.createProject(c.get('actor'), { projectId, name: read.value.name })
    await publishChange(accounts.publishing, projectId, log)
    return c.json({ id: projectId }, 201)
  }
}

/** `GET /api/projects/{id}`: with how much it holds. */
export const getProject: Endpoint = async (c) => {
  const [project, knowledge] = await Promise.all([
    c.get('management').settings.readProject(),
    c.get('content').countDocuments(),
  ])
  if (project === null) return problem(c, 'not_found')
  const { name, language, createdAt } = project
  return c.json({ id: c.get('projectId'), name, language, createdAt, knowledge })
}

/** `PATCH /api/projects/{id}`: the widget shows the new name within seconds. */
export function patchProject({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, nameBody)
    if ('refusal' in body) return body.refusal
    const { name } = body.value
    return answerChange(
      c,
      accounts.db,
      await renameProject(c.get('management'), name),
      () => ({ action: 'project.renamed', target: c.get('projectId'), details: { name } }),
      (change) => c.json({ name, ...change }),
    )
  }
}

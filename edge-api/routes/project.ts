import * as z from 'zod'
import { problem } from '../errors.ts'
import { renameProject } from '../flows/manage-appearance.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { answerChange } from '../guard/settings-answer.ts'
import type { Ports } from '../ports.ts'
import { isName, NAME_SENTENCE } from '../rules/person.ts'

const nameBody = z.object({ name: z.string().trim().refine(isName, NAME_SENTENCE) })

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
export function patchProject({ accounts }: Ports): Endpoint {
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

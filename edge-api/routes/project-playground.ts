import * as z from 'zod'
import { MAX_QUESTION_LENGTH } from '#shared/limits.ts'
import { problem } from '../errors.ts'
import { tryQuestion } from '../flows/try-question.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { isCleanText } from '../rules/json-body.ts'

export const questionBody = z.object({
  question: z
    .string()
    .max(MAX_QUESTION_LENGTH, `At most ${MAX_QUESTION_LENGTH} characters.`)
    .refine(isCleanText, 'Not valid text.')
    .refine((question) => question.trim() !== '', 'Ask something.'),
})

/** `POST /api/projects/{id}/playground`: the answer, and what led to it. Costs no quota and is stored nowhere. */
export const postQuestion: Endpoint = async (c) => {
  const read = await readJson(c, questionBody)
  if ('refusal' in read) return read.refusal
  const project = await c.get('management').settings.readProject()
  if (project === null) return problem(c, 'not_found')
  return c.json(await tryQuestion(c.get('db'), project.language, read.value.question))
}

import * as z from 'zod'
import { MAX_QUESTION_LENGTH } from '#shared/limits.ts'
import type { SearchResponse } from '#shared/wire.ts'
import type { Endpoint } from '../guard/context.ts'
import { readValue } from '../guard/read-json.ts'
import { isCleanText } from '../rules/json-body.ts'
import { loadLanguage } from '../rules/language.ts'
import { analyseQuestion } from '../rules/query.ts'
import { snippet } from '../rules/snippet.ts'
import { termsOf } from '../rules/terms.ts'

export const searchQuery = z.object({
  q: z
    .string('Pass what to look for as ?q=.')
    .max(MAX_QUESTION_LENGTH, `At most ${MAX_QUESTION_LENGTH} characters.`)
    .refine(isCleanText, 'Not valid text.')
    .refine((q) => q.trim() !== '', 'Look for something.'),
  limit: z.coerce
    .number('From 1 to 20.')
    .int('From 1 to 20.')
    .min(1, 'From 1 to 20.')
    .max(20, 'From 1 to 20.')
    .default(10),
})

/** `GET /v1/search?q=&limit=`: the passages themselves, best first. */
export const searchPassages: Endpoint = async (c) => {
  const input = readValue(c, searchQuery, { q: c.req.query('q'), limit: c.req.query('limit') })
  if ('refusal' in input) return input.refusal
  const language = await loadLanguage(c.get('caller').policy.project.language)
  const found = await c.get('db').search(analyseQuestion(input.value.q, language), input.value.limit)
  const asked = new Set(found.terms.map((term) => term.repairedTo ?? term.term))
  const hits = found.hits.map(({ passage, score }) => ({
    passageId: passage.passageId,
    title: passage.title,
    headings: passage.headings,
    url: passage.url,
    snippet: snippet(passage.text, asked, (text) => termsOf(text, language)),
    score,
  }))
  return c.json({ hits } satisfies SearchResponse)
}

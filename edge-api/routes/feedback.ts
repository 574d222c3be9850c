import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import { MAX_COMMENT_LENGTH } from '#shared/limits.ts'
import type { FeedbackRequest } from '#shared/wire.ts'
import { problem } from '../errors.ts'
import { hashSecret } from '../flows/answer.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { isCleanText } from '../rules/json-body.ts'

const text = (max: number) => z.string().max(max, `At most ${max} characters.`).refine(isCleanText, 'Not valid text.')

export const feedbackBody = z.object({
  answerId: text(40),
  thread: z.object({ id: text(40), secret: text(100) }),
  rating: z.enum(['up', 'down'], 'up or down.'),
  reasons: z.array(text(100)).max(10, 'At most 10 reasons.').optional(),
  comment: text(MAX_COMMENT_LENGTH).optional(),
}) satisfies z.ZodType<FeedbackRequest, FeedbackRequest>

/** `POST /v1/feedback`: what the visitor thought of an answer of theirs. Rating again replaces the earlier rating. */
export const giveFeedback: Endpoint = async (c) => {
  const body = await readJson(c, feedbackBody)
  if ('refusal' in body) return body.refusal
  const { rating, reasons = [], comment = null } = body.value
  const answerId = parseId('answer', body.value.answerId)
  const threadId = parseId('thread', body.value.thread.id)
  if (answerId === null || threadId === null) return problem(c, 'not_found')
  const threadSecretHash = hashSecret(body.value.thread.secret)
  const isTheirs = await c.get('db').rateAnswer({ answerId, threadId, threadSecretHash, rating, reasons, comment })
  if (!isTheirs) return problem(c, 'not_found')
  return c.body(null, 204)
}

import * as z from 'zod'
import { askBody } from '../routes/answers.ts'
import { feedbackBody } from '../routes/feedback.ts'
import { searchQuery } from '../routes/search.ts'
import { answer, id, type Operations, time } from './operation.ts'

export const thread = answer({
  id: id('thread'),
  secret: z.string().describe('Whoever holds it holds the conversation.'),
})
export const outcome = z.enum(['answered', 'abstained'])
export const citation = answer({
  n: z.int().min(1).describe('The `n` of the `[n]` in the text.'),
  passageId: id('passage'),
  title: z.string(),
  headings: z.array(z.string()).describe('Outermost first, without the title.'),
  url: z.string().describe('The page, with the heading’s anchor.'),
  quote: z.string().describe('Word for word from the source.'),
})
const told = { answerId: id('answer'), outcome, citations: z.array(citation) }
const whole = answer({ ...told, thread, markdown: z.string() })

/** As the widget's configuration is sent: every member that has a default is there. */
export const widget = answer({
  mode: z.enum(['bubble', 'side']).optional(),
  theme: z.enum(['light', 'dark', 'auto']),
  accent: z.string(),
  position: z.enum(['bottom-right', 'bottom-left']),
  greeting: z.string(),
  starters: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  images: z.boolean().optional(),
  handoff: z.string().optional(),
})

export const message = {
  role: z.enum(['visitor', 'assistant']),
  markdown: z.string(),
  at: time,
  outcome: outcome.optional(),
  citations: z.array(citation).optional(),
}

const events = z.union([
  answer({ event: z.literal('answer.started'), data: answer({ answerId: id('answer'), thread }) }),
  answer({ event: z.literal('answer.delta'), data: answer({ markdown: z.string() }) }),
  answer({ event: z.literal('answer.citation'), data: citation }),
  answer({ event: z.literal('answer.done'), data: answer(told) }),
  answer({ event: z.literal('answer.error'), data: answer({ problem: z.looseObject({ code: z.string() }) }) }),
])

export const DATA_PLANE: Operations = {
  'GET /v1/config': {
    tag: 'Pages',
    summary: 'What the widget needs to draw itself',
    about: 'Scope `config`. Costs no database.',
    answers: {
      200: answer({
        project: answer({ name: z.string() }),
        widget,
        capabilities: z.array(z.enum(['answers', 'search', 'feedback', 'threads'])),
      }),
    },
  },
  'POST /v1/answers': {
    tag: 'Pages',
    summary: 'Ask a question',
    about:
      'Scope `answers`. A stream of events, or one JSON object for `Accept: application/json`. The body may be sent as `text/plain`, so that a page needs no preflight. Asking again with the same `requestId` within ten minutes gives the same answer and costs nothing.',
    body: askBody,
    answers: { 200: whole },
    streams: events,
    refusals: ['quota_exceeded', 'not_found', 'conflict', 'body_invalid', 'unavailable'],
  },
  'GET /v1/search': {
    tag: 'Pages',
    summary: 'The passages themselves, best first',
    about: 'Scope `search`.',
    query: searchQuery,
    answers: {
      200: answer({
        hits: z.array(
          answer({
            ...{ passageId: id('passage'), title: z.string(), headings: z.array(z.string()) },
            ...{ url: z.string(), snippet: z.string(), score: z.number() },
          }),
        ),
      }),
    },
    refusals: ['body_invalid', 'unavailable'],
  },
  'POST /v1/feedback': {
    tag: 'Pages',
    summary: 'Rate an answer',
    about: 'Scope `feedback`. A later rating replaces an earlier one.',
    body: feedbackBody,
    answers: { 204: null },
    refusals: ['not_found', 'body_invalid', 'unavailable'],
  },
  'GET /v1/threads/:id': {
    tag: 'Pages',
    summary: 'Read a conversation',
    about:
      'Scope `threads`. The conversation’s secret goes as `Authorization: Bearer …`; beside a secret key, as `Pernoex-Thread-Secret`.',
    answers: {
      200: answer({
        id: id('thread'),
        createdAt: time,
        messages: z.array(answer({ ...message, answerId: id('answer').optional() })),
      }),
    },
    refusals: ['not_found', 'unavailable'],
  },
  'DELETE /v1/threads/:id': {
    tag: 'Pages',
    summary: 'Delete a conversation for good',
    about: 'Scope `threads`, with the conversation’s secret as for reading it.',
    answers: { 204: null },
    refusals: ['not_found', 'unavailable'],
  },
}

const received: Operations[string] = {
  tag: 'Webhooks',
  summary: 'Push content by a signed event',
  about:
    'Signed by the Standard Webhooks scheme: `webhook-id`, `webhook-timestamp` and `webhook-signature` over the body’s bytes, at most five minutes old.',
  body: z.looseObject({ type: z.string() }),
  answers: { 200: answer({}) },
  refusals: [
    ...(['signature_missing', 'signature_malformed', 'signature_wrong', 'timestamp_outside_window'] as const),
    ...(['body_invalid', 'unavailable'] as const),
  ],
}
export const WEBHOOKS: Operations = {
  'POST /webhooks/in/:endpointId': received,
  'POST /webhooks/slack': {
    ...received,
    summary: 'What is asked and done in Slack, signed in its own way',
    about: 'An event as JSON, or a slash command as a form. The answer comes into the thread, not with this response.',
    answers: {
      200: answer({
        challenge: z.string().optional().describe('Of the handshake.'),
        response_type: z.literal('ephemeral').optional(),
        text: z.string().optional().describe('Told to whoever typed the command.'),
      }),
    },
  },
  'POST /webhooks/stripe': { ...received, summary: 'What Stripe tells of subscriptions, signed in its own way' },
  'POST /webhooks/voice/:endpointId': { ...received, summary: 'What a voice platform sends, signed in its own way' },
}

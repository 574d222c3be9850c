import * as z from 'zod'
import { CHANNELS } from '#shared/channel.ts'
import { conversationFilter } from '../routes/project-conversations.ts'
import { documentFilter, manyDocuments, oneDocument, siteBody } from '../routes/project-documents.ts'
import { questionBody } from '../routes/project-playground.ts'
import { endpointBody, secretRotationBody } from '../routes/project-webhooks.ts'
import { SITE_STYLES } from '../rules/passage.ts'
import { citation, message, outcome } from './data-plane.ts'
import { answer, change, id, list, type Operations, page, time, wholeList } from './operation.ts'

const none = { 204: null }
const count = z.int().min(0)

const listedDocument = {
  ...{ id: id('document'), source: z.string(), path: z.string(), title: z.string() },
  ...{ state: z.enum(['ready', 'failed']), reason: z.string().nullable(), passageCount: count, updatedAt: time },
}
const site = answer({ siteUrl: z.string().nullable(), siteStyle: z.enum(SITE_STYLES) })
const KNOWLEDGE: Operations = {
  'GET /api/projects/:project/documents': {
    tag: 'Knowledge',
    summary: 'The documents, the latest processed first',
    query: page.extend(documentFilter.shape),
    answers: { 200: list(answer(listedDocument)) },
    refusals: ['body_invalid'],
  },
  'POST /api/projects/:project/documents': {
    tag: 'Knowledge',
    summary: 'Upload documents; the job makes passages of them',
    about: 'One, or up to 100 as `documents`; each of up to 2 MB, the body of up to 5 MB.',
    body: z.union([oneDocument, manyDocuments]),
    answers: { 202: answer({ jobId: id('job').nullable().describe('Null: nothing has changed.') }) },
    refusals: ['body_invalid', 'body_too_large', 'plan_full'],
  },
  'GET /api/projects/:project/documents/:id': {
    tag: 'Knowledge',
    summary: 'A document with its passages',
    answers: {
      200: answer({
        ...listedDocument,
        passages: z.array(
          answer({ id: id('passage'), headings: z.array(z.string()), url: z.string(), text: z.string() }),
        ),
      }),
    },
    refusals: ['not_found'],
  },
  'DELETE /api/projects/:project/documents/:id': {
    tag: 'Knowledge',
    summary: 'Remove a document; it answers nothing any more',
    answers: none,
    refusals: ['not_found'],
  },
  'GET /api/projects/:project/site': {
    tag: 'Knowledge',
    summary: 'Where uploaded pages are published',
    answers: { 200: site },
  },
  'PUT /api/projects/:project/site': {
    tag: 'Knowledge',
    summary: 'Say where they are published, so that sources lead there',
    about: 'For what is uploaded from now on; a file uploaded again gets its new address.',
    body: siteBody,
    answers: { 200: site },
    refusals: ['body_invalid'],
  },
  'GET /api/projects/:project/jobs/:id': {
    tag: 'Knowledge',
    summary: 'How far a job is',
    answers: {
      200: answer({
        ...{ state: z.enum(['running', 'done']), done: count, total: count, passages: count },
        failed: z.array(answer({ path: z.string(), reason: z.string() })),
      }),
    },
    refusals: ['not_found'],
  },
  'POST /api/projects/:project/playground': {
    tag: 'Knowledge',
    summary: 'The answer that a visitor would get, with what led to it',
    about: 'Costs no quota and is stored nowhere.',
    body: questionBody,
    answers: {
      200: answer({
        ...{ outcome, markdown: z.string(), citations: z.array(citation), confidence: z.number() },
        evidence: z.record(z.string(), z.number()),
        hits: z.array(
          answer({
            ...{ passageId: id('passage'), title: z.string(), headings: z.array(z.string()), url: z.string() },
            ...{ text: z.string(), score: z.number(), matched: z.array(z.string()) },
          }),
        ),
        terms: z.array(answer({ word: z.string(), passages: count, repairedTo: z.string().nullable() })),
      }),
    },
    refusals: ['body_invalid'],
  },
}

const conversation = {
  ...{ id: id('thread'), channel: z.enum(CHANNELS), origin: z.string().nullable(), locale: z.string().nullable() },
  ...{ identified: z.boolean(), createdAt: time },
}
const CONVERSATIONS: Operations = {
  'GET /api/projects/:project/conversations': {
    tag: 'Conversations',
    summary: 'What visitors asked, the latest first',
    query: page.extend(conversationFilter.shape),
    answers: {
      200: list(
        answer({
          ...conversation,
          ...{ question: z.string(), questions: count, abstained: count, up: count, down: count },
        }),
      ),
    },
    refusals: ['body_invalid'],
  },
  'GET /api/projects/:project/conversations/:id': {
    tag: 'Conversations',
    summary: 'A conversation with answers and ratings',
    answers: {
      200: answer({
        ...conversation,
        messages: z.array(
          answer({
            ...message,
            answerId: id('answer'),
            pageUrl: z.string().optional(),
            feedback: answer({
              rating: z.enum(['up', 'down']),
              reasons: z.array(z.string()),
              comment: z.string().nullable(),
            }).optional(),
          }),
        ),
      }),
    },
    refusals: ['not_found'],
  },
  'DELETE /api/projects/:project/conversations/:id': {
    tag: 'Conversations',
    summary: 'Delete a conversation for good',
    answers: none,
    refusals: ['not_found'],
  },
}

const withSecret = { id: z.string(), secret: z.string().describe('Shown this once.'), ...change }
const HOOKS: Operations = {
  'GET /api/projects/:project/webhooks': {
    tag: 'Webhooks',
    summary: 'The addresses that others push to',
    answers: {
      200: wholeList(
        answer({
          ...{ id: z.string(), kind: z.string(), provider: z.string(), label: z.string(), url: z.url() },
          ...{ createdAt: time, previousSecretUntil: time.nullable() },
        }),
      ),
    },
  },
  'POST /api/projects/:project/webhooks': {
    tag: 'Webhooks',
    summary: 'Make an address with a signing secret',
    body: endpointBody,
    answers: { 201: answer({ ...withSecret, url: z.url() }) },
    refusals: ['body_invalid', 'conflict', 'proof_required', 'unavailable'],
  },
  'POST /api/projects/:project/webhooks/:id/rotate': {
    tag: 'Webhooks',
    summary: 'A new signing secret beside the old one',
    body: secretRotationBody,
    answers: { 201: answer(withSecret) },
    refusals: ['body_invalid', 'not_found', 'proof_required', 'unavailable'],
  },
  'DELETE /api/projects/:project/webhooks/:id': {
    tag: 'Webhooks',
    summary: 'Remove an address',
    answers: none,
    refusals: ['not_found', 'proof_required'],
  },
  'GET /api/projects/:project/webhooks/deliveries': {
    tag: 'Webhooks',
    summary: 'What was received and what became of it, the latest first',
    query: page,
    answers: {
      200: list(
        answer({
          ...{ id: id('delivery'), endpoint: z.string(), eventId: z.string(), type: z.string() },
          ...{ state: z.enum(['waiting', 'done', 'ignored', 'dead']), attempts: count, reason: z.string().nullable() },
          ...{ receivedAt: time, updatedAt: time },
        }),
      ),
    },
    refusals: ['body_invalid'],
  },
  'POST /api/projects/:project/webhooks/deliveries/:id/replay': {
    tag: 'Webhooks',
    summary: 'Try one that was given up again',
    answers: { 202: answer({}) },
    refusals: ['conflict', 'proof_required'],
  },
}

/** What a project knows and was asked, and what others push to it. */
export const CONTENT: Operations = { ...KNOWLEDGE, ...CONVERSATIONS, ...HOOKS }

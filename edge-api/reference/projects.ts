import * as z from 'zod'
import { SCOPES } from '#shared/public-key.ts'
import { appearanceBody } from '../routes/project-appearance.ts'
import { conversationFilter } from '../routes/project-conversations.ts'
import { documentFilter, manyDocuments, oneDocument, siteBody } from '../routes/project-documents.ts'
import { identityBody, identityKeyBody } from '../routes/project-identity.ts'
import { keyBody, keyRotationBody } from '../routes/project-keys.ts'
import { limitsBody } from '../routes/project-limits.ts'
import { explainBody, ruleBody } from '../routes/project-origins.ts'
import { questionBody } from '../routes/project-playground.ts'
import { endpointBody, secretRotationBody } from '../routes/project-webhooks.ts'
import { nameBody } from '../routes/projects.ts'
import { SITE_STYLES } from '../rules/passage.ts'
import { citation, message, outcome, widget } from './data-plane.ts'
import { answer, change, id, list, type Operations, page, time, wholeList } from './operation.ts'

const none = { 204: null }
const count = z.int().min(0)

const DOMAINS: Operations = {
  'GET /api/projects/:project/origins': {
    tag: 'Domains',
    summary: 'The allowed domains, in the order in which they were added',
    query: page,
    answers: {
      200: list(answer({ id: id('originRule'), rule: z.string(), expiresAt: time.nullable(), createdAt: time })),
    },
    refusals: ['body_invalid'],
  },
  'POST /api/projects/:project/origins': {
    tag: 'Domains',
    summary: 'Allow a domain; it is admitted within five seconds',
    body: ruleBody,
    answers: { 201: answer({ id: id('originRule'), rule: z.string(), expiresAt: time.nullable(), ...change }) },
    refusals: ['rule_invalid', 'conflict', 'body_invalid'],
  },
  'DELETE /api/projects/:project/origins/:id': {
    tag: 'Domains',
    summary: 'Remove a domain; the very next answer is refused',
    answers: none,
    refusals: ['not_found'],
  },
  'POST /api/projects/:project/origins/explain': {
    tag: 'Domains',
    summary: 'Which rule admits an origin, or which is nearest and why it does not',
    body: explainBody,
    answers: { 200: answer({ allowed: z.boolean(), rule: z.string().nullable(), reason: z.string() }) },
    refusals: ['body_invalid'],
  },
  'GET /api/projects/:project/origins/observed': {
    tag: 'Domains',
    summary: 'Which origins have called, the latest first',
    query: page,
    answers: {
      200: list(
        answer({
          ...{ origin: z.string(), lastSeenAt: time, lastAdmittedAt: time.nullable(), lastRefusedAt: time.nullable() },
          ...{ allowed: z.boolean(), reason: z.string(), keyIds: z.array(id('key')) },
          allowRule: z.string().nullable().describe('What to add to allow exactly this origin.'),
        }),
      ),
    },
    refusals: ['body_invalid', 'unavailable'],
  },
}

const issuedKey = answer({ id: id('key'), key: z.string().describe('Shown this once.'), ...change })
const KEYS: Operations = {
  'GET /api/projects/:project/keys': {
    tag: 'Keys',
    summary: 'The keys, with where each was seen',
    query: page,
    answers: {
      200: list(
        answer({
          ...{ id: id('key'), kind: z.enum(['public', 'secret']), environment: z.enum(['live', 'test']) },
          ...{ label: z.string(), scopes: z.array(z.enum(SCOPES)), createdAt: time, expiresAt: time.nullable() },
          ...{ revokedAt: time.nullable(), replacedBy: id('key').nullable() },
          state: z.enum(['active', 'grace', 'revoked', 'expired']),
          key: z.string().nullable().describe('The whole text of a public key; null for a secret one.'),
          seenFrom: z.array(answer({ origin: z.string().nullable(), lastSeenAt: time, admitted: z.boolean() })),
          lastUsedAt: time.nullable(),
          watchedSince: time.describe('From when on a use would have been seen.'),
        }),
      ),
    },
    refusals: ['body_invalid', 'unavailable'],
  },
  'POST /api/projects/:project/keys': {
    tag: 'Keys',
    summary: 'Make a key',
    body: keyBody,
    answers: { 201: issuedKey },
    refusals: ['body_invalid', 'conflict', 'proof_required'],
  },
  'POST /api/projects/:project/keys/:id/rotate': {
    tag: 'Keys',
    summary: 'A new key beside the old one, which ends after its grace',
    body: keyRotationBody,
    answers: { 201: issuedKey },
    refusals: ['body_invalid', 'conflict', 'not_found', 'proof_required'],
  },
  'DELETE /api/projects/:project/keys/:id': {
    tag: 'Keys',
    summary: 'Revoke a key; the very next answer is refused',
    answers: none,
    refusals: ['not_found', 'proof_required'],
  },
}

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
    refusals: ['body_invalid', 'body_too_large'],
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
  ...{ id: id('thread'), channel: z.string(), origin: z.string().nullable(), locale: z.string().nullable() },
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

const SETTINGS: Operations = {
  'GET /api/projects/:project': {
    tag: 'Project',
    summary: 'A project, and how much it knows',
    answers: {
      200: answer({
        ...{ id: id('project'), name: z.string(), language: z.string(), createdAt: time },
        knowledge: answer({ documents: count, failed: count, passages: count }),
      }),
    },
  },
  'PATCH /api/projects/:project': {
    tag: 'Project',
    summary: 'Rename a project',
    body: nameBody,
    answers: { 200: answer({ name: z.string(), ...change }) },
    refusals: ['body_invalid'],
  },
  'GET /api/projects/:project/widget': {
    tag: 'Project',
    summary: 'How the widget looks and speaks',
    answers: { 200: answer({ widget: widget.partial(), defaults: widget }) },
  },
  'PUT /api/projects/:project/widget': {
    tag: 'Project',
    summary: 'Set how the widget looks; what is left out goes back to the default',
    body: appearanceBody,
    answers: { 200: answer(change) },
    refusals: ['body_invalid'],
  },
  'GET /api/projects/:project/limits': {
    tag: 'Project',
    summary: 'How many answers a day it gives',
    answers: { 200: answer({ answersPerDay: count, defaults: answer({ answersPerDay: count }) }) },
  },
  'PUT /api/projects/:project/limits': {
    tag: 'Project',
    summary: 'Set the quota of a day; null is the default, 0 stops answering',
    body: limitsBody,
    answers: { 200: answer({ answersPerDay: count.nullable(), ...change }) },
    refusals: ['body_invalid'],
  },
  'GET /api/projects/:project/identity': {
    tag: 'Project',
    summary: 'Whether visitors have to say who they are, and whose signature counts',
    answers: {
      200: answer({
        enforced: z.boolean(),
        keys: z.array(
          answer({ id: id('identityKey'), kid: z.string().nullable(), algorithm: z.string(), createdAt: time }),
        ),
      }),
    },
  },
  'PUT /api/projects/:project/identity': {
    tag: 'Project',
    summary: 'Ask every visitor for a signed identity, or nobody',
    body: identityBody,
    answers: { 200: answer({ enforced: z.boolean(), ...change }) },
    refusals: ['body_invalid'],
  },
  'POST /api/projects/:project/identity/keys': {
    tag: 'Project',
    summary: 'Register a key that visitors’ tokens are signed with',
    body: identityKeyBody,
    answers: { 201: answer({ id: id('identityKey'), ...change }) },
    refusals: ['body_invalid', 'conflict', 'proof_required', 'unavailable'],
  },
  'DELETE /api/projects/:project/identity/keys/:id': {
    tag: 'Project',
    summary: 'Remove such a key; what it has signed is refused on the very next answer',
    answers: none,
    refusals: ['not_found', 'proof_required'],
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

export const PROJECTS: Operations = { ...SETTINGS, ...DOMAINS, ...KEYS, ...KNOWLEDGE, ...CONVERSATIONS, ...HOOKS }

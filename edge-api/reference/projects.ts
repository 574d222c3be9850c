import * as z from 'zod'
import { SCOPES } from '#shared/public-key.ts'
import { appearanceBody } from '../routes/project-appearance.ts'
import { identityBody, identityKeyBody } from '../routes/project-identity.ts'
import { keyBody, keyRotationBody } from '../routes/project-keys.ts'
import { limitsBody } from '../routes/project-limits.ts'
import { explainBody, ruleBody } from '../routes/project-origins.ts'
import { nameBody } from '../routes/projects.ts'
import { widget } from './data-plane.ts'
import { answer, change, id, list, type Operations, page, time } from './operation.ts'
import { CONTENT } from './project-content.ts'

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

export const PROJECTS: Operations = { ...SETTINGS, ...DOMAINS, ...KEYS, ...CONTENT }

import * as z from 'zod'
import { ROLES } from '#shared/roles.ts'
import { auditFilter, organizationBody, organizationNameBody } from '../routes/organization.ts'
import { heirBody, invitationBody, invitationTokenBody, memberBody } from '../routes/people.ts'
import { nameBody } from '../routes/projects.ts'
import { answer, id, list, type Operations, page, time, wholeList } from './operation.ts'

const role = z.enum(ROLES)
const none = { 204: null }

const PEOPLE: Operations = {
  'GET /api/members': {
    tag: 'Organization',
    summary: 'Who works in it, and in which projects',
    answers: {
      200: wholeList(
        answer({
          ...{ id: id('user'), email: z.string(), name: z.string(), role, secondFactor: z.boolean() },
          ...{ projectIds: z.array(id('project')), joinedAt: time },
        }),
      ),
    },
  },
  'PATCH /api/members/:id': {
    tag: 'Organization',
    summary: 'Give a member another role or other projects; another role ends their sessions',
    body: memberBody,
    answers: none,
    refusals: ['body_invalid', 'conflict', 'proof_required'],
  },
  'DELETE /api/members/:id': {
    tag: 'Organization',
    summary: 'Take a member out; their sessions end with it',
    answers: none,
    refusals: ['conflict', 'proof_required'],
  },
  'POST /api/organization/owner': {
    tag: 'Organization',
    summary: 'Hand the organization over to another member',
    body: heirBody,
    answers: none,
    refusals: ['body_invalid', 'proof_required'],
  },
  'GET /api/invitations': {
    tag: 'Organization',
    summary: 'The invitations that wait, the oldest first',
    answers: {
      200: wholeList(
        answer({
          ...{ id: id('invitation'), email: z.string(), role, projectIds: z.array(id('project')) },
          ...{ invitedBy: z.string().nullable(), createdAt: time, expiresAt: time },
        }),
      ),
    },
  },
  'POST /api/invitations': {
    tag: 'Organization',
    summary: 'Invite somebody by mail',
    about:
      'The link is for that address only, works once, and ends after 72 hours unless `expiresInHours` says otherwise.',
    body: invitationBody,
    answers: { 201: answer({ id: id('invitation'), expiresAt: time }) },
    refusals: ['body_invalid', 'conflict', 'plan_full', 'proof_required'],
  },
  'DELETE /api/invitations/:id': {
    tag: 'Organization',
    summary: 'Take an invitation back; its link is dead at once',
    answers: none,
    refusals: ['proof_required'],
  },
  'POST /api/invitations/preview': {
    tag: 'Signing in',
    summary: 'What the link of an invitation is for',
    body: invitationTokenBody,
    answers: {
      200: answer({
        organization: answer({ id: id('organization'), name: z.string() }),
        ...{ email: z.string(), role, invitedBy: z.string().nullable(), expiresAt: time },
      }),
    },
    refusals: ['body_invalid'],
  },
  'POST /api/invitations/accept': {
    tag: 'Own account',
    summary: 'Accept an invitation; the session goes on in that organization',
    body: invitationTokenBody,
    answers: none,
    refusals: ['body_invalid', 'role_insufficient', 'conflict', 'not_found'],
  },
  'GET /api/organizations': {
    tag: 'Own account',
    summary: 'The organizations that this person belongs to',
    answers: {
      200: wholeList(answer({ id: id('organization'), name: z.string(), role, current: z.boolean() })),
    },
  },
  'PUT /api/session/organization': {
    tag: 'Own account',
    summary: 'Go on in another organization',
    body: organizationBody,
    answers: none,
    refusals: ['body_invalid', 'not_found'],
  },
  'PATCH /api/organization': {
    tag: 'Organization',
    summary: 'Rename the organization',
    body: organizationNameBody,
    answers: none,
    refusals: ['body_invalid'],
  },
}

export const ORGANIZATION: Operations = {
  ...PEOPLE,
  'GET /api/audit': {
    tag: 'Organization',
    summary: 'Who did what, the latest first',
    query: page.extend(auditFilter.shape),
    answers: {
      200: list(
        answer({
          ...{ id: id('auditEntry'), at: time, action: z.string(), target: z.string().nullable(), network: z.string() },
          actor: answer({ id: id('user').nullable(), email: z.string() }),
          details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
        }),
      ),
    },
    refusals: ['body_invalid'],
  },
  'GET /api/projects': {
    tag: 'Organization',
    summary: 'Its projects; of a member, those they are assigned to',
    query: page,
    answers: { 200: list(answer({ id: id('project'), name: z.string(), language: z.string(), createdAt: time })) },
    refusals: ['body_invalid'],
  },
  'POST /api/projects': {
    tag: 'Organization',
    summary: 'Make a project; until a domain is allowed it answers nobody',
    body: nameBody,
    answers: { 201: answer({ id: id('project') }) },
    refusals: ['body_invalid', 'plan_full'],
  },
}

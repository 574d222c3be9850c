import type { Context } from 'hono'
import * as z from 'zod'
import { parseId } from '#shared/ids.ts'
import { ROLES } from '#shared/roles.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { acceptInvitation, changeMember, handOver, invite } from '../flows/people.ts'
import { hashToken } from '../flows/sign-in.ts'
import { refuseField, refuseLink, tooManyAttempts } from '../guard/account-answer.ts'
import { askingOf, keepSession } from '../guard/browser.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { isEmail, normaliseEmail } from '../rules/person.ts'

const email = z.string().transform(normaliseEmail).refine(isEmail, 'Not an e-mail address.')
const role = z.enum(ROLES, `One of ${ROLES.join(', ')}.`)
const projectIds = z
  .array(
    z.string().transform((text, context) => {
      const id = parseId('project', text)
      if (id === null) context.addIssue({ code: 'custom', message: 'Not the id of a project.' })
      return id ?? z.NEVER
    }),
  )
  .max(1000, 'At most 1000 projects.')
export const invitationBody = z.object({
  email,
  role,
  projectIds: projectIds.default([]),
  expiresInHours: z
    .int('A whole number of hours.')
    .min(1, 'At least 1 hour.')
    .max(720, 'At most 720 hours.')
    .optional(),
})
export const invitationTokenBody = z.object({
  token: z.string().regex(/^[\w-]{43}$/, 'Open the whole link of the mail.'),
})
export const memberBody = z
  .object({ role: role.optional(), projectIds: projectIds.optional() })
  .refine((body) => body.role !== undefined || body.projectIds !== undefined, 'Say a role, or projects.')
export const heirBody = z.object({ memberId: z.string() })

const PROJECT_SENTENCE = 'One of these is not a project of the organization.'

/** `POST /api/invitations`: a link by mail, for that address only, once, for 72 hours unless said otherwise. */
export function postInvitation(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, invitationBody)
    if ('refusal' in body) return body.refusal
    const verdict = await invite(ports, c.get('actor'), c.get('session').organization.name, body.value)
    if ('retryAfterSeconds' in verdict) return tooManyAttempts(c, verdict.retryAfterSeconds)
    if (!verdict.ok)
      return verdict.reason === 'already_member'
        ? problem(c, 'conflict', { reason: verdict.reason })
        : refuseField(c, 'projectIds', verdict.reason, PROJECT_SENTENCE)
    const { id, expiresAt, after } = verdict.value
    c.executionCtx.waitUntil(after)
    return c.json({ id, expiresAt }, 201)
  }
}

/** `GET /api/invitations`: those that wait, the oldest first. */
export function getInvitations({ accounts }: AppPorts): Endpoint {
  return async (c) => c.json({ items: await accounts.db.listInvitations(c.get('actor')), nextCursor: null })
}

/** `DELETE /api/invitations/{id}`: its link is dead at once. */
export function deleteInvitation({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const id = parseId('invitation', c.req.param('id') ?? '')
    if (id === null || !(await accounts.db.revokeInvitation(c.get('actor'), id))) return problem(c, 'not_found')
    return c.body(null, 204)
  }
}

/** `POST /api/invitations/preview {token}`: what the link is for, to whoever holds it. Changes nothing. */
export function previewInvitation({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, invitationTokenBody)
    if ('refusal' in body) return body.refusal
    const invitation = await accounts.db.readInvitation(hashToken(body.value.token))
    return invitation === null ? refuseLink(c) : c.json(invitation)
  }
}

/** `POST /api/invitations/accept {token}`: by the person of that address; the session goes on in the organization. */
export function postAcceptance(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, invitationTokenBody)
    if ('refusal' in body) return body.refusal
    const verdict = await acceptInvitation(ports, askingOf(c), body.value.token)
    if (!verdict.ok) return verdict.reason === 'link_invalid' ? refuseLink(c) : problem(c, verdict.reason)
    keepSession(c, verdict.value)
    return c.body(null, 204)
  }
}

/** `GET /api/members`: who works in the organization, and in which of its projects. */
export function listMembers({ accounts }: AppPorts): Endpoint {
  return async (c) => c.json({ items: await accounts.db.listMembers(c.get('actor')), nextCursor: null })
}

/** `PATCH /api/members/{id} {role?, projectIds?}`: another role ends their sessions. */
export function patchMember(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, memberBody)
    if ('refusal' in body) return body.refusal
    const userId = parseId('user', c.req.param('id') ?? '')
    if (userId === null) return problem(c, 'not_found')
    const { role: next = null, projectIds: projects = null } = body.value
    const verdict = await changeMember(ports, askingOf(c), { userId, role: next, projectIds: projects })
    if (!verdict.ok) return refusePerson(c, verdict.reason)
    if (verdict.value.opened !== null) keepSession(c, verdict.value.opened)
    return c.body(null, 204)
  }
}

/** `DELETE /api/members/{id}`: their sessions in the organization end with it. */
export function deleteMember({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const userId = parseId('user', c.req.param('id') ?? '')
    const outcome = userId === null ? 'unknown' : await accounts.db.removeMember(c.get('actor'), userId)
    return outcome === 'removed' ? c.body(null, 204) : refusePerson(c, outcome)
  }
}

/** `POST /api/organization/owner {memberId}`: they become an owner, and whoever asked an admin. */
export function postOwner(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, heirBody)
    if ('refusal' in body) return body.refusal
    const to = parseId('user', body.value.memberId)
    const verdict = to === null ? null : await handOver(ports, askingOf(c), to)
    if (!verdict?.ok) return refuseField(c, 'memberId', 'unknown', 'Nobody else of the organization has that id.')
    keepSession(c, verdict.value.opened)
    return c.body(null, 204)
  }
}

function refusePerson(c: Context<Guarded>, reason: 'unknown' | 'project_unknown' | 'last_owner'): Response {
  if (reason === 'unknown') return problem(c, 'not_found')
  if (reason === 'last_owner') return problem(c, 'conflict', { reason })
  return refuseField(c, 'projectIds', reason, PROJECT_SENTENCE)
}

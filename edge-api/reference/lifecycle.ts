import * as z from 'zod'
import { confirmBody } from '../routes/lifecycle.ts'
import type { Operations } from './operation.ts'

const none = { 204: null }
/** A file to keep, whose members may grow. */
const file = (about: string) => ({ 200: z.looseObject({}).describe(about) })

/** Taking things away as files, and giving them up. */
export const LIFECYCLE: Operations = {
  'DELETE /api/sessions': {
    tag: 'Own account',
    summary: 'Sign out everywhere, here too',
    answers: none,
  },
  'GET /api/account/export': {
    tag: 'Own account',
    summary: 'What is kept about this person, as a file',
    answers: file('The account, with its organizations, sessions and ways in.'),
    refusals: ['proof_required'],
  },
  'DELETE /api/account': {
    tag: 'Own account',
    summary: 'End the account, with the organizations in which nobody else works',
    about: '`confirm` is its e-mail address. An organization that others work in keeps an owner first.',
    body: confirmBody,
    answers: none,
    refusals: ['body_invalid', 'conflict', 'proof_required'],
  },
  'GET /api/export': {
    tag: 'Organization',
    summary: 'The organization, its people and every project of it, as a file',
    answers: file('Members, invitations, and each project as its own export has it.'),
    refusals: ['proof_required'],
  },
  'DELETE /api/organization': {
    tag: 'Organization',
    summary: 'End the organization with its projects, for everybody in it',
    about: '`confirm` is its name.',
    body: confirmBody,
    answers: none,
    refusals: ['body_invalid', 'proof_required'],
  },
  'GET /api/projects/:project/export': {
    tag: 'Project',
    summary: 'Settings, documents and conversations, as a file',
    answers: file('No secret is in it: keys are told by label and scopes.'),
  },
  'DELETE /api/projects/:project': {
    tag: 'Project',
    summary: 'End a project; the very next answer is refused',
    about: '`confirm` is its name.',
    body: confirmBody,
    answers: none,
    refusals: ['body_invalid', 'proof_required'],
  },
}

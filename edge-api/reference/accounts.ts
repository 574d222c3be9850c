import * as z from 'zod'
import { ROLES } from '#shared/roles.ts'
import { codeBody, shownBody } from '../routes/second-factor.ts'
import { changeBody, emailBody, proofBody, resetBody, signInBody, signUpBody, tokenBody } from '../routes/sign-in.ts'
import { PROVIDERS } from '../rules/social.ts'
import { answer, id, type Operations, time, wholeList } from './operation.ts'

const role = z.enum(ROLES)
const nothing = answer({})
const backupCodes = answer({ backupCodes: z.array(z.string()).describe('Each works once; shown this once.') })

const ACCOUNT: Operations = {
  'GET /api/session': {
    tag: 'Signing in',
    summary: 'Who this browser is, and the token that every change must carry',
    answers: {
      200: answer({
        csrfToken: z.string(),
        user: answer({ id: id('user'), email: z.string(), name: z.string(), secondFactor: z.boolean() }).nullable(),
        organization: answer({ id: id('organization'), name: z.string() }).nullable(),
        role: role.nullable(),
        pending: z.boolean().describe('The password was right, and the second factor is still to be shown.'),
        edge: z.url().describe('Where widgets load from.'),
      }),
    },
  },
  'POST /api/sign-up': {
    tag: 'Signing in',
    summary: 'Make an account',
    about: 'The answer is the same when the address has an account: its owner is told by mail.',
    body: signUpBody,
    answers: { 202: nothing },
    refusals: ['body_invalid', 'unavailable'],
  },
  'POST /api/verification': {
    tag: 'Signing in',
    summary: 'Send the mail that confirms the address once more',
    body: emailBody,
    answers: { 202: nothing },
    refusals: ['body_invalid'],
  },
  'POST /api/verification/confirm': {
    tag: 'Signing in',
    summary: 'Confirm the address by the link of that mail',
    body: tokenBody,
    answers: { 204: null },
    refusals: ['body_invalid'],
  },
  'POST /api/sign-in': {
    tag: 'Signing in',
    summary: 'Open a session',
    body: signInBody,
    answers: { 200: answer({ secondFactor: z.boolean().describe('Whether it is to be shown next.') }) },
    refusals: ['body_invalid', 'credentials_wrong', 'email_unverified', 'rate_limited', 'unavailable'],
  },
  'POST /api/sign-in/second-factor': {
    tag: 'Signing in',
    summary: 'Show the second factor',
    body: shownBody,
    answers: { 204: null },
    refusals: ['body_invalid', 'code_wrong', 'rate_limited'],
  },
  'POST /api/password/reset': {
    tag: 'Signing in',
    summary: 'Send a link that sets a new password',
    body: emailBody,
    answers: { 202: nothing },
    refusals: ['body_invalid'],
  },
  'POST /api/password/reset/confirm': {
    tag: 'Signing in',
    summary: 'Set the password by that link; ends every session',
    body: resetBody,
    answers: { 204: null },
    refusals: ['body_invalid', 'unavailable'],
  },
  'POST /api/sign-out': { tag: 'Signing in', summary: 'End this session on the server', answers: { 204: null } },
}

const SECURITY: Operations = {
  'PUT /api/password': {
    tag: 'Own account',
    summary: 'Set a new password; ends every other session',
    body: changeBody,
    answers: { 204: null },
    refusals: ['body_invalid', 'credentials_wrong', 'rate_limited', 'unavailable'],
  },
  'POST /api/proof': {
    tag: 'Own account',
    summary: 'Show password or code once more, for ten minutes in which what is dangerous may be done',
    body: proofBody,
    answers: { 204: null },
    refusals: ['body_invalid', 'credentials_wrong', 'code_wrong', 'rate_limited', 'unavailable'],
  },
  'GET /api/second-factor': {
    tag: 'Own account',
    summary: 'Whether a second factor is on',
    answers: { 200: answer({ enabled: z.boolean(), backupCodesLeft: z.int() }) },
  },
  'POST /api/second-factor': {
    tag: 'Own account',
    summary: 'A secret to be scanned; it counts once a code of it was shown',
    answers: { 200: answer({ uri: z.string(), secret: z.string() }) },
    refusals: ['conflict', 'proof_required'],
  },
  'POST /api/second-factor/confirm': {
    tag: 'Own account',
    summary: 'Switch the second factor on',
    body: codeBody,
    answers: { 200: backupCodes },
    refusals: ['body_invalid', 'code_wrong', 'conflict', 'rate_limited'],
  },
  'DELETE /api/second-factor': {
    tag: 'Own account',
    summary: 'Switch the second factor off',
    answers: { 204: null },
    refusals: ['not_found', 'proof_required'],
  },
  'POST /api/second-factor/backup-codes': {
    tag: 'Own account',
    summary: 'Ten new backup codes in place of those before',
    answers: { 200: backupCodes },
    refusals: ['not_found', 'proof_required'],
  },
  'GET /api/sessions': {
    tag: 'Own account',
    summary: 'Where this person is signed in',
    answers: {
      200: wholeList(
        answer({
          ...{ id: id('session'), createdAt: time, lastSeenAt: time },
          ...{ userAgent: z.string(), network: z.string(), current: z.boolean() },
        }),
      ),
    },
  },
  'DELETE /api/sessions/:id': {
    tag: 'Own account',
    summary: 'End one of these sessions',
    answers: { 204: null },
    refusals: ['not_found'],
  },
}

const provider = z.enum(PROVIDERS)
const journey = answer({ url: z.url().describe('Where the browser goes.') })
const returned = '303 to a page of the dashboard, which says in words what went wrong, if anything did.'
const SOCIAL: Operations = {
  'GET /api/sign-in': {
    tag: 'Signing in',
    summary: 'The ways in besides a password',
    answers: { 200: answer({ providers: z.array(provider) }) },
  },
  'POST /api/sign-in/:provider': {
    tag: 'Signing in',
    summary: 'Begin to sign in, or up, with an account elsewhere',
    answers: { 200: journey },
    refusals: ['not_found', 'unavailable'],
  },
  'GET /api/sign-in/google/callback': {
    tag: 'Signing in',
    summary: 'Where the browser comes back to from Google',
    about: returned,
    answers: { 303: null },
  },
  'POST /api/sign-in/apple/callback': {
    tag: 'Signing in',
    summary: 'Where the browser comes back to from Apple, by a form of another site',
    about: `${returned} The one call without a token of ours: its state is bound to a cookie of that very attempt.`,
    answers: { 303: null },
  },
  'GET /api/identities': {
    tag: 'Own account',
    summary: 'The accounts elsewhere that lead in, and whether a password does',
    answers: {
      200: answer({
        items: z.array(answer({ provider, linkedAt: time })),
        nextCursor: z.null(),
        password: z.boolean(),
      }),
    },
  },
  'POST /api/identities/:provider': {
    tag: 'Own account',
    summary: 'Begin to link an account elsewhere',
    answers: { 200: journey },
    refusals: ['not_found', 'proof_required', 'unavailable'],
  },
  'DELETE /api/identities/:provider': {
    tag: 'Own account',
    summary: 'Unlink an account elsewhere, unless it is the last way in',
    answers: { 204: null },
    refusals: ['not_found', 'conflict', 'proof_required'],
  },
}

export const ACCOUNTS: Operations = { ...ACCOUNT, ...SOCIAL, ...SECURITY }

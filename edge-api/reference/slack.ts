import * as z from 'zod'
import { answer, type Operations, time, wholeList } from './operation.ts'

const workspace = answer({
  ...{ teamId: z.string().describe('Slack’s own id.'), name: z.string(), scopes: z.array(z.string()) },
  connectedAt: time,
})

/** Slack workspaces that a project answers in. */
export const SLACK: Operations = {
  'GET /api/projects/:project/slack': {
    tag: 'Slack',
    summary: 'The workspaces that the project answers in',
    answers: {
      200: wholeList(workspace).extend({ configured: z.boolean().describe('Whether one can be connected here.') }),
    },
  },
  'POST /api/projects/:project/slack': {
    tag: 'Slack',
    summary: 'The address of Slack’s page where the app is added to a workspace',
    about: 'It leads back within ten minutes, in the session that asked. `conflict` where Slack is not configured.',
    answers: { 200: answer({ url: z.url() }) },
    refusals: ['conflict', 'proof_required'],
  },
  'GET /api/slack/callback': {
    tag: 'Slack',
    summary: 'Where the browser comes back to from Slack',
    about:
      'Leads to the project’s page, which says what has become of it. Its state is bound to the session that asked.',
    answers: { 303: null },
  },
  'DELETE /api/projects/:project/slack/:team': {
    tag: 'Slack',
    summary: 'Disconnect a workspace; its token is deleted at once',
    answers: { 200: answer({ revoked: z.boolean().describe('Whether Slack has taken the token back as well.') }) },
    refusals: ['not_found', 'proof_required'],
  },
}

import type { AnswerOf } from './calls.ts'

export type AuditEntry = AnswerOf<'GET /api/audit'>['items'][number]

/** Each thing that is written down, in words. */
export const ACTS: Record<string, string> = {
  'account.created': 'signed up',
  'backup_codes.replaced': 'made new backup codes',
  'billing.checkout': 'went to pay for a plan',
  'billing.portal': 'opened invoices and payment',
  'conversation.deleted': 'deleted a conversation',
  'document.removed': 'removed a document',
  'document.uploaded': 'added a document',
  'identity.changed': 'changed who visitors have to be',
  'identity.linked': 'linked an account to sign in with',
  'identity.unlinked': 'unlinked an account to sign in with',
  'identity_key.added': 'added an identity key',
  'identity_key.removed': 'removed an identity key',
  'invitation.accepted': 'accepted an invitation',
  'invitation.revoked': 'revoked an invitation',
  'invitation.sent': 'invited somebody',
  'key.created': 'made a key',
  'key.revoked': 'revoked a key',
  'key.rotated': 'rotated a key',
  'limits.changed': 'changed the limits',
  'member.changed': 'changed a role',
  'member.removed': 'removed somebody',
  'organization.entered': 'entered the organization',
  'organization.founded': 'founded the organization',
  'organization.handed_over': 'handed the organization over',
  'organization.renamed': 'renamed the organization',
  'origin.added': 'allowed a domain',
  'origin.removed': 'removed a domain',
  'password.changed': 'changed their password',
  'plan.changed': 'changed the plan',
  'project.created': 'made a project',
  'project.deleted': 'deleted a project',
  'project.renamed': 'renamed a project',
  'proof.given': 'proved again who they are',
  'slack.connected': 'connected a Slack workspace',
  'slack.disconnected': 'disconnected a Slack workspace',
  'second_factor.disabled': 'switched the second factor off',
  'second_factor.enabled': 'switched the second factor on',
  'session.ended': 'ended a session',
  'session.renewed': 'went on in a new session',
  'sessions.ended': 'ended all sessions',
  'sign_in.begun': 'gave the password',
  'sign_in.done': 'signed in',
  'site.changed': 'changed where documents are published',
  'webhook.created': 'made a webhook address',
  'webhook.removed': 'removed a webhook address',
  'webhook.replayed': 'replayed a delivery',
  'webhook.rotated': 'rotated a webhook secret',
  'widget.changed': 'changed the look of the widget',
}

/** What was done, in words; an act that is newer than this page by its name. */
export function actInWords(action: string): string {
  return ACTS[action] ?? action.replaceAll(/[._]/g, ' ')
}

/** What it was done to, as far as the entry tells. */
export function objectOf({ details, target }: Pick<AuditEntry, 'details' | 'target'>): string {
  for (const name of ['rule', 'label', 'name', 'path', 'email', 'plan']) {
    const value = details[name]
    if (typeof value === 'string') return value
  }
  // Of a session or a person the number tells nobody anything; who it was stands beside it.
  return target === null || /^(ses|usr)_/.test(target) ? '' : target
}

import type { AnswerOf } from './calls.ts'

export type AuditEntry = AnswerOf<'GET /api/audit'>['items'][number]

const ACTS: Record<string, string> = {
  'account.created': 'signed up',
  'billing.checkout': 'went to pay for a plan',
  'billing.portal': 'opened invoices and payment',
  'document.uploaded': 'added a document',
  'key.created': 'made a key',
  'key.revoked': 'revoked a key',
  'key.rotated': 'rotated a key',
  'origin.added': 'allowed a domain',
  'origin.removed': 'removed a domain',
  'password.changed': 'changed their password',
  'plan.changed': 'changed the plan',
  'project.created': 'made a project',
  'project.renamed': 'renamed a project',
  'project.deleted': 'deleted a project',
  'backup_codes.replaced': 'made new backup codes',
  'proof.given': 'proved again who they are',
  'second_factor.disabled': 'switched the second factor off',
  'second_factor.enabled': 'switched the second factor on',
  'session.ended': 'ended a session',
  'sign_in.begun': 'gave the password',
  'sign_in.done': 'signed in',
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

/** Whether an entry holds all the words, wherever: in what was done, to what, by whom, from where. */
export function entryMatches(entry: AuditEntry, typed: string): boolean {
  const details = Object.values(entry.details).join(' ')
  const text = [actInWords(entry.action), entry.action, objectOf(entry), details, entry.actor.email, entry.network]
  const all = text.join(' ').toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

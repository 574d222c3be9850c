import type { PolicySource } from '#edge/rules/policy.ts'
import { type KeyId, newId, type ProjectId } from '#shared/ids.ts'

export const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)
export const PROJECT: ProjectId = newId('project', random)
export const KEY: KeyId = newId('key', random)

/** A project with one live key and one rule, changed as the test needs it. */
export function policySource(change: Partial<PolicySource> = {}): PolicySource {
  return {
    projectId: PROJECT,
    epoch: 1,
    project: { name: 'Example', language: 'en' },
    widget: {},
    rules: [{ rule: 'docs.example.com' }],
    keys: [
      {
        keyId: KEY,
        kind: 'public',
        environment: 'live',
        identity: 'abcdefghijklmn',
        scopes: ['config', 'answers'],
        expiresAtMs: null,
        revokedAtMs: null,
      },
    ],
    limits: {},
    ...change,
  }
}

import { fromBase64Url } from './bytes.ts'
import { allow, deny, type Verdict } from './verdict.ts'

/** Secrets of 32 bytes by their one-letter names, in the order they were made: new things are made with the last. */
export type NamedSecrets = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

/**
 * Reads `{"a":"<base64url of 32 bytes>",…}`; the reason of a refusal is a sentence for whoever configures the Worker, and
 * never shows a value.
 */
export function parseNamedSecrets(json: string): Verdict<NamedSecrets, string> {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    return deny('is not JSON')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return deny('is not a JSON object')
  const secrets = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const [name, value] of Object.entries(parsed)) {
    // Letters only: JSON objects move names that look like numbers to the front.
    if (!/^[A-Za-z]$/.test(name)) return deny('has a name that is not one letter')
    const bytes = typeof value === 'string' ? fromBase64Url(value) : null
    if (bytes?.length !== 32) return deny(`has no 32 bytes in base64url under "${name}"`)
    secrets.set(name, bytes)
  }
  return secrets.size > 0 ? allow(secrets) : deny('holds no secret')
}

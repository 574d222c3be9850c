import { equalInConstantTime, fromHex, toBase64Url, toHex, utf8 } from '#shared/bytes.ts'
import { hmacSha256 } from '#shared/digest.ts'
import type { Random } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'

/**
 * A token for `X-CSRF-Token`, worth something only together with the cookie whose value is `boundTo` (of a session, or before
 * sign-in of a pre-session): `<hex of HMAC-SHA-256>.<random>`, the signed double submit of OWASP's CSRF cheat sheet.
 */
export function issueCsrfToken(key: Uint8Array, boundTo: string, random: Random): string {
  const bytes = new Uint8Array(16)
  random(bytes)
  const salt = toBase64Url(bytes)
  return `${toHex(tag(key, boundTo, salt))}.${salt}`
}

/** Whether the token was issued for this very session. */
export function csrfTokenHolds(key: Uint8Array, boundTo: string, token: string | null): boolean {
  const parts = /^([0-9a-f]{64})\.([A-Za-z0-9_-]{22})$/.exec(token ?? '')
  const given = fromHex(parts?.[1] ?? '')
  if (parts === null || given === null || boundTo === '') return false
  return equalInConstantTime(given, tag(key, boundTo, parts[2] ?? ''))
}

/** Lengths stand before the parts, so that no other pair of them gives the same message. */
function tag(key: Uint8Array, boundTo: string, salt: string): Uint8Array {
  return hmacSha256(key, utf8(`csrf!${boundTo.length}!${boundTo}!${salt.length}!${salt}`))
}

/** What a request says about where it comes from; null for a header that is absent. */
export interface RequestSource {
  method: string
  secFetchSite: string | null
  origin: string | null
  contentType: string | null
  hasBody: boolean
}

export type SourceReason =
  | 'sent_from_elsewhere'
  | 'origin_of_elsewhere'
  | 'source_unknown'
  | 'body_type_missing'
  | 'body_not_json'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method)
}

/**
 * Whether a request that may change something comes from the dashboard's own pages. `appOrigin` as browsers write it. A page
 * elsewhere can send forms, text and bodies without a type, and a sibling host counts as elsewhere. Safe methods pass: they
 * change nothing.
 */
export function judgeSource(source: RequestSource, appOrigin: string): Verdict<null, SourceReason> {
  const { method, secFetchSite, origin, contentType, hasBody } = source
  if (isSafeMethod(method)) return allow(null)
  if (secFetchSite !== null && secFetchSite !== 'same-origin') return deny('sent_from_elsewhere')
  // Both headers must agree: with one of them right, the other has no reason to be wrong.
  if (origin !== null && origin !== appOrigin) return deny('origin_of_elsewhere')
  if (secFetchSite === null && origin === null) return deny('source_unknown')
  if (contentType === null) return hasBody ? deny('body_type_missing') : allow(null)
  return isJson(contentType) ? allow(null) : deny('body_not_json')
}

function isJson(contentType: string): boolean {
  return /^application\/json[\t ]*(;[\t ]*charset=(utf-8|"utf-8")[\t ]*)?$/i.test(contentType)
}

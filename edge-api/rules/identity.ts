import { fromBase64Url } from '#shared/bytes.ts'
import type { IdentityKeyId, ProjectId } from '#shared/ids.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { isCleanText } from './json-body.ts'

/**
 * A key with which the customer's server signs visitor tokens. Its algorithm is the key's own property, never the token's:
 * that is what keeps a public key from being taken for a shared secret.
 */
export type IdentityKey = {
  id: IdentityKeyId
  /** The `kid` of tokens signed with it; null for the one key whose tokens carry none. */
  kid: string | null
} & (
  | { algorithm: 'EdDSA' | 'ES256' | 'RS256' /** SubjectPublicKeyInfo as PEM. */; publicKey: string }
  | { algorithm: 'HS256' /** Envelope of shared/seal.ts, base64url. */; sealedSecret: string }
)

export const IDENTITY_ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'HS256'] as const satisfies IdentityKey['algorithm'][]

export interface IdentityPolicy {
  /** A question without a valid token is refused. */
  enforced: boolean
  keys: readonly IdentityKey[]
}

/** Why a token is refused, in the order in which it is looked at. */
export type IdentityReason =
  | 'token_missing'
  | 'token_too_long'
  | 'token_malformed'
  | 'member_repeated'
  | 'type_wrong'
  | 'critical_unknown'
  | 'key_in_token'
  | 'key_unknown'
  | 'algorithm_wrong'
  | 'signature_wrong'
  | 'subject_missing'
  | 'audience_wrong'
  | 'expiry_missing'
  | 'expired'
  | 'expiry_too_far'
  | 'issued_in_future'
  | 'not_yet_valid'

export const MAX_TOKEN_LENGTH = 4096
export const MAX_LIFETIME_SECONDS = 24 * 60 * 60
/** How far the customer's clock may be from ours. */
export const CLOCK_SKEW_SECONDS = 60
export const MAX_SUBJECT_LENGTH = 200

/** Header parameters (RFC 7515 section 4.1) by which a token would bring its own key. */
const KEY_CARRIERS = ['jwk', 'jku', 'x5c', 'x5u']

/** Which registered key must have signed the token. Nothing in the token is believed yet, and nothing in it is fetched. */
export function chooseKey(token: string, keys: readonly IdentityKey[]): Verdict<IdentityKey, IdentityReason> {
  if (token.length > MAX_TOKEN_LENGTH) return deny('token_too_long')
  const parts = token.split('.')
  const [protectedHeader = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 || ![payload, signature].every(isBase64Url)) return deny('token_malformed')
  const read = readObject(fromBase64Url(protectedHeader))
  if (!read.ok) return read
  const header = read.value
  if (header.typ !== undefined && !/^JWT$/i.test(String(header.typ))) return deny('type_wrong')
  // We understand no extension, so whatever must be understood is too much.
  if ('crit' in header) return deny('critical_unknown')
  if (KEY_CARRIERS.some((name) => name in header)) return deny('key_in_token')
  const key = keys.find(({ kid }) => kid === (header.kid ?? null))
  if (key === undefined) return deny('key_unknown')
  return header.alg === key.algorithm ? allow(key) : deny('algorithm_wrong')
}

/** The visitor whom the signed claims name. To be asked only once the signature over `payload` has held. */
export function readClaims(
  payload: Uint8Array,
  { projectId, nowMs }: { projectId: ProjectId; nowMs: number },
): Verdict<string, IdentityReason> {
  const read = readObject(payload)
  if (!read.ok) return read
  const { sub, aud, ...times } = read.value
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT_LENGTH || !isCleanText(sub))
    return deny('subject_missing')
  // A token for several audiences could be presented here by any of the others.
  const audience = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud
  if (audience !== projectId) return deny('audience_wrong')
  const reason = judgeTimes(times, nowMs / 1000)
  return reason === null ? allow(sub) : deny(reason)
}

/** RFC 7519 section 4.1: seconds since the epoch. */
function judgeTimes({ exp, iat, nbf }: Record<string, unknown>, now: number): IdentityReason | null {
  if (!isTime(exp)) return 'expiry_missing'
  if (exp + CLOCK_SKEW_SECONDS <= now) return 'expired'
  if (iat !== undefined && (!isTime(iat) || iat > now + CLOCK_SKEW_SECONDS)) return 'issued_in_future'
  if (nbf !== undefined && (!isTime(nbf) || nbf > now + CLOCK_SKEW_SECONDS)) return 'not_yet_valid'
  if (exp > now + CLOCK_SKEW_SECONDS + MAX_LIFETIME_SECONDS) return 'expiry_too_far'
  return iat !== undefined && exp > iat + MAX_LIFETIME_SECONDS ? 'expiry_too_far' : null
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isBase64Url(text: string): boolean {
  return text !== '' && fromBase64Url(text) !== null
}

function readObject(bytes: Uint8Array | null): Verdict<Record<string, unknown>, 'token_malformed' | 'member_repeated'> {
  if (bytes === null) return deny('token_malformed')
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return deny('token_malformed')
    return repeatsMember(text) ? deny('member_repeated') : allow(value as Record<string, unknown>)
  } catch {
    return deny('token_malformed')
  }
}

/**
 * Has the object, which is known to be JSON, two members of one name? Parsers disagree on which of them counts, so a token that
 * means one thing to its signer could mean another here.
 */
function repeatsMember(json: string): boolean {
  const names = new Set<string>()
  let depth = 0
  for (const [mark, name] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (mark === '{' || mark === '[') depth += 1
    else if (mark === '}' || mark === ']') depth -= 1
    else if (name !== undefined && depth === 1) {
      const plain = JSON.parse(name) as string
      if (names.has(plain)) return true
      names.add(plain)
    }
  }
  return false
}

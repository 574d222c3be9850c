import { equalInConstantTime, fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from '#shared/bytes.ts'
import { hmacSha256 } from '#shared/digest.ts'
import type { OrganizationId, Random, UserId } from '#shared/ids.ts'

export const PROVIDERS = ['google', 'apple'] as const
export type Provider = (typeof PROVIDERS)[number]

/** One sign-in on its way: made before the browser is sent off, kept in a cookie of its own, used once. */
export interface Attempt {
  /** Binds the answer to the browser that asked. */
  state: string
  /** Binds the token to this attempt. */
  nonce: string
  /** PKCE: binds the code to whoever asked for it. */
  codeVerifier: string
}

/** 256 random bits each. */
export function newAttempt(random: Random): Attempt {
  const draw = () => {
    const bytes = new Uint8Array(32)
    random(bytes)
    return toBase64Url(bytes)
  }
  return { state: draw(), nonce: draw(), codeVerifier: draw() }
}

/** Whom a provider vouches for. The account is known by issuer and subject: addresses change, and are given to others. */
export interface ProvenIdentity {
  issuer: string
  subject: string
  email: string | null
  /** Only then is the address theirs. */
  emailVerified: boolean
  /** What they call themselves; not vouched for. */
  name: string | null
  /** The organization that manages the account (Google Workspace), or null. */
  hostedDomain: string | null
  /** An address that the provider forwards from. */
  privateRelay: boolean
  /** For `revoke`; to be stored sealed. */
  refreshToken: string | null
}

export type IdentityProblem =
  /** The person said no. */
  | 'sign_in_cancelled'
  /** The answer is not of this attempt, or is no answer. */
  | 'answer_wrong'
  /** The code was refused, or the token is not for us, not of this attempt, too old or not signed by the provider. */
  | 'token_wrong'
  | 'provider_unavailable'

/** What the cookie of an attempt says. */
export interface Journey {
  provider: Provider
  attempt: Attempt
  /** Who adds the provider to their account; null for signing in or up. */
  linking: { userId: UserId; organizationId: OrganizationId; email: string } | null
  expiresAtMs: number
}

export const JOURNEY_MS = 10 * 60 * 1000

/** The cookie: readable to the browser whose it is, and written by nobody but us. */
export function sealJourney(key: Uint8Array, journey: Journey): string {
  const text = toBase64Url(utf8(JSON.stringify(journey)))
  return `${text}.${toHex(tag(key, text))}`
}

/** Null where it is not one of ours, of another provider, or too old. */
export function openJourney(key: Uint8Array, cookie: string | null, provider: Provider, nowMs: number): Journey | null {
  const [, text = '', hex = ''] = /^([\w-]{1,4000})\.([0-9a-f]{64})$/.exec(cookie ?? '') ?? []
  const given = fromHex(hex)
  const bytes = fromBase64Url(text)
  if (given === null || bytes === null || !equalInConstantTime(given, tag(key, text))) return null
  const journey = JSON.parse(new TextDecoder().decode(bytes)) as Journey
  return journey.provider === provider && nowMs < journey.expiresAtMs ? journey : null
}

function tag(key: Uint8Array, text: string): Uint8Array {
  return hmacSha256(key, utf8(`journey!${text}`))
}

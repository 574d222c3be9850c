import { toBase64Url } from '#shared/bytes.ts'
import type { Random } from '#shared/ids.ts'
import type { Verdict } from '#shared/verdict.ts'

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

export interface IdentityProvider {
  /** How the answer comes back: `form_post` is a POST from another site, which only a `SameSite=None` cookie survives. */
  answers: 'query' | 'form_post'
  /** Where to send the browser. */
  begin(attempt: Attempt): Promise<URL>
  /** `answer`: the query or the form that came back. */
  finish(answer: URLSearchParams, attempt: Attempt): Promise<Verdict<ProvenIdentity, IdentityProblem>>
  /** Gives up what `finish` was granted, when the account is deleted. False when the provider could not be told. */
  revoke(token: string): Promise<boolean>
}

/** The provider's addresses; from configuration, so that a stand-in may answer. */
export interface Endpoints {
  issuer: string
  authorize: string
  token: string
  keys: string
  revoke: string
}

export interface ClientOptions {
  endpoints: Endpoints
  clientId: string
  /** Exactly as it is registered with the provider. */
  redirectUri: string
  fetch: typeof fetch
}

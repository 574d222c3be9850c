import * as oauth from 'oauth4webapi'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { Attempt, IdentityProblem, ProvenIdentity } from '../../rules/social.ts'
import type { ClientOptions } from './identity.ts'

const TIMEOUT_MS = 10_000
const CLOCK_TOLERANCE_SECONDS = 60
/** Both providers sign with it alone; a token that says otherwise is refused before its key is looked for. */
const ALGORITHM = 'RS256'
/** How Google and Apple say that the person did not want to. */
const CANCELLED = new Set(['access_denied', 'user_cancelled_authorize'])
const LIBRARY_ERRORS = [
  oauth.ResponseBodyError,
  oauth.WWWAuthenticateChallengeError,
  oauth.OperationProcessingError,
  oauth.UnsupportedOperationError,
]

export interface Redeemed {
  claims: oauth.IDToken
  /** What every provider says in the same words. */
  proven: Pick<ProvenIdentity, 'issuer' | 'subject' | 'email' | 'refreshToken'>
}

export interface CodeFlow {
  begin(attempt: Attempt, parameters: Record<string, string>): Promise<URL>
  redeem(answer: URLSearchParams, attempt: Attempt): Promise<Verdict<Redeemed, IdentityProblem>>
  revoke(token: string): Promise<boolean>
}

/** OpenID Connect's code flow with state, nonce and PKCE, by oauth4webapi. The token's signature is checked although TLS brought it. */
export function createCodeFlow(options: ClientOptions, authenticate: oauth.ClientAuth): CodeFlow {
  const { endpoints, clientId, redirectUri } = options
  const server: oauth.AuthorizationServer = {
    issuer: endpoints.issuer,
    authorization_endpoint: endpoints.authorize,
    token_endpoint: endpoints.token,
    jwks_uri: endpoints.keys,
    revocation_endpoint: endpoints.revoke,
    id_token_signing_alg_values_supported: [ALGORITHM],
  }
  const client: oauth.Client = {
    client_id: clientId,
    id_token_signed_response_alg: ALGORITHM,
    [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
  }
  // Filled by the library, which asks again for a key it does not know, at most once a minute.
  const keys: oauth.JWKSCacheInput = {}
  const requests = () => ({
    [oauth.customFetch]: (url: string, init: object) => options.fetch(url, init as RequestInit),
    [oauth.allowInsecureRequests]: isLoopback(endpoints.token),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const readAnswer = (answer: URLSearchParams, { state }: Attempt): Verdict<URLSearchParams, IdentityProblem> => {
    try {
      const read = oauth.validateAuthResponse(server, client, answer, state)
      const codes = read.getAll('code')
      return codes.length === 1 && codes[0] !== '' ? allow(read) : deny('answer_wrong')
    } catch (error) {
      const refused = error instanceof oauth.AuthorizationResponseError && CANCELLED.has(error.error)
      return deny(refused ? 'sign_in_cancelled' : 'answer_wrong')
    }
  }
  const redeem = async (code: URLSearchParams, { nonce, codeVerifier }: Attempt): Promise<Redeemed> => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authenticate,
      code,
      redirectUri,
      codeVerifier,
      requests(),
    )
    const expected = { expectedNonce: nonce, requireIdToken: true }
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, expected)
    await oauth.validateApplicationLevelSignature(server, response, { ...requests(), [oauth.jwksCache]: keys })
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    if (claims === undefined) throw new TypeError('the token response has no ID token')
    const email = typeof claims.email === 'string' ? claims.email : null
    const refreshToken = tokens.refresh_token ?? null
    return { claims, proven: { issuer: claims.iss, subject: claims.sub, email, refreshToken } }
  }
  return {
    async begin({ state, nonce, codeVerifier }, parameters) {
      const url = new URL(endpoints.authorize)
      const challenge = await oauth.calculatePKCECodeChallenge(codeVerifier)
      const all = {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...parameters,
      }
      for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value)
      return url
    },
    async redeem(answer, attempt) {
      const code = readAnswer(answer, attempt)
      if (!code.ok) return code
      try {
        return allow(await redeem(code.value, attempt))
      } catch (error) {
        return deny(problemOf(error))
      }
    },
    async revoke(token) {
      try {
        const response = await oauth.revocationRequest(server, client, authenticate, token, requests())
        await oauth.processRevocationResponse(response)
        return true
      } catch {
        return false
      }
    },
  }
}

/** The library's own errors are of what was answered; any other, of not being answered. */
function problemOf(error: unknown): IdentityProblem {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof Response && cause.status >= 500) return 'provider_unavailable'
  if (error instanceof oauth.ResponseBodyError && error.status >= 500) return 'provider_unavailable'
  return LIBRARY_ERRORS.some((kind) => error instanceof kind) ? 'token_wrong' : 'provider_unavailable'
}

/** Plain HTTP is for a stand-in on the same machine. */
function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1'].includes(new URL(url).hostname)
}

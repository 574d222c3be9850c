import type { ClientAuth } from 'oauth4webapi'
import { allow } from '#shared/verdict.ts'
import type { IdentityProvider } from '../../account-ports.ts'
import { createCodeFlow } from './code-flow.ts'
import type { ClientOptions, Endpoints } from './identity.ts'

/** developer.apple.com/documentation/signinwithapplerestapi */
export const APPLE: Endpoints = {
  issuer: 'https://appleid.apple.com',
  authorize: 'https://appleid.apple.com/auth/authorize',
  token: 'https://appleid.apple.com/auth/token',
  keys: 'https://appleid.apple.com/auth/keys',
  revoke: 'https://appleid.apple.com/auth/revoke',
}

export interface AppleOptions extends ClientOptions {
  teamId: string
  keyId: string
  /** The key that Apple lets one download once: PKCS #8 in PEM. */
  privateKey: string
  nowMs(): number
}

const SECRET_LIFE_SECONDS = 300
const LONGEST_NAME = 100

/** Sign in with Apple. */
export function createApple(options: AppleOptions): IdentityProvider {
  const authenticate: ClientAuth = async (_server, client, body) => {
    body.set('client_id', client.client_id)
    body.set('client_secret', await mintClientSecret(options))
  }
  const flow = createCodeFlow(options, authenticate)
  return {
    answers: 'form_post',
    begin: (attempt) => flow.begin(attempt, { scope: 'name email', response_mode: 'form_post' }),
    async finish(answer, attempt) {
      const redeemed = await flow.redeem(answer, attempt)
      if (!redeemed.ok) return redeemed
      const { claims, proven } = redeemed.value
      return allow({
        ...proven,
        emailVerified: proven.email !== null && isTrue(claims.email_verified),
        name: nameOf(answer.get('user')),
        hostedDomain: null,
        privateRelay: isTrue(claims.is_private_email),
      })
    },
    revoke: flow.revoke,
  }
}

/** A signed statement instead of a stored secret: minted for each request, good for five minutes. */
async function mintClientSecret({
  clientId,
  teamId,
  keyId,
  privateKey,
  endpoints,
  nowMs,
}: AppleOptions): Promise<string> {
  const { importPKCS8, SignJWT } = await import('jose')
  const issuedAt = Math.floor(nowMs() / 1000)
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: keyId })
    .setIssuer(teamId)
    .setSubject(clientId)
    .setAudience(endpoints.issuer)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + SECRET_LIFE_SECONDS)
    .sign(await importPKCS8(privateKey, 'ES256'))
}

/** Apple writes booleans as texts, at times. */
function isTrue(claim: unknown): boolean {
  return claim === true || claim === 'true'
}

/** Comes with the first consent only, from the browser and unsigned: something to be called by, nothing more. */
function nameOf(user: string | null): string | null {
  if (user === null || user.length > 2000) return null
  let parsed: unknown
  try {
    parsed = JSON.parse(user)
  } catch {
    return null
  }
  const { name } = Object(parsed) as { name?: unknown }
  const { firstName, lastName } = Object(name) as { firstName?: unknown; lastName?: unknown }
  const parts = [firstName, lastName].filter((part) => typeof part === 'string')
  const text = parts
    .join(' ')
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, LONGEST_NAME)
  return text === '' ? null : text
}

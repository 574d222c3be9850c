import { ClientSecretPost } from 'oauth4webapi'
import { allow } from '#shared/verdict.ts'
import type { IdentityProvider } from '../../account-ports.ts'
import { createCodeFlow } from './code-flow.ts'
import type { ClientOptions, Endpoints } from './identity.ts'

/** developers.google.com/identity/openid-connect */
export const GOOGLE: Endpoints = {
  issuer: 'https://accounts.google.com',
  authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: 'https://oauth2.googleapis.com/token',
  keys: 'https://www.googleapis.com/oauth2/v3/certs',
  revoke: 'https://oauth2.googleapis.com/revoke',
}

/** Google Sign-In. */
export function createGoogle(options: ClientOptions & { clientSecret: string }): IdentityProvider {
  const flow = createCodeFlow(options, ClientSecretPost(options.clientSecret))
  return {
    answers: 'query',
    begin: (attempt) => flow.begin(attempt, { scope: 'openid email profile', prompt: 'select_account' }),
    async finish(answer, attempt) {
      const redeemed = await flow.redeem(answer, attempt)
      if (!redeemed.ok) return redeemed
      const { claims, proven } = redeemed.value
      return allow({
        ...proven,
        emailVerified: proven.email !== null && claims.email_verified === true,
        name: typeof claims.name === 'string' ? claims.name : null,
        hostedDomain: typeof claims.hd === 'string' ? claims.hd : null,
        privateRelay: false,
      })
    },
    revoke: flow.revoke,
  }
}

import type { AccountPorts, ConfiguredProvider, IdentityProvider } from '../../account-ports.ts'
import type { ClientOptions, Endpoints } from './identity.ts'

/** Null for a provider that is not configured; `endpoints` null for the provider's own. */
export interface ProviderSettings {
  google: { clientId: string; clientSecret: string; endpoints: Endpoints | null } | null
  apple: { clientId: string; teamId: string; keyId: string; privateKey: string; endpoints: Endpoints | null } | null
}

export interface Surroundings extends Pick<ClientOptions, 'fetch'> {
  /** Of the app host. */
  appOrigin: string
  nowMs(): number
}

const GOOGLE_ISSUER = 'https://accounts.google.com'
const APPLE_ISSUER = 'https://appleid.apple.com'

/** Each is loaded with the first sign-in that goes that way: nothing else needs its protocol. */
export function configuredProviders(
  { google, apple }: ProviderSettings,
  { appOrigin, nowMs, fetch }: Surroundings,
): AccountPorts['identities'] {
  const redirectUri = (name: string) => `${appOrigin}/api/sign-in/${name}/callback`
  return {
    ...(google && {
      google: once(google.endpoints?.issuer ?? GOOGLE_ISSUER, async () => {
        const { createGoogle, GOOGLE } = await import('./google.ts')
        return createGoogle({
          ...google,
          endpoints: google.endpoints ?? GOOGLE,
          redirectUri: redirectUri('google'),
          fetch,
        })
      }),
    }),
    ...(apple && {
      apple: once(apple.endpoints?.issuer ?? APPLE_ISSUER, async () => {
        const { createApple, APPLE } = await import('./apple.ts')
        return createApple({
          ...apple,
          endpoints: apple.endpoints ?? APPLE,
          redirectUri: redirectUri('apple'),
          fetch,
          nowMs,
        })
      }),
    }),
  }
}

function once(issuer: string, load: () => Promise<IdentityProvider>): ConfiguredProvider {
  let loaded: Promise<IdentityProvider> | undefined
  return { issuer, load: () => (loaded ??= load()) }
}

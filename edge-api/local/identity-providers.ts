import { generateKeyPairSync } from 'node:crypto'
import type { ProviderEndpoints } from '../app-env.ts'
import { choosePort } from './ports.ts'

/** What the Worker needs to send people to the stand-ins. */
export interface IdentityProviders {
  /** `http://127.0.0.1:PORT` each. */
  urls: { google: string; apple: string }
  vars: Record<string, string>
  secrets: Record<string, string>
  close(): Promise<void>
}

const GOOGLE_CLIENT = { client_id: 'pernoex-local', client_secret: 'not-a-secret' }
const APPLE_CLIENT = { client_id: 'dev.pernoex.local', team_id: 'LOCALTEAM1' }

/**
 * Google's and Apple's sign-in on this machine, by emulate: its pages ask which of a few made-up people to be. On 127.0.0.1
 * while the dashboard is on localhost, so that their answers come from another site, as the real ones do.
 */
export async function startIdentityProviders(firstPort: number, app: string): Promise<IdentityProviders> {
  const { createEmulator } = await import('emulate')
  const callback = (name: string) => [`${app}/api/sign-in/${name}/callback`]
  const googlePort = await choosePort(null, firstPort)
  const google = await createEmulator({
    ...{ service: 'google', port: googlePort, baseUrl: `http://127.0.0.1:${googlePort}` },
    seed: {
      google: {
        users: [
          { email: 'ada@gmail.example', name: 'Ada Lovelace', email_verified: true },
          { email: 'grace@gmail.example', name: 'Grace Hopper', email_verified: true },
        ],
        oauth_clients: [{ ...GOOGLE_CLIENT, name: 'Pernoex', redirect_uris: callback('google') }],
      },
    },
  })
  const applePort = await choosePort(null, googlePort + 1)
  const apple = await createEmulator({
    ...{ service: 'apple', port: applePort, baseUrl: `http://127.0.0.1:${applePort}` },
    seed: {
      apple: {
        users: [{ email: 'ada@icloud.example', name: 'Ada Lovelace', given_name: 'Ada', family_name: 'Lovelace' }],
        oauth_clients: [{ ...APPLE_CLIENT, name: 'Pernoex', redirect_uris: callback('apple') }],
      },
    },
  })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    urls: { google: google.url, apple: apple.url },
    vars: {
      GOOGLE_CLIENT_ID: GOOGLE_CLIENT.client_id,
      GOOGLE_ENDPOINTS: JSON.stringify(await discover(google.url)),
      APPLE_CLIENT_ID: APPLE_CLIENT.client_id,
      APPLE_TEAM_ID: APPLE_CLIENT.team_id,
      APPLE_KEY_ID: 'LOCALKEY01',
      APPLE_ENDPOINTS: JSON.stringify(await discover(apple.url)),
    },
    secrets: {
      GOOGLE_CLIENT_SECRET: GOOGLE_CLIENT.client_secret,
      APPLE_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
    close: async () => {
      await Promise.allSettled([google.close(), apple.close()])
    },
  }
}

/** As the provider tells it: https://openid.net/specs/openid-connect-discovery-1_0.html */
async function discover(url: string): Promise<ProviderEndpoints> {
  const answer = await fetch(`${url}/.well-known/openid-configuration`)
  const found = (await answer.json()) as Record<string, string>
  return {
    issuer: found.issuer ?? '',
    authorize: found.authorization_endpoint ?? '',
    token: found.token_endpoint ?? '',
    keys: found.jwks_uri ?? '',
    revoke: found.revocation_endpoint ?? '',
  }
}

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

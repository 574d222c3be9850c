import { neon, neonConfig } from '@neondatabase/serverless'

export interface DatabaseAddress {
  connectionString: string
  /** URL of the Neon HTTP endpoint, where it is not Neon's own for that host. */
  httpEndpoint?: string | undefined
}

/** Longer than any statement of ours takes, and shorter than a visitor's patience. */
const TIMEOUT_MS = 20_000

// The driver knows one endpoint rule for the whole process; this one asks who has registered for that host and port.
const endpoints = new Map<string, string>()
const neonsOwn = neonConfig.fetchEndpoint
neonConfig.fetchEndpoint = (host, port, options) =>
  endpoints.get(`${host}:${port}`) ?? (typeof neonsOwn === 'function' ? neonsOwn(host, port, options) : neonsOwn)

/** A client of the Neon HTTP driver. Opens nothing: each query or batch is one request. */
export function connect({ connectionString, httpEndpoint }: DatabaseAddress): ReturnType<typeof neon<false, false>> {
  if (httpEndpoint !== undefined) {
    const url = new URL(connectionString.replace(/^postgres(ql)?:/, 'http:'))
    endpoints.set(`${url.hostname}:${url.port}`, httpEndpoint)
  }
  return neon(connectionString, {
    fetchOptions: {
      // Read anew for every request.
      get signal() {
        return AbortSignal.timeout(TIMEOUT_MS)
      },
    },
  })
}

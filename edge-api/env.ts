import * as z from 'zod'
import { type NamedSecrets, parseNamedSecrets } from '#shared/named-secrets.ts'
import type { Settings } from './ports.ts'
import type { ProjectGate } from './stores/project-gate.ts'

/** The bindings of wrangler.toml, as the runtime hands them over. */
export interface Env {
  DATABASE_URL: string
  DATABASE_HTTP_ENDPOINT?: string
  /** `{"a":"<base64url of 32 bytes>"}`: one letter each, the last one makes new keys, all of them are accepted. */
  KEY_CHECKSUM_SECRETS: string
  /** At least 32 characters. */
  THREAD_SECRET: string
  /** At least 32 characters: binds CSRF tokens to sessions. */
  SESSION_SECRET: string
  /** `{"a":"<base64url of 32 bytes>"}`: one letter each, the last one makes new password hashes. */
  PASSWORD_PEPPERS: string
  /** log2 of bcrypt's rounds, 10 to 15; 12 when absent. */
  PASSWORD_COST?: string
  /** Mails go out through Resend; without a key none are sent, and the log says so. */
  RESEND_API_KEY?: string
  RESEND_ENDPOINT?: string
  /** Sign-in with Google: both or neither. `GOOGLE_ENDPOINTS` is for a stand-in: JSON of its addresses. */
  GOOGLE_CLIENT_ID?: string
  GOOGLE_CLIENT_SECRET?: string
  GOOGLE_ENDPOINTS?: string
  /** Sign-in with Apple: all four or none. The key is PKCS #8 in PEM. */
  APPLE_CLIENT_ID?: string
  APPLE_TEAM_ID?: string
  APPLE_KEY_ID?: string
  APPLE_PRIVATE_KEY?: string
  APPLE_ENDPOINTS?: string
  /** `Pernoex <no-reply@example.com>`; no-reply@ the app host when absent. */
  MAIL_FROM?: string
  /** `{"a":"<base64url of 32 bytes>"}`: one letter each, the last one seals, all of them open. */
  SEALING_KEYS?: string
  /** Host with port, as in the address bar. */
  EDGE_HOST: string
  APP_HOST: string
  /** `on` only where the edge host is a loopback address: it lets LIMITS=off count. */
  LOCAL?: string
  LIMITS?: string
  /** Seconds that the last policy serves while the gate cannot be reached; 300 when absent. */
  GATE_OUTAGE_SECONDS?: string
  /** Where to report a hole; security@ the edge host when absent. */
  SECURITY_CONTACT?: string
  GATE: DurableObjectNamespace<ProjectGate>
  JOBS: Queue
  WEBHOOKS: Queue
  RATE_NETWORK: RateLimit
  RATE_KEY: RateLimit
  RATE_ORIGIN: RateLimit
  RATE_WEBHOOK: RateLimit
  RATE_APP: RateLimit
  ASSETS: Fetcher
}

/** The part of the environment that is text, parsed once. */
export interface WorkerSettings extends Settings {
  databaseUrl: string
  databaseHttpEndpoint: string | undefined
  limits: 'on' | 'off'
  gateOutageMs: number
  passwordPeppers: NamedSecrets
  passwordCost: number
  /** Null: no mail is sent. */
  resend: { apiKey: string; endpoint: string; from: string } | null
  google: GoogleSettings | null
  apple: AppleSettings | null
}

export interface ProviderEndpoints {
  issuer: string
  authorize: string
  token: string
  keys: string
  revoke: string
}

export interface GoogleSettings {
  clientId: string
  clientSecret: string
  /** Null: Google's own. */
  endpoints: ProviderEndpoints | null
}

export interface AppleSettings {
  clientId: string
  teamId: string
  keyId: string
  privateKey: string
  /** Null: Apple's own. */
  endpoints: ProviderEndpoints | null
}

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/

const host = z.string().regex(/^[a-z0-9.-]+(?::\d+)?$/)
const namedSecrets = z.string().transform((json, context) => {
  const secrets = parseNamedSecrets(json)
  if (secrets.ok) return secrets.value
  context.addIssue({ code: 'custom', message: secrets.reason })
  return z.NEVER
})

const endpoints = z.string().transform((json, context) => {
  const address = z.url({ protocol: /^https?$/ })
  const shape = z.object({ issuer: address, authorize: address, token: address, keys: address, revoke: address })
  try {
    const parsed = shape.safeParse(JSON.parse(json))
    if (parsed.success) return parsed.data
  } catch {}
  context.addIssue({ code: 'custom', message: 'is not JSON of the five addresses' })
  return z.NEVER
})

const schema = z.object({
  DATABASE_URL: z.string().regex(/^postgres(?:ql)?:\/\//, 'is not a postgres:// address'),
  DATABASE_HTTP_ENDPOINT: z.url().optional(),
  KEY_CHECKSUM_SECRETS: namedSecrets,
  THREAD_SECRET: z.string().min(32),
  SESSION_SECRET: z.string().min(32),
  PASSWORD_PEPPERS: namedSecrets,
  PASSWORD_COST: z.coerce.number().int().min(10).max(15).default(12),
  RESEND_API_KEY: z.string().min(1).optional(),
  RESEND_ENDPOINT: z.url().default('https://api.resend.com'),
  GOOGLE_CLIENT_ID: z.string().min(1).optional(),
  GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
  GOOGLE_ENDPOINTS: endpoints.optional(),
  APPLE_CLIENT_ID: z.string().min(1).optional(),
  APPLE_TEAM_ID: z.string().min(1).optional(),
  APPLE_KEY_ID: z.string().min(1).optional(),
  APPLE_PRIVATE_KEY: z.string().includes('PRIVATE KEY').optional(),
  APPLE_ENDPOINTS: endpoints.optional(),
  MAIL_FROM: z.string().regex(/@/, 'is not a sender').optional(),
  SEALING_KEYS: namedSecrets.optional(),
  EDGE_HOST: host,
  APP_HOST: host,
  LOCAL: z.literal('on').optional(),
  LIMITS: z.enum(['on', 'off']).default('on'),
  GATE_OUTAGE_SECONDS: z.coerce.number().int().min(30).max(86_400).default(300),
  SECURITY_CONTACT: z
    .string()
    .regex(/^(?:mailto:|https:\/\/)\S+$/)
    .optional(),
})

function resendOf({
  RESEND_API_KEY,
  RESEND_ENDPOINT,
  MAIL_FROM,
  APP_HOST,
}: z.infer<typeof schema>): WorkerSettings['resend'] {
  if (RESEND_API_KEY === undefined) return null
  const from = MAIL_FROM ?? `Pernoex <no-reply@${APP_HOST.replace(/:\d+$/, '')}>`
  return { apiKey: RESEND_API_KEY, endpoint: RESEND_ENDPOINT, from }
}

type Vars = z.infer<typeof schema>

function googleOf(vars: Vars): GoogleSettings | null {
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = vars
  if (clientId === undefined || clientSecret === undefined) return null
  return { clientId, clientSecret, endpoints: vars.GOOGLE_ENDPOINTS ?? null }
}

function appleOf(vars: Vars): AppleSettings | null {
  const { APPLE_CLIENT_ID: clientId, APPLE_TEAM_ID: teamId, APPLE_KEY_ID: keyId, APPLE_PRIVATE_KEY: privateKey } = vars
  if (clientId === undefined || teamId === undefined || keyId === undefined || privateKey === undefined) return null
  return { clientId, teamId, keyId, privateKey, endpoints: vars.APPLE_ENDPOINTS ?? null }
}

/** Throws naming each variable that is missing or wrong, and never its value. */
export function parseSettings(env: Env): WorkerSettings {
  const parsed = schema.safeParse(env)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`The Worker is configured wrongly. ${issues.join('; ')}`)
  }
  const vars = parsed.data
  // A deployed Worker that somehow got LOCAL=on still keeps its limits.
  const local = vars.LOCAL === 'on' && LOOPBACK_HOST.test(vars.EDGE_HOST)
  return {
    databaseUrl: vars.DATABASE_URL,
    databaseHttpEndpoint: vars.DATABASE_HTTP_ENDPOINT,
    checksumSecrets: vars.KEY_CHECKSUM_SECRETS,
    threadSecret: vars.THREAD_SECRET,
    sessionSecret: vars.SESSION_SECRET,
    passwordPeppers: vars.PASSWORD_PEPPERS,
    passwordCost: vars.PASSWORD_COST,
    resend: resendOf(vars),
    google: googleOf(vars),
    apple: appleOf(vars),
    sealingKeys: vars.SEALING_KEYS ?? new Map(),
    edgeHost: vars.EDGE_HOST,
    appHost: vars.APP_HOST,
    securityContact: vars.SECURITY_CONTACT ?? `mailto:security@${vars.EDGE_HOST.replace(/:\d+$/, '')}`,
    local,
    limits: local ? vars.LIMITS : 'on',
    gateOutageMs: vars.GATE_OUTAGE_SECONDS * 1000,
  }
}

import * as z from 'zod'
import type { NamedSecrets } from '#shared/named-secrets.ts'
import type { PaidPlan } from '#shared/plans.ts'
import type { AppSettings } from './account-ports.ts'
import { type CommonEnv, commonSchema, commonSettings, namedSecrets, readVars, type WorkerSettings } from './env.ts'

/** The bindings of app-worker.toml: the app host's Worker, which also works off the queues. */
export interface AppEnv extends CommonEnv {
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
  /** Plans are sold with all of these: Stripe's key, and its prices as JSON `{"pro":"price_…","business":"price_…"}`. */
  STRIPE_SECRET_KEY?: string
  STRIPE_PRICES?: string
  STRIPE_ENDPOINT?: string
  /** Slack's app: both or neither. The endpoint is for a stand-in. */
  SLACK_CLIENT_ID?: string
  SLACK_CLIENT_SECRET?: string
  SLACK_ENDPOINT?: string
  JOBS: Queue
  RATE_APP: RateLimit
}

export interface AppWorkerSettings extends WorkerSettings, AppSettings {
  passwordPeppers: NamedSecrets
  passwordCost: number
  /** Null: no mail is sent. */
  resend: { apiKey: string; endpoint: string; from: string } | null
  google: GoogleSettings | null
  apple: AppleSettings | null
  /** Null: nothing is sold. */
  stripe: { secretKey: string; endpoint: string; prices: Record<PaidPlan, string> } | null
  /** Null: no workspace can be connected. */
  slack: { clientId: string; clientSecret: string; endpoint: string } | null
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

const prices = z.string().transform((json, context) => {
  const price = z.string().min(1)
  try {
    const parsed = z.object({ pro: price, business: price }).safeParse(JSON.parse(json))
    if (parsed.success) return parsed.data
  } catch {}
  context.addIssue({ code: 'custom', message: 'is not JSON of a price for each plan' })
  return z.NEVER
})

const schema = commonSchema.extend({
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
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  STRIPE_PRICES: prices.optional(),
  STRIPE_ENDPOINT: z.url().default('https://api.stripe.com'),
  SLACK_CLIENT_ID: z.string().min(1).optional(),
  SLACK_CLIENT_SECRET: z.string().min(1).optional(),
  SLACK_ENDPOINT: z.url().default('https://slack.com'),
})

type Vars = z.infer<typeof schema>

function resendOf({ RESEND_API_KEY, RESEND_ENDPOINT, MAIL_FROM, APP_HOST }: Vars): AppWorkerSettings['resend'] {
  if (RESEND_API_KEY === undefined) return null
  const from = MAIL_FROM ?? `Pernoex <no-reply@${APP_HOST.replace(/:\d+$/, '')}>`
  return { apiKey: RESEND_API_KEY, endpoint: RESEND_ENDPOINT, from }
}

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

function stripeOf({ STRIPE_SECRET_KEY, STRIPE_PRICES, STRIPE_ENDPOINT }: Vars): AppWorkerSettings['stripe'] {
  if (STRIPE_SECRET_KEY === undefined || STRIPE_PRICES === undefined) return null
  return { secretKey: STRIPE_SECRET_KEY, endpoint: STRIPE_ENDPOINT, prices: STRIPE_PRICES }
}

function slackOf({ SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_ENDPOINT }: Vars): AppWorkerSettings['slack'] {
  if (SLACK_CLIENT_ID === undefined || SLACK_CLIENT_SECRET === undefined) return null
  return { clientId: SLACK_CLIENT_ID, clientSecret: SLACK_CLIENT_SECRET, endpoint: SLACK_ENDPOINT.replace(/\/$/, '') }
}

/** Throws naming each variable that is missing or wrong, and never its value. */
export function parseAppSettings(env: AppEnv): AppWorkerSettings {
  const vars = readVars(schema, env)
  return {
    ...commonSettings(vars),
    sessionSecret: vars.SESSION_SECRET,
    passwordPeppers: vars.PASSWORD_PEPPERS,
    passwordCost: vars.PASSWORD_COST,
    resend: resendOf(vars),
    google: googleOf(vars),
    apple: appleOf(vars),
    stripe: stripeOf(vars),
    slack: slackOf(vars),
  }
}

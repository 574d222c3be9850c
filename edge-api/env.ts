import * as z from 'zod'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import type { Ports, Settings, SigningSecret } from './ports.ts'
import type { OrganizationMeter } from './stores/organization-meter.ts'
import type { ProjectGate } from './stores/project-gate.ts'

/** What both Workers are bound to, as the runtime hands it over. */
export interface CommonEnv {
  DATABASE_URL: string
  DATABASE_HTTP_ENDPOINT?: string
  /** `{"a":"<base64url of 32 bytes>"}`: one letter each, the last one makes new keys, all of them are accepted. */
  KEY_CHECKSUM_SECRETS: string
  /** At least 32 characters. */
  THREAD_SECRET: string
  /** `{"a":"<base64url of 32 bytes>"}`: one letter each, the last one seals, all of them open. */
  SEALING_KEYS?: string
  /** Host with port, as in the address bar. */
  EDGE_HOST: string
  APP_HOST: string
  /** `on` only where the edge host is a loopback address: it lets LIMITS=off count. */
  LOCAL?: string
  LIMITS?: string
  /** Where to report a hole; security@ the edge host when absent. */
  SECURITY_CONTACT?: string
  /** `free` where plans are sold; without it everybody has what there is: the local plan. */
  PLAN_WITHOUT_SUBSCRIPTION?: string
  GATE: DurableObjectNamespace<ProjectGate>
  METER: DurableObjectNamespace<OrganizationMeter>
  WEBHOOKS: Queue
  ASSETS: Fetcher
}

/** The bindings of wrangler.toml: the edge host's Worker. */
export interface Env extends CommonEnv {
  /** Seconds that the last policy serves while the gate cannot be reached; 300 when absent. */
  GATE_OUTAGE_SECONDS?: string
  /** `whsec_…` of Stripe's endpoint, and the one before it until then (ISO 8601), while it is being rolled. */
  STRIPE_WEBHOOK_SECRET?: string
  STRIPE_WEBHOOK_SECRET_BEFORE?: string
  STRIPE_WEBHOOK_SECRET_BEFORE_UNTIL?: string
  /** The signing secret of Slack's app, and the one before it until then (ISO 8601), while it is being replaced. */
  SLACK_SIGNING_SECRET?: string
  SLACK_SIGNING_SECRET_BEFORE?: string
  SLACK_SIGNING_SECRET_BEFORE_UNTIL?: string
  RATE_NETWORK: RateLimit
  RATE_KEY: RateLimit
  RATE_ORIGIN: RateLimit
  RATE_WEBHOOK: RateLimit
}

/** The part of the environment that is text, parsed once. */
export interface WorkerSettings extends Settings {
  databaseUrl: string
  databaseHttpEndpoint: string | undefined
  limits: 'on' | 'off'
}

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/

const host = z.string().regex(/^[a-z0-9.-]+(?::\d+)?$/)

export const namedSecrets = z.string().transform((json, context) => {
  const secrets = parseNamedSecrets(json)
  if (secrets.ok) return secrets.value
  context.addIssue({ code: 'custom', message: secrets.reason })
  return z.NEVER
})

export const commonSchema = z.object({
  DATABASE_URL: z.string().regex(/^postgres(?:ql)?:\/\//, 'is not a postgres:// address'),
  DATABASE_HTTP_ENDPOINT: z.url().optional(),
  KEY_CHECKSUM_SECRETS: namedSecrets,
  THREAD_SECRET: z.string().min(32),
  SEALING_KEYS: namedSecrets.optional(),
  EDGE_HOST: host,
  APP_HOST: host,
  LOCAL: z.literal('on').optional(),
  LIMITS: z.enum(['on', 'off']).default('on'),
  PLAN_WITHOUT_SUBSCRIPTION: z.enum(['local', 'free']).default('local'),
  SECURITY_CONTACT: z
    .string()
    .regex(/^(?:mailto:|https:\/\/)\S+$/)
    .optional(),
})

const schema = commonSchema.extend({
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
  STRIPE_WEBHOOK_SECRET_BEFORE: z.string().min(1).optional(),
  STRIPE_WEBHOOK_SECRET_BEFORE_UNTIL: z.iso.datetime({ offset: true }).optional(),
  SLACK_SIGNING_SECRET: z.string().min(1).optional(),
  SLACK_SIGNING_SECRET_BEFORE: z.string().min(1).optional(),
  SLACK_SIGNING_SECRET_BEFORE_UNTIL: z.iso.datetime({ offset: true }).optional(),
  GATE_OUTAGE_SECONDS: z.coerce.number().int().min(30).max(86_400).default(300),
})

interface EdgeSettings extends WorkerSettings {
  gateOutageMs: number
  signingSecrets: Ports['signingSecrets']
}

/** Of the edge host's Worker. Throws naming each variable that is missing or wrong, and never its value. */
export function parseSettings(env: Env): EdgeSettings {
  const vars = readVars(schema, env)
  return {
    ...commonSettings(vars),
    gateOutageMs: vars.GATE_OUTAGE_SECONDS * 1000,
    signingSecrets: {
      stripe: secretsOf(
        vars.STRIPE_WEBHOOK_SECRET,
        vars.STRIPE_WEBHOOK_SECRET_BEFORE,
        vars.STRIPE_WEBHOOK_SECRET_BEFORE_UNTIL,
      ),
      slack: secretsOf(
        vars.SLACK_SIGNING_SECRET,
        vars.SLACK_SIGNING_SECRET_BEFORE,
        vars.SLACK_SIGNING_SECRET_BEFORE_UNTIL,
      ),
    },
  }
}

/** One that was replaced and does not say until when counts no more. */
function secretsOf(current?: string, before?: string, until?: string): SigningSecret[] {
  return [
    ...(current === undefined ? [] : [{ text: current, expiresAtMs: null }]),
    ...(before === undefined || until === undefined ? [] : [{ text: before, expiresAtMs: Date.parse(until) }]),
  ]
}

/** Throws naming each variable that is missing or wrong, and never its value. */
export function readVars<Vars>(schema: z.ZodType<Vars>, env: CommonEnv): Vars {
  const parsed = schema.safeParse(env)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`The Worker is configured wrongly. ${issues.join('; ')}`)
}

export function commonSettings(vars: z.infer<typeof commonSchema>): WorkerSettings {
  // A deployed Worker that somehow got LOCAL=on still keeps its limits.
  const local = vars.LOCAL === 'on' && LOOPBACK_HOST.test(vars.EDGE_HOST)
  return {
    databaseUrl: vars.DATABASE_URL,
    databaseHttpEndpoint: vars.DATABASE_HTTP_ENDPOINT,
    checksumSecrets: vars.KEY_CHECKSUM_SECRETS,
    threadSecret: vars.THREAD_SECRET,
    sealingKeys: vars.SEALING_KEYS ?? new Map(),
    edgeHost: vars.EDGE_HOST,
    appHost: vars.APP_HOST,
    securityContact: vars.SECURITY_CONTACT ?? `mailto:security@${vars.EDGE_HOST.replace(/:\d+$/, '')}`,
    unpaidPlan: vars.PLAN_WITHOUT_SUBSCRIPTION,
    local,
    limits: local ? vars.LIMITS : 'on',
  }
}

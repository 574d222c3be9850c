import type { DatabaseAddress } from '../db/connect.ts'
import type { IdentityProviders } from './identity-providers.ts'
import type { LocalSecrets } from './secrets.ts'
import type { SlackStandIn } from './slack-stand-in.ts'
import type { StripeStandIn } from './stripe-stand-in.ts'

export interface LocalWorker {
  port: number
  secrets: Pick<
    LocalSecrets,
    'keyChecksumSecrets' | 'threadSecret' | 'sessionSecret' | 'passwordPeppers' | 'sealingKeys'
  >
  database: DatabaseAddress
  limits: 'on' | 'off'
  /** Null: no mail is sent. */
  mailbox: { url: string; apiKey: string } | null
  /** Absent: nobody signs in with Google or Apple. */
  providers?: Pick<IdentityProviders, 'vars' | 'secrets'> | undefined
  /** Absent: nothing is sold, and everybody is on the local plan. */
  stripe?: Pick<StripeStandIn, 'vars' | 'secrets'> | undefined
  /** Absent: no workspace can be connected. */
  slack?: Pick<SlackStandIn, 'vars' | 'secrets'> | undefined
}

/** The environment of a Worker on this machine: two hosts on one port, told apart by name. */
export function workerVars({ port, secrets, database, limits, mailbox, providers, stripe, slack }: LocalWorker): {
  vars: Record<string, string>
  secrets: Record<string, string>
} {
  return {
    vars: {
      EDGE_HOST: `127.0.0.1:${port}`,
      APP_HOST: `localhost:${port}`,
      LOCAL: 'on',
      LIMITS: limits,
      ...providers?.vars,
      ...stripe?.vars,
      ...slack?.vars,
      ...(mailbox === null ? {} : { RESEND_ENDPOINT: mailbox.url }),
      ...(database.httpEndpoint === undefined ? {} : { DATABASE_HTTP_ENDPOINT: database.httpEndpoint }),
    },
    secrets: {
      DATABASE_URL: database.connectionString,
      KEY_CHECKSUM_SECRETS: secrets.keyChecksumSecrets,
      THREAD_SECRET: secrets.threadSecret,
      SESSION_SECRET: secrets.sessionSecret,
      PASSWORD_PEPPERS: secrets.passwordPeppers,
      ...providers?.secrets,
      ...stripe?.secrets,
      ...slack?.secrets,
      ...(mailbox === null ? {} : { RESEND_API_KEY: mailbox.apiKey }),
      ...(secrets.sealingKeys === undefined ? {} : { SEALING_KEYS: secrets.sealingKeys }),
    },
  }
}

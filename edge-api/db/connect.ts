import { NeonDbError, type NeonQueryFunction, neon, neonConfig } from '@neondatabase/serverless'
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http'
import type { Holding, PlanName } from '#shared/plans.ts'
import { DatabaseUnavailable, PlanFull } from '../errors.ts'

export interface DatabaseAddress {
  connectionString: string
  /** URL of the Neon HTTP endpoint, where it is not Neon's own for that host. */
  httpEndpoint?: string | undefined
}

export type Database = NeonHttpDatabase<Record<string, never>>

/** Longer than any statement of ours takes. */
const TIMEOUT_MS = 20_000

// The driver knows one endpoint rule for the whole process; this one asks who has registered for that host and port.
const endpoints = new Map<string, string>()
const neonsOwn = neonConfig.fetchEndpoint
neonConfig.fetchEndpoint = (host, port, options) =>
  endpoints.get(`${host}:${port}`) ?? (typeof neonsOwn === 'function' ? neonsOwn(host, port, options) : neonsOwn)

/** A client of the Neon HTTP driver. Opens nothing: each query or batch is one request. */
export function connect({ connectionString, httpEndpoint }: DatabaseAddress): NeonQueryFunction<false, false> {
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

// A client holds no connection, so one may serve every request of the process.
const databases = new Map<string, Database>()

/** The query builder on such a client. */
export function open(address: DatabaseAddress): Database {
  const name = `${address.connectionString} ${address.httpEndpoint}`
  let database = databases.get(name)
  if (!database) {
    database = drizzle(connect(address))
    databases.set(name, database)
  }
  return database
}

/**
 * SQLSTATE classes in which the server or its configuration, not the statement, is at fault: connection, sign-in, no such
 * database, a standby, deadlock and serialization, resources, operator intervention, system error.
 */
const SERVER_TROUBLE = /^(08|28|3D|25006|40|53|57|58)/

/** Anything that means "nobody answered" becomes DatabaseUnavailable; what Postgres said about the statement stays. */
export function toDatabaseError(error: unknown): unknown {
  if (!(error instanceof NeonDbError)) return error
  if (error.code === PLAN_FULL) return planFull(error)
  const answered = error.code !== undefined && error.code !== null
  if (answered && !SERVER_TROUBLE.test(error.code ?? '')) return error
  return new DatabaseUnavailable(error.message, { cause: error })
}

/** Raised by require_room (migrations/0011_billing.sql), which says of which plan and what. */
const PLAN_FULL = 'PX006'

function planFull({ detail = '' }: NeonDbError): PlanFull {
  const [plan = '', holding = ''] = detail.split(' ')
  return new PlanFull(plan as PlanName, holding as Holding)
}

/** The violated constraint's name, when that is what went wrong. */
export function violatedConstraint(error: unknown): string | null {
  return error instanceof NeonDbError && error.code?.startsWith('23') ? (error.constraint ?? null) : null
}

import { NeonDbError } from '@neondatabase/serverless'
import type { DatabaseAddress } from '../db/connect.ts'
import { MigrationChanged, migrate, RoleTooPowerful } from './migrate.ts'
import { APP, OWNER, startNeonEndpoint } from './pglite.ts'
import { StartProblem } from './start-problem.ts'

export interface LocalDatabase {
  /** Said to the person who started it; holds no password. */
  name: string
  /** May change the schema, and seeds. */
  owner: DatabaseAddress
  /** What the Worker gets. */
  worker: DatabaseAddress
  close(): Promise<void>
}

/** The database that DATABASE_URL names, else the embedded one in `folder`; migrated. Throws StartProblem when it cannot be had. */
export async function openDatabase(folder: string, env: NodeJS.ProcessEnv): Promise<LocalDatabase> {
  const url = env.DATABASE_URL ?? ''
  if (url === '') {
    if (env.DATABASE_HTTP_ENDPOINT)
      throw new StartProblem('DATABASE_HTTP_ENDPOINT is set without DATABASE_URL; set both, or neither.')
    return openEmbedded(folder)
  }
  const address = parseAddress(url, env.DATABASE_HTTP_ENDPOINT || undefined)
  const where = `${new URL(address.httpEndpoint ?? address.connectionString).host}`
  try {
    await migrate(address)
  } catch (error) {
    throw explain(error, where)
  }
  return { name: `the database at ${where}`, owner: address, worker: address, close: async () => {} }
}

async function openEmbedded(folder: string): Promise<LocalDatabase> {
  const front = await startNeonEndpoint({ dataDir: folder })
  const address = (user: string) => ({
    connectionString: front.connectionString(user),
    httpEndpoint: front.httpEndpoint,
  })
  return { name: 'the embedded database', owner: address(OWNER), worker: address(APP), close: () => front.close() }
}

function parseAddress(url: string, httpEndpoint: string | undefined): DatabaseAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || parsed.username === '')
    throw new StartProblem('DATABASE_URL must be an address like postgres://user:password@host/database.')
  if (httpEndpoint !== undefined && !/^https?:$/.test(URL.canParse(httpEndpoint) ? new URL(httpEndpoint).protocol : ''))
    throw new StartProblem('DATABASE_HTTP_ENDPOINT must be an http:// or https:// address.')
  return { connectionString: url, httpEndpoint }
}

/** The driver's own message may hold the connection string, so only its SQLSTATE and text from the server pass on. */
function explain(error: unknown, where: string): Error {
  if (error instanceof MigrationChanged || error instanceof RoleTooPowerful) return new StartProblem(error.message)
  if (!(error instanceof NeonDbError)) return new StartProblem(`The database at ${where} cannot be reached.`)
  if (error.code === '28P01')
    return new StartProblem(`The database at ${where} does not accept that user and password.`)
  if (error.code === undefined)
    return new StartProblem(
      `The database at ${where} cannot be reached over HTTP; is it running, and is the address right?`,
    )
  return new StartProblem(`The database at ${where} refused the migrations: ${error.message} (${error.code}).`)
}

import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { vector } from '@electric-sql/pglite-pgvector'
import { startAutovacuum } from './autovacuum.ts'
import { DataFolderInUse, lockFolder } from './folder-lock.ts'
import { migrate, migrationsHash } from './migrate.ts'
import { type NeonFront, serveNeonProtocol } from './neon-endpoint.ts'
import type { WireBackend } from './wire-transaction.ts'

export { DataFolderInUse }

/** Owns the schema and runs migrations; may create roles, and is no superuser. */
export const OWNER = 'pernoex_owner'
/** What the Worker signs in as: member of `app_rw` and nothing else. */
export const APP = 'pernoex_app'

export interface NeonEndpointOptions {
  /** Folder for the database's files; undefined keeps it in memory. */
  dataDir?: string | undefined
  /** Where the prepared template lies, so that only the first start on a machine pays for initdb and the migrations. */
  cacheDir?: string | undefined
}

const DEFAULT_CACHE = new URL('../../node_modules/.cache/pernoex', import.meta.url).pathname
const READY_MARK = 'pernoex-ready'

/**
 * PGlite behind an endpoint that speaks the Neon HTTP protocol, migrated and ready.
 * Rejects with DataFolderInUse when another process holds `dataDir`.
 */
export async function startNeonEndpoint(options: NeonEndpointOptions = {}): Promise<NeonFront> {
  const { dataDir, cacheDir = DEFAULT_CACHE } = options
  const unlock = dataDir === undefined ? () => {} : lockFolder(dataDir)
  try {
    const template = await templateFor(cacheDir)
    const pglite = await openFolder(dataDir, template)
    const front = await serve(pglite)
    await prepare(front)
    const stopAutovacuum = startAutovacuum((sql) => front.inTurn(() => asSuperuser(pglite, sql)))
    return {
      ...front,
      close: async () => {
        await stopAutovacuum()
        await front.close()
        await pglite.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

async function openFolder(dataDir: string | undefined, template: string): Promise<PGlite> {
  if (dataDir === undefined) return open(undefined, template)
  const mark = join(dataDir, READY_MARK)
  if (existsSync(mark)) return open(dataDir, undefined)
  // A folder without the mark is what a killed first start left behind; one with foreign files is not ours to clear.
  if (existsSync(dataDir) && !existsSync(join(dataDir, 'PG_VERSION'))) rmSync(dataDir, { recursive: true })
  rmSync(dataDir, { recursive: true, force: true })
  const pglite = await open(dataDir, template)
  writeFileSync(mark, '')
  return pglite
}

async function open(dataDir: string | undefined, template: string | undefined): Promise<PGlite> {
  return PGlite.create({
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(template === undefined ? {} : { loadDataDir: new Blob([readFileSync(template)]) }),
    extensions: { vector, pg_trgm },
  })
}

/** The path of a tarball of a database with roles, extensions and every migration, made when it is missing. */
async function templateFor(cacheDir: string): Promise<string> {
  const path = join(cacheDir, `pglite-${templateHash()}.tar`)
  if (existsSync(path)) return path
  const pglite = await open(undefined, undefined)
  await pglite.exec(BOOTSTRAP)
  const front = await serve(pglite)
  await prepare(front)
  await front.close()
  const tarball = await pglite.dumpDataDir('none')
  await pglite.close()
  mkdirSync(cacheDir, { recursive: true })
  const draft = `${path}.${randomUUID()}`
  writeFileSync(draft, Buffer.from(await tarball.arrayBuffer()))
  renameSync(draft, path)
  return path
}

/** What a superuser has to do once, and nothing else; a hosted database comes with it. */
export const ROLES = `
  create role ${OWNER} login createrole;
  create role ${APP} login;
  alter schema public owner to ${OWNER};
  grant create on database postgres to ${OWNER};
`
// Nothing needs them; an owner may want them, and could not create them.
const BOOTSTRAP = `${ROLES} create extension vector; create extension pg_trgm;`

function templateHash(): string {
  const manifest = readFileSync(
    new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url),
    'utf8',
  )
  const { version } = JSON.parse(manifest) as { version: string }
  return createHash('sha256').update(`${version}\n${BOOTSTRAP}\n${migrationsHash()}`).digest('hex').slice(0, 16)
}

function serve(pglite: PGlite): Promise<NeonFront> {
  const backend: WireBackend = {
    exchange: async (message) => (await pglite.execProtocol(message, { throwOnError: false })).messages,
  }
  return serveNeonProtocol(backend, [OWNER, APP], 'postgres')
}

/** Gives the rows' first column. PGlite leaves the session to the user of the last request, even where that was set for its transaction only. */
async function asSuperuser(pglite: PGlite, sql: string): Promise<string[]> {
  await pglite.exec('set session authorization postgres')
  const { rows } = await pglite.query<[string]>(sql, [], { rowMode: 'array' })
  return rows.map(([first]) => first)
}

async function prepare(front: NeonFront): Promise<void> {
  const connectionString = front.connectionString(OWNER)
  await migrate({ connectionString, httpEndpoint: front.httpEndpoint, appUser: APP })
}

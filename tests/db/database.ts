import { createHash, randomFillSync } from 'node:crypto'
import { connect, type DatabaseAddress } from '#edge/db/connect.ts'
import { createProjectDb } from '#edge/db/project.ts'
import type { NeonFront } from '#edge/local/neon-endpoint.ts'
import { APP, OWNER, startNeonEndpoint } from '#edge/local/pglite.ts'
import type { ProjectDb } from '#edge/project-db.ts'
import { idToUuid, newId, type ProjectId, type Random } from '#shared/ids.ts'

export const random: Random = (bytes) => void randomFillSync(bytes)

export interface TestDatabase {
  front: NeonFront
  app: DatabaseAddress
  owner: DatabaseAddress
  /** Raw SQL as the Worker's user, or as the schema's owner; no project is entered. */
  asApp: ReturnType<typeof connect>
  asOwner: ReturnType<typeof connect>
  /** A new project, and the door to it. */
  newProject(): Promise<{ projectId: ProjectId; uuid: string; db: ProjectDb }>
  close(): Promise<void>
}

/**
 * A fresh database in memory, behind the endpoint that the Worker talks to. Refuses to go on when the Worker's user could
 * see past row-level security: every test here would then prove nothing.
 */
export async function openTestDatabase(dataDir?: string): Promise<TestDatabase> {
  const front = await start(dataDir)
  const address = (user: string) => ({
    connectionString: front.connectionString(user),
    httpEndpoint: front.httpEndpoint,
  })
  const app = address(APP)
  const owner = address(OWNER)
  const asApp = connect(app)
  const asOwner = connect(owner)
  await assertOrdinaryUser(asApp, APP)
  return {
    ...{ front, app, owner, asApp, asOwner },
    close: () => front.close(),
    newProject: async () => {
      const projectId = newId('project', random)
      const uuid = idToUuid(projectId)
      const organization = idToUuid(newId('organization', random))
      await asOwner.query('insert into organizations (id, name) values ($1, $2)', [organization, 'Test'])
      await asApp.transaction([
        enter(asApp, uuid),
        asApp.query('insert into projects (project_id, organization_id, name) values ($1, $2, $3)', [
          uuid,
          organization,
          'Test',
        ]),
      ])
      return { projectId, uuid, db: createProjectDb(app, projectId) }
    },
  }
}

/** `TEST_DATABASE=postgres` runs the same tests on Debian's PostgreSQL instead of PGlite. */
async function start(dataDir: string | undefined): Promise<NeonFront> {
  if (process.env.TEST_DATABASE !== 'postgres') return startNeonEndpoint({ dataDir })
  return (await import('../bench/postgres-endpoint.ts')).startPostgresEndpoint()
}

/** What ProjectDb sends first in every batch. */
export function enter(sql: TestDatabase['asApp'], uuid: string) {
  return sql.query(`select set_config('role', 'app_rw', true), set_config('app.project_id', $1, true)`, [uuid])
}

async function assertOrdinaryUser(sql: TestDatabase['asApp'], expected: string): Promise<void> {
  const [row] = await sql.query(
    `select current_user, session_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user`,
  )
  const found = JSON.stringify(row)
  const wanted = { current_user: expected, session_user: expected, rolsuper: false, rolbypassrls: false }
  if (found !== JSON.stringify(wanted)) throw new Error(`the tests would run as ${found}`)
}

export function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}

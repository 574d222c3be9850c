import { idToUuid, type ProjectId } from '#shared/ids.ts'
import { connect, type DatabaseAddress } from '../db/connect.ts'

/** Reads documents back as they were ingested, so that the demo shows exactly what the answers cite. */
export type ReadIngested = (path: string) => Promise<string | null>

export function openIngested(address: DatabaseAddress, projectId: ProjectId): ReadIngested {
  const uuid = idToUuid(projectId)
  return async (path) => {
    const sql = connect(address)
    const [, rows] = await sql.transaction([
      sql.query(`select set_config('role', 'app_rw', true), set_config('app.project_id', $1, true)`, [uuid]),
      sql.query(`select content from documents where project_id = $1 and path = $2 and state = 'ready'`, [uuid, path]),
    ])
    return (rows as { content: string | null }[])[0]?.content ?? null
  }
}

import { type SQL, sql } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import { idToUuid, type ProjectId } from '#shared/ids.ts'
import type { UnpaidPlan } from '#shared/plans.ts'
import { type Database, type DatabaseAddress, open, toDatabaseError } from './connect.ts'

/** Statements that run together; their results come in the same order. */
export type Statement = BatchItem<'pg'>

/** The only door to a tenant's tables: a database that acts for one project. */
export interface Scope {
  /** For building statements; running them is `run`'s. */
  readonly db: Database
  /** The project's uuid. RLS holds every row to it; statements name it too, for the sake of the indexes. */
  readonly projectId: string
  /** What holds for its organization where there was never a subscription. */
  readonly unpaidPlan: UnpaidPlan
  /**
   * Runs the statements as `app_rw` for this project, in one transaction and one round trip.
   * Rejects with DatabaseUnavailable when nobody answers.
   */
  run<const Statements extends readonly Statement[]>(statements: Statements): Promise<BatchResponse<Statements>>
}

export function scopeTo(address: DatabaseAddress, project: ProjectId, unpaidPlan: UnpaidPlan = 'local'): Scope {
  const db = open(address)
  const projectId = idToUuid(project)
  return {
    db,
    projectId,
    unpaidPlan,
    run: (statements) => runAsApp(db, { projectId }, statements),
  }
}

/** Databases in which this process has seen that row-level security holds `app_rw`; the first batch looks. */
const proven = new WeakSet<Database>()

/** Nothing, or an error that says so itself: the cast of these words fails, and with it the transaction. */
const PROOF = sql`, (select cast(rolname || ' sees past row-level security' as int) from pg_roles
  where rolname = 'app_rw' and (rolsuper or rolbypassrls))`

/** Whom a batch acts for. What is not named has no rows: neither a tenant's nor a person's. */
export interface ActingFor {
  /** Uuids. */
  projectId?: string
  userId?: string
  organizationId?: string
}

export async function runAsApp<const Statements extends readonly Statement[]>(
  db: Database,
  { projectId = '', userId = '', organizationId = '' }: ActingFor,
  statements: Statements,
): Promise<BatchResponse<Statements>> {
  const account =
    userId || organizationId
      ? sql`, set_config('app.user_id', ${userId}, true), set_config('app.organization_id', ${organizationId}, true)`
      : sql``
  const enter = db.execute(
    sql`select set_config('role', 'app_rw', true), set_config('app.project_id', ${projectId}, true)${account}${proven.has(db) ? sql`` : PROOF}`,
  )
  try {
    const [, ...results] = await db.batch([enter, ...statements])
    proven.add(db)
    return results as BatchResponse<Statements>
  } catch (error) {
    throw toDatabaseError(error)
  }
}

/** Rows handed over as one parameter; `columns` names and types them: `id uuid, path text`. */
export function rowsOf(rows: readonly object[], columns: string): SQL {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(${sql.raw(columns)})`
}

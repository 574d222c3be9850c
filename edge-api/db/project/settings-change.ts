import { eq, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { projects } from '../schema.ts'
import type { Scope } from '../scope.ts'

/**
 * The two statements of every change to what the guard judges by. The first makes changes to one project take turns, so
 * that what the second counts and compares is current; the second makes the change and, only where it changed a row,
 * raises the epoch and notes it in the outbox. `change` is an INSERT, UPDATE or DELETE that returns its rows.
 */
export function changePolicy<Row extends Record<string, unknown>>({ db, projectId }: Scope, change: SQL) {
  const turn = db.select({ one: sql`1` }).from(projects).where(eq(projects.projectId, projectId)).for('update')
  const changed = db.execute<Row>(sql`
    with changed as (${change}),
    raised as (
      update projects set policy_epoch = policy_epoch + 1
      where project_id = ${projectId}::uuid and exists (select from changed)
      returning project_id, policy_epoch
    ),
    noted as (insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from raised)
    select * from changed`)
  return [turn, changed] as const
}

/**
 * The same where what changes is a column of the project's own row, which one statement cannot update twice; `to` is its new
 * value.
 */
export function changeProjectRow({ db, projectId }: Scope, column: PgColumn, to: SQL) {
  const name = sql.identifier(column.name)
  return db.execute(sql`
    with changed as (
      update projects set ${name} = ${to}, policy_epoch = policy_epoch + 1
      where project_id = ${projectId}::uuid and ${name} is distinct from ${to}
      returning project_id, policy_epoch
    )
    insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from changed`)
}

/** For a parameter of a statement. */
export function timestamp(atMs: number | null): SQL {
  return sql`${atMs === null ? null : new Date(atMs).toISOString()}::timestamptz`
}

/** From Postgres' spelling of a time to ISO 8601. */
export function iso(time: string): string
export function iso(time: string | null): string | null
export function iso(time: string | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

import { eq, sql } from 'drizzle-orm'
import type { PolicyLimits } from '../../rules/policy.ts'
import { projects } from '../schema.ts'
import type { Scope } from '../scope.ts'
import type { ProjectSettings } from '../settings.ts'

type LimitSettings = Pick<ProjectSettings, 'readLimits' | 'setAnswersPerDay'>

export function limitSettings(scope: Scope): LimitSettings {
  return {
    readLimits: () => readLimits(scope),
    setAnswersPerDay: (answersPerDay) => setAnswersPerDay(scope, answersPerDay),
  }
}

async function readLimits({ db, projectId, run }: Scope): Promise<Partial<PolicyLimits>> {
  const [[row]] = await run([
    db.select({ limits: projects.limits }).from(projects).where(eq(projects.projectId, projectId)),
  ])
  return row?.limits ?? {}
}

/** Not through settings-change.ts, because the epoch is in the same row: one statement cannot update one row twice. */
async function setAnswersPerDay({ db, projectId, run }: Scope, answersPerDay: number | null): Promise<void> {
  const others = sql`limits - 'answersPerDay'`
  const limits =
    answersPerDay === null ? others : sql`${others} || jsonb_build_object('answersPerDay', ${answersPerDay}::int)`
  await run([
    db.execute(sql`
      with changed as (
        update projects set limits = ${limits}, policy_epoch = policy_epoch + 1
        where project_id = ${projectId}::uuid and limits is distinct from ${limits}
        returning project_id, policy_epoch
      )
      insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from changed`),
  ])
}

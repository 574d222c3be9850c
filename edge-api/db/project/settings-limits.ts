import { eq, sql } from 'drizzle-orm'
import type { PolicyLimits } from '../../rules/policy.ts'
import { projects } from '../schema.ts'
import type { Scope } from '../scope.ts'
import type { ProjectSettings } from '../settings.ts'
import { changeProjectRow } from './settings-change.ts'

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

async function setAnswersPerDay(scope: Scope, answersPerDay: number | null): Promise<void> {
  const others = sql`limits - 'answersPerDay'`
  const limits =
    answersPerDay === null ? others : sql`${others} || jsonb_build_object('answersPerDay', ${answersPerDay}::int)`
  await scope.run([changeProjectRow(scope, projects.limits, limits)])
}

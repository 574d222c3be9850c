import { eq, sql } from 'drizzle-orm'
import { projects } from '../schema.ts'
import type { Scope } from '../scope.ts'
import type { ProjectSettings } from '../settings.ts'
import { changeProjectRow, iso } from './settings-change.ts'

type OwnSettings = Pick<ProjectSettings, 'readProject' | 'rename' | 'setWidget'>

export function projectSettings(scope: Scope): OwnSettings {
  return {
    readProject: () => readProject(scope),
    rename: async (name) => {
      await scope.run([changeProjectRow(scope, projects.name, sql`${name}::text`)])
    },
    setWidget: async (widget) => {
      await scope.run([changeProjectRow(scope, projects.widget, sql`${JSON.stringify(widget)}::jsonb`)])
    },
  }
}

async function readProject({ db, projectId, run }: Scope): ReturnType<OwnSettings['readProject']> {
  const { name, language, widget, createdAt } = projects
  const [[row]] = await run([
    db.select({ name, language, widget, createdAt }).from(projects).where(eq(projects.projectId, projectId)),
  ])
  return row === undefined ? null : { ...row, createdAt: iso(row.createdAt) }
}

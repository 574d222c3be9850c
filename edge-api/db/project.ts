import type { ProjectId } from '#shared/ids.ts'
import { createMemo } from '#shared/memo.ts'
import type { UnpaidPlan } from '#shared/plans.ts'
import type { ProjectDb } from '../project-db.ts'
import type { DatabaseAddress } from './connect.ts'
import { answering } from './project/answers.ts'
import { deliveries } from './project/deliveries.ts'
import { processing } from './project/processing.ts'
import { staging } from './project/staging.ts'
import { threads } from './project/threads.ts'
import { scopeTo } from './scope.ts'

/** A handle on one project's rows. Opening it costs nothing; each method is one transaction in one round trip. */
export function createProjectDb(address: DatabaseAddress, projectId: ProjectId, unpaidPlan?: UnpaidPlan): ProjectDb {
  const scope = scopeTo(address, projectId, unpaidPlan)
  return { ...answering(scope), ...threads(scope), ...staging(scope), ...processing(scope), ...deliveries(scope) }
}

/** Handles kept ready: one holds no connection and no state, so every request of a project may use the same. */
const READY = 1000

export function createProjectDbs(
  address: DatabaseAddress,
  unpaidPlan: UnpaidPlan,
): (projectId: ProjectId) => ProjectDb {
  const ready = createMemo<ProjectDb>(READY)
  return (projectId) => {
    const known = ready.get(projectId)
    if (known !== undefined) return known
    const db = createProjectDb(address, projectId, unpaidPlan)
    ready.set(projectId, db)
    return db
  }
}

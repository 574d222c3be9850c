import type { ProjectId } from '#shared/ids.ts'
import type { ProjectDb } from '../ports.ts'
import type { DatabaseAddress } from './connect.ts'
import { answering } from './project/answers.ts'
import { processing } from './project/processing.ts'
import { staging } from './project/staging.ts'
import { threads } from './project/threads.ts'
import { scopeTo } from './scope.ts'

/** A handle on one project's rows. Opening it costs nothing; each method is one transaction in one round trip. */
export function createProjectDb(address: DatabaseAddress, projectId: ProjectId): ProjectDb {
  const scope = scopeTo(address, projectId)
  return { ...answering(scope), ...threads(scope), ...staging(scope), ...processing(scope) }
}

import type { ProjectId } from '#shared/ids.ts'
import type { Log } from '../log.ts'
import type { PolicyRecords } from '../ports.ts'
import type { PolicySource } from '../rules/policy.ts'

export interface PolicyPublishing {
  records: PolicyRecords
  /** Tells the project's gate; an epoch that it already has is no error. */
  publish(source: PolicySource): Promise<unknown>
}

/**
 * Tells the gate what Postgres says now. The outbox rows go only after the gate has it, so a crash at any line leaves the
 * work to the next caller; telling twice does no harm, since a gate never goes back an epoch.
 */
export async function publishPolicy({ records, publish }: PolicyPublishing, projectId: ProjectId): Promise<void> {
  const source = await records.loadPolicySource(projectId)
  if (source === null) return
  await publish(source)
  await records.policyPublished(projectId, source.epoch)
}

const BATCH = 100

/** What start-up and cron do with what crashes left in the outbox. One project's failure does not hold up the others. */
export async function publishPendingPolicies(publishing: PolicyPublishing): Promise<{ done: number; failed: number }> {
  const projectIds = await publishing.records.pendingPolicies(BATCH)
  const results = await Promise.allSettled(projectIds.map((projectId) => publishPolicy(publishing, projectId)))
  const failed = results.filter(({ status }) => status === 'rejected').length
  return { done: results.length - failed, failed }
}

/**
 * After a change that Postgres has already. False when the gate cannot be told now: the change stands, and the cron or the
 * next change tells it. Throwing would lose what else the change gave, such as a new key's text.
 */
export async function publishChange(publishing: PolicyPublishing, projectId: ProjectId, log: Log): Promise<boolean> {
  try {
    await publishPolicy(publishing, projectId)
    return true
  } catch (error) {
    log.error('policy_unpublished', { projectId, error })
    return false
  }
}

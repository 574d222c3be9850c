import type { ProjectId } from '#shared/ids.ts'
import type { AppPorts } from '../account-ports.ts'
import type { Check } from './context.ts'

/** The project's settings and data, from here on in the project's own scope. Costs nothing until they are used. */
export function openManagement(ports: AppPorts): Check {
  const { accounts, settings, log, random, nowMs } = ports
  return (c) => {
    const projectId = c.get('projectId') as ProjectId
    c.set('db', ports.openProject(projectId))
    c.set('content', accounts.openContent(projectId))
    c.set('management', {
      ...{ projectId, log, random, nowMs, checksumSecrets: settings.checksumSecrets },
      settings: accounts.openSettings(projectId),
      publishing: accounts.publishing,
      readSightings: accounts.readSightings,
    })
    return null
  }
}

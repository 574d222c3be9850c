import { utf8 } from '#shared/bytes.ts'
import type { ProjectId, Random } from '#shared/ids.ts'
import { openSealed, type SealedPlace, type SealingKeys, seal } from '#shared/seal.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { SlackApp } from '../account-ports.ts'
import type { ProjectSlack } from '../db/slack.ts'
import { SlackRefused, SlackUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'

export interface Connecting {
  projectId: ProjectId
  app: SlackApp
  rows: ProjectSlack
  sealingKeys: SealingKeys
  random: Random
  log: Log
}

export type ConnectProblem =
  /** The person said no, or Slack did. */
  | 'slack_refused'
  | 'slack_unavailable'
  /** Another project answers in that workspace. */
  | 'slack_workspace_taken'

/** What came back from Slack's page: the workspace is this project's from here on, or it is told why not. */
export async function connectSlack(
  { projectId, app, rows, sealingKeys, random, log }: Connecting,
  code: string | null,
): Promise<Verdict<{ teamId: string; name: string }, ConnectProblem>> {
  if (code === null) return deny('slack_refused')
  try {
    const { token, ...workspace } = await app.install(code)
    const sealedToken = await seal(sealingKeys, slackTokenPlace(projectId, workspace.teamId), utf8(token), random)
    if ((await rows.connectWorkspace({ ...workspace, sealedToken })) === 'taken') {
      // Not revoked: Slack gives one token for all installations of the app in a workspace, and that one is in use.
      return deny('slack_workspace_taken')
    }
    return allow({ teamId: workspace.teamId, name: workspace.name })
  } catch (error) {
    if (!(error instanceof SlackRefused || error instanceof SlackUnavailable)) throw error
    log.error('slack_not_connected', { projectId, error })
    return deny(error instanceof SlackRefused ? 'slack_refused' : 'slack_unavailable')
  }
}

/** Our token for it is gone at once; `revoked`: Slack has taken it back as well. Null: it was not connected. */
export async function disconnectSlack(
  { projectId, app, rows, sealingKeys, log }: Omit<Connecting, 'app'> & { app: SlackApp | null },
  teamId: string,
): Promise<{ revoked: boolean } | null> {
  const sealed = await rows.readToken(teamId)
  if (sealed === null || !(await rows.disconnectWorkspace(teamId))) return null
  const token = await openSealed(sealingKeys, slackTokenPlace(projectId, teamId), sealed)
  if (!token.ok || app === null) return { revoked: false }
  try {
    await app.revoke(new TextDecoder().decode(token.value))
    return { revoked: true }
  } catch (error) {
    log.error('slack_token_unrevoked', { projectId, teamId, error })
    return { revoked: false }
  }
}

/** Where the token is stored, which its envelope is bound to. */
export function slackTokenPlace(projectId: ProjectId, teamId: string): SealedPlace {
  return { tenant: projectId, table: 'slack_workspaces', column: 'sealed_token', row: teamId }
}

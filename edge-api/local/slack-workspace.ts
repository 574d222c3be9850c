import { parseNamedSecrets } from '#shared/named-secrets.ts'
import type { DatabaseAddress } from '../db/connect.ts'
import { createProjectSlack } from '../db/slack.ts'
import { connectSlack } from '../flows/connect-slack.ts'
import { createSlackApp } from '../providers/slack/slack.ts'
import type { LocalSecrets } from './secrets.ts'
import { consentInSlack, type SlackStandIn } from './slack-stand-in.ts'

/** Adds the app to the stand-in's workspace for the project, as its owner would; the stand-in has forgotten the one before. */
export async function connectLocalWorkspace(
  slack: SlackStandIn,
  { database, secrets, app }: { database: DatabaseAddress; secrets: LocalSecrets; app: string },
): Promise<void> {
  const keys = parseNamedSecrets(secrets.sealingKeys ?? '')
  if (!keys.ok) return
  const { SLACK_CLIENT_ID: clientId = '', SLACK_ENDPOINT: endpoint = '' } = slack.vars
  const { SLACK_CLIENT_SECRET: clientSecret = '' } = slack.secrets
  const redirectUri = `${app}/api/slack/callback`
  const client = createSlackApp({ clientId, clientSecret, endpoint, redirectUri }, fetch)
  const back = new URL(await consentInSlack(client.installUrl('local'), slack.reader.userId))
  const projectId = secrets.ids.project
  const connected = await connectSlack(
    {
      ...{ projectId, app: client, rows: createProjectSlack(database, projectId), sealingKeys: keys.value },
      ...{ random: (bytes) => void crypto.getRandomValues(bytes), log: { info: () => {}, error: () => {} } },
    },
    back.searchParams.get('code'),
  )
  // Another project of this folder may have it: what its owner chose stays.
  if (!connected.ok && connected.reason !== 'slack_workspace_taken') throw new Error(`Slack: ${connected.reason}`)
}

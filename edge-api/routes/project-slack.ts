import { utf8 } from '#shared/bytes.ts'
import type { ProjectId } from '#shared/ids.ts'
import { can } from '#shared/roles.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { connectSlack, disconnectSlack } from '../flows/connect-slack.ts'
import { askingOf } from '../guard/browser.ts'
import type { Endpoint } from '../guard/context.ts'
import { openInstall, sealInstall } from '../rules/slack-install.ts'

/** `GET /api/projects/{id}/slack`: the workspaces that it answers in, and whether one can be connected. */
export function getSlack({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const { app, open } = accounts.slack
    const items = await open(c.get('management').projectId).listWorkspaces()
    return c.json({ items, nextCursor: null, configured: app !== null })
  }
}

/** `POST /api/projects/{id}/slack`: where the browser goes to add the app to a workspace. */
export function postSlack(ports: AppPorts): Endpoint {
  return (c) => {
    const { app } = ports.accounts.slack
    if (app === null) return problem(c, 'conflict', { reason: 'slack_not_configured' })
    if (ports.settings.sealingKeys.size === 0) return problem(c, 'conflict', { reason: 'sealing_off' })
    const { projectId, random } = c.get('management')
    const install = { projectId, nowMs: ports.nowMs(), random }
    return c.json({ url: app.installUrl(sealInstall(keyOf(ports), askingOf(c).tokenHash, install)) })
  }
}

/**
 * `GET /api/slack/callback`: where the browser comes back to, from Slack's page. What stands in for a token of ours is the state,
 * which is bound to the session that asked. Answers with a page to go to.
 */
export function finishSlack(ports: AppPorts): Endpoint {
  return async (c) => {
    const { actor, tokenHash } = askingOf(c)
    const { app } = ports.accounts.slack
    const query = new URL(c.req.url).searchParams
    const projectId = openInstall(keyOf(ports), tokenHash, query.get('state'), ports.nowMs())
    if (projectId === null || app === null) return c.redirect('/#problem=slack_state_wrong', 303)
    // Since they asked, the role or the project may have been taken from them.
    const session = await ports.accounts.db.readSession(tokenHash, projectId)
    if (!session?.projectKnown || !can(session.role, 'webhooks.manage'))
      return c.redirect('/#problem=slack_state_wrong', 303)
    const connected = await connectSlack({ ...connecting(ports, projectId), app }, query.get('code'))
    const page = `/projects/${projectId}/slack`
    if (!connected.ok) return c.redirect(`${page}#problem=${connected.reason}`, 303)
    const { teamId, name } = connected.value
    await ports.accounts.db.addAudit(actor, { action: 'slack.connected', target: teamId, details: { projectId, name } })
    return c.redirect(`${page}#connected=${teamId}`, 303)
  }
}

/** `DELETE /api/projects/{id}/slack/{team}`: nothing is answered there from now on; the token is deleted, and given back to Slack. */
export function deleteSlack(ports: AppPorts): Endpoint {
  return async (c) => {
    const { projectId } = c.get('management')
    const teamId = c.req.param('team') ?? ''
    const { app } = ports.accounts.slack
    const ended = await disconnectSlack({ ...connecting(ports, projectId), app }, teamId)
    if (ended === null) return problem(c, 'not_found')
    const details = { projectId, revoked: ended.revoked }
    await ports.accounts.db.addAudit(c.get('actor'), { action: 'slack.disconnected', target: teamId, details })
    return c.json(ended)
  }
}

const keyOf = ({ settings }: AppPorts) => utf8(settings.sessionSecret)

function connecting({ accounts, settings, random, log }: AppPorts, projectId: ProjectId) {
  return { projectId, rows: accounts.slack.open(projectId), sealingKeys: settings.sealingKeys, random, log }
}

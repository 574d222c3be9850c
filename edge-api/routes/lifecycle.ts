import type { Context } from 'hono'
import * as z from 'zod'
import type { ProjectId } from '#shared/ids.ts'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { exportOrganization, exportProject } from '../flows/export.ts'
import { giveUpAccount, giveUpOrganization, giveUpProject } from '../flows/give-up.ts'
import { refuseField } from '../guard/account-answer.ts'
import { askingOf } from '../guard/browser.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { clearSession } from '../guard/session-cookie.ts'

export const confirmBody = z.object({ confirm: z.string() })

/** `DELETE /api/projects/{id} {confirm}`, its name typed once more: the very next request of its widgets is refused. */
export function deleteProject(ports: AppPorts): Endpoint {
  return async (c) => {
    const project = await c.get('management').settings.readProject()
    if (project === null) return problem(c, 'not_found')
    const refusal = await refuseUnconfirmed(c, project.name, 'name of the project')
    if (refusal !== null) return refusal
    const done = await giveUpProject(ports, c.get('actor'), c.get('projectId') as ProjectId)
    return done ? c.body(null, 204) : problem(c, 'not_found')
  }
}

/** `DELETE /api/organization {confirm}`, its name: with its projects, for everybody who works there. */
export function deleteOrganization(ports: AppPorts): Endpoint {
  return async (c) => {
    const refusal = await refuseUnconfirmed(c, c.get('session').organization.name, 'name of the organization')
    if (refusal !== null) return refusal
    const verdict = await giveUpOrganization(ports, c.get('actor'))
    if (!verdict.ok) return problem(c, 'conflict', { reason: verdict.reason })
    clearSession(c)
    return c.body(null, 204)
  }
}

/** `DELETE /api/account {confirm}`, its address: with the organizations in which nobody else works. */
export function deleteAccount(ports: AppPorts): Endpoint {
  return async (c) => {
    const refusal = await refuseUnconfirmed(c, c.get('actor').email, 'e-mail address of the account')
    if (refusal !== null) return refusal
    const verdict = await giveUpAccount(ports, c.get('actor'))
    if (!verdict.ok) return problem(c, 'conflict', { reason: verdict.reason })
    clearSession(c)
    c.header('clear-site-data', '"cache", "cookies", "storage"')
    return c.body(null, 204)
  }
}

/** `DELETE /api/sessions`: signs this person out everywhere, here too. */
export function deleteSessions({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    await accounts.db.endSessions(c.get('actor'))
    clearSession(c)
    return c.body(null, 204)
  }
}

/** `GET /api/projects/{id}/export`: settings, documents and conversations, as one JSON file. */
export const getProjectExport: Endpoint = (c) => {
  const projectId = c.get('projectId') as ProjectId
  const { settings } = c.get('management')
  return download(c, projectId, exportProject({ projectId, content: c.get('content'), settings }))
}

/** `GET /api/export`: the organization, its people and every project of it. */
export function getExport({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const actor = c.get('actor')
    const [members, invitations, ids] = await Promise.all([
      accounts.db.listMembers(actor),
      accounts.db.listInvitations(actor),
      accounts.db.projectIds(actor),
    ])
    const about = { organization: c.get('session').organization, members, invitations }
    const projects = ids.map((projectId) => ({
      ...{ projectId, content: accounts.openContent(projectId), settings: accounts.openSettings(projectId) },
    }))
    return download(c, actor.organizationId, exportOrganization(about, projects))
  }
}

/** `GET /api/account/export`: what is kept about the person themselves. */
export function getAccountExport({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const { session, actor } = askingOf(c)
    const [organizations, sessions, identities, backupCodesLeft] = await Promise.all([
      accounts.db.listOrganizations(actor.userId),
      accounts.db.listSessions(actor.userId),
      accounts.db.listIdentities(actor.userId),
      accounts.db.countBackupCodes(actor.userId),
    ])
    const account = { ...session.user, organizations, sessions, identities, backupCodesLeft }
    return download(c, actor.userId, pieces(JSON.stringify(account)))
  }
}

async function* pieces(text: string): AsyncGenerator<string> {
  yield text
}

function download(c: Context<Guarded>, name: string, parts: AsyncGenerator<string>): Response {
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
  c.header('content-type', 'application/json')
  c.header('content-disposition', `attachment; filename="pernoex-${name}.json"`)
  return c.body(stream)
}

/** What cannot be undone is typed out first. */
async function refuseUnconfirmed(c: Context<Guarded>, expected: string, what: string): Promise<Response | null> {
  const body = await readJson(c, confirmBody)
  if ('refusal' in body) return body.refusal
  const typed = body.value.confirm.trim().normalize('NFC')
  return typed === expected.normalize('NFC')
    ? null
    : refuseField(c, 'confirm', 'confirmation_differs', `Type the ${what} to confirm.`)
}

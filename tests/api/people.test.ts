import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDashboardClient, type DashboardClient, mailedToken, newPerson } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
let owner: DashboardClient
let project: string
let other: string
beforeAll(async () => {
  harness = await startHarness()
  owner = await newPerson(harness, 'owner@example.com')
  project = (await owner.json<{ id: string }>('POST', '/api/projects', { name: 'Assigned' })).id
  other = (await owner.json<{ id: string }>('POST', '/api/projects', { name: 'Unassigned' })).id
})
afterAll(() => harness.close())

interface Member {
  id: string
  email: string
  role: string
  projectIds: string[]
}

const answerOf = async (answer: Response) => ({
  status: answer.status,
  code: answer.status === 204 ? null : ((await answer.json()) as { code?: string }).code,
})
const members = async (client = owner) => (await client.json<{ items: Member[] }>('GET', '/api/members')).items
const idOf = async (email: string) => (await members()).find((one) => one.email === email)?.id ?? ''
const invite = (email: string, role: string, projectIds: string[] = []) =>
  owner.json<{ id: string; expiresAt: string }>('POST', '/api/invitations', { email, role, projectIds })

async function colleague(email: string, role: string, projectIds: string[] = []): Promise<DashboardClient> {
  const client = await newPerson(harness, email)
  await invite(email, role, projectIds)
  const token = await mailedToken(harness, email, 'invitation')
  expect((await client.send('POST', '/api/invitations/accept', { token })).status).toBe(204)
  return client
}

describe('an invitation', () => {
  test('leads the invited address, and nobody else, into the organization, once', async () => {
    const { id, expiresAt } = await invite(' Ada@Example.com', 'member', [project])
    const hours = (Date.parse(expiresAt) - Date.now()) / 3_600_000
    expect([Math.round(hours), id.startsWith('inv_')]).toEqual([72, true])
    const token = await mailedToken(harness, 'ada@example.com', 'invitation')
    const stranger = createDashboardClient(harness)
    expect(await stranger.json('POST', '/api/invitations/preview', { token })).toMatchObject({
      ...{ organization: { name: 'owner' }, email: 'ada@example.com', role: 'member', invitedBy: 'owner@example.com' },
    })
    expect((await stranger.send('POST', '/api/invitations/accept', { token })).status).toBe(401)
    const mallory = await newPerson(harness, 'mallory@example.com')
    expect(await answerOf(await mallory.send('POST', '/api/invitations/accept', { token }))).toEqual({
      ...{ status: 403, code: 'address_differs' },
    })
    const ada = await newPerson(harness, 'ada@example.com')
    const before = ada.cookies.get('__Host-pnx_session')
    expect((await ada.send('POST', '/api/invitations/accept', { token })).status).toBe(204)
    expect(ada.cookies.get('__Host-pnx_session')).not.toBe(before)
    expect(await ada.json('GET', '/api/session')).toMatchObject({ role: 'member', organization: { name: 'owner' } })
    expect(await answerOf(await ada.send('POST', '/api/invitations/accept', { token }))).toMatchObject({ status: 400 })
    expect(JSON.stringify(await owner.json('GET', '/api/invitations'))).not.toContain('ada@example.com')
    // She has an organization of her own besides, and can go there and back.
    const { items } = await ada.json<{ items: { id: string; current: boolean }[] }>('GET', '/api/organizations')
    expect(items.map(({ current }) => current)).toEqual([true, false])
    expect((await ada.send('PUT', '/api/session/organization', { organizationId: items[1]?.id })).status).toBe(204)
    expect(await ada.json('GET', '/api/session')).toMatchObject({ role: 'owner', organization: { name: 'ada' } })
    const foreign = (await mallory.json<{ items: { id: string }[] }>('GET', '/api/organizations')).items[0]?.id
    expect((await ada.send('PUT', '/api/session/organization', { organizationId: foreign })).status).toBe(404)
  })

  test('runs out, and is dead once revoked', async () => {
    const late = await newPerson(harness, 'late@example.com')
    await invite('late@example.com', 'admin')
    const token = await mailedToken(harness, 'late@example.com', 'invitation')
    await harness.asOwner(`update invitations set expires_at = now() - interval '1 second'`)
    expect((await late.send('POST', '/api/invitations/preview', { token })).status).toBe(400)
    expect((await late.send('POST', '/api/invitations/accept', { token })).status).toBe(400)
    const revoked = await newPerson(harness, 'revoked@example.com')
    const { id } = await invite('revoked@example.com', 'admin')
    const link = await mailedToken(harness, 'revoked@example.com', 'invitation')
    expect((await owner.send('DELETE', `/api/invitations/${id}`)).status).toBe(204)
    expect((await owner.send('DELETE', `/api/invitations/${id}`)).status).toBe(404)
    expect((await revoked.send('POST', '/api/invitations/accept', { token: link })).status).toBe(400)
  })

  test.each([
    [{ email: 'x', role: 'member', projectIds: [] }, 400],
    [{ email: 'x@example.com', role: 'emperor', projectIds: [] }, 400],
    [{ email: 'x@example.com', role: 'member', projectIds: ['prj_0000000000000000000001'] }, 400],
    [{ email: 'x@example.com', role: 'member', projectIds: ["' or true --"] }, 400],
    [{ email: 'x@example.com', role: 'member', projectIds: 'all' }, 400],
    [{ email: 'x@example.com', role: 'member', expiresInHours: 721 }, 400],
    [{ email: 'x@example.com', role: 'member', expiresInHours: 1.5 }, 400],
    [{ email: 'owner@example.com', role: 'member' }, 409],
    [{}, 400],
  ])('to %j is refused and sends nothing', async (body, status) => {
    expect((await owner.send('POST', '/api/invitations', body)).status).toBe(status)
    expect(harness.mailbox.mails().some(({ to }) => to.includes('x@example.com'))).toBe(false)
  })

  test('asks for a recent proof, and for an owner', async () => {
    const admin = await colleague('asking@example.com', 'admin')
    const body = { email: 'y@example.com', role: 'member' }
    expect(await answerOf(await admin.send('POST', '/api/invitations', body))).toEqual({
      ...{ status: 403, code: 'role_insufficient' },
    })
    await harness.asOwner(`update sessions set proved_at = now() - interval '11 minutes'`)
    expect((await answerOf(await owner.send('POST', '/api/invitations', body))).code).toBe('proof_required')
    await harness.asOwner('update sessions set proved_at = now()')
  })
})

describe('a member', () => {
  test('sees the assigned projects only, and of those the content, not the settings', async () => {
    const member = await colleague('member@example.com', 'member', [project])
    const { items } = await member.json<{ items: { id: string }[] }>('GET', '/api/projects')
    expect(items.map(({ id }) => id)).toEqual([project])
    const status = async (method: string, path: string, body?: unknown) =>
      (await member.send(method, path, body)).status
    expect(await status('GET', `/api/projects/${project}/keys`)).toBe(403)
    expect(await status('GET', `/api/projects/${other}/keys`)).toBe(404)
    expect(await status('POST', `/api/projects/${project}/origins`, { rule: 'evil.example' })).toBe(403)
    for (const path of ['/api/members', '/api/audit', '/api/invitations']) expect(await status('GET', path)).toBe(403)
    const id = await idOf('member@example.com')
    expect((await owner.send('PATCH', `/api/members/${id}`, { projectIds: [] })).status).toBe(204)
    expect((await member.json<{ items: unknown[] }>('GET', '/api/projects')).items).toEqual([])
    expect(await status('GET', `/api/projects/${project}/keys`)).toBe(404)
  })

  test('with another role signs in anew and has it then; removed, is out with the next request', async () => {
    const person = await colleague('risen@example.com', 'member')
    const id = await idOf('risen@example.com')
    expect((await owner.send('PATCH', `/api/members/${id}`, { role: 'admin' })).status).toBe(204)
    expect((await person.send('GET', '/api/projects')).status).toBe(401)
    await person.signIn('risen@example.com', 'plum orbit ladder 27')
    expect(await person.json('GET', '/api/session')).toMatchObject({ role: 'admin' })
    expect((await person.send('GET', `/api/projects/${other}/keys`)).status).toBe(200)
    expect((await owner.send('DELETE', `/api/members/${id}`)).status).toBe(204)
    expect((await person.send('GET', '/api/projects')).status).toBe(401)
    await person.signIn('risen@example.com', 'plum orbit ladder 27')
    expect(await person.json('GET', '/api/session')).toMatchObject({ role: 'owner', organization: { name: 'risen' } })
  })

  test('of another organization answers as one that does not exist', async () => {
    const eve = await newPerson(harness, 'eve@example.com')
    const id = await idOf('owner@example.com')
    const shape = async (member: string) => {
      const answer = await eve.send('PATCH', `/api/members/${member}`, { role: 'member' })
      return { ...((await answer.json()) as object), requestId: '', status: answer.status }
    }
    expect(await shape(id)).toEqual(await shape('usr_0000000000000000000001'))
    expect(await shape(id)).toEqual(await shape('nonsense'))
    expect((await eve.send('DELETE', `/api/members/${id}`)).status).toBe(404)
    expect((await eve.send('POST', '/api/organization/owner', { memberId: id })).status).toBe(400)
  })
})

describe('an owner', () => {
  test('is always left', async () => {
    const alone = await newPerson(harness, 'alone@example.com')
    const id = (await members(alone))[0]?.id
    for (const [method, body] of [
      ['PATCH', { role: 'admin' }],
      ['DELETE', undefined],
    ] as const)
      expect(await answerOf(await alone.send(method, `/api/members/${id}`, body))).toEqual({
        ...{ status: 409, code: 'conflict' },
      })
    expect((await alone.send('PATCH', `/api/members/${id}`, {})).status).toBe(400)
  })

  test('hands over in one step, goes on as an admin, and says so in the audit log', async () => {
    const heir = await colleague('heir@example.com', 'admin')
    const memberId = await idOf('heir@example.com')
    const before = owner.cookies.get('__Host-pnx_session')
    expect((await owner.send('POST', '/api/organization/owner', { memberId })).status).toBe(204)
    expect(owner.cookies.get('__Host-pnx_session')).not.toBe(before)
    expect(await owner.json('GET', '/api/session')).toMatchObject({ role: 'admin' })
    await heir.signIn('heir@example.com', 'plum orbit ladder 27')
    expect(await heir.json('GET', '/api/session')).toMatchObject({ role: 'owner', organization: { name: 'owner' } })
    expect((await heir.send('PATCH', '/api/organization', { name: 'Heirs' })).status).toBe(204)
    expect((await owner.send('PATCH', '/api/organization', { name: 'Mine' })).status).toBe(403)
    const audit = await heir.json<{ items: { action: string }[] }>('GET', '/api/audit?limit=100')
    expect(audit.items.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        ...['organization.handed_over', 'organization.renamed', 'invitation.sent', 'invitation.accepted'],
        ...['member.changed', 'member.removed', 'invitation.revoked'],
      ]),
    )
    expect(JSON.stringify(audit)).not.toMatch(/[\w-]{43}/)
  })
})

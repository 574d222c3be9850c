import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewInvitation } from '#edge/db/account/people.ts'
import { type Actor, createAccountDb } from '#edge/db/account.ts'
import { idToUuid, newId, type ProjectId } from '#shared/ids.ts'
import type { Role } from '#shared/roles.ts'
import { openTestDatabase, random, sha256, type TestDatabase } from './database.ts'
import { newPerson, newSession } from './person.ts'

let database: TestDatabase
let ours: Actor
let theirs: Actor
let project: ProjectId
let foreign: ProjectId
beforeAll(async () => {
  database = await openTestDatabase()
  ours = await newPerson(database, 'ours@example.com')
  theirs = await newPerson(database, 'theirs@example.com')
  project = await newProject(ours)
  foreign = await newProject(theirs)
})
afterAll(() => database.close())

const accounts = () => createAccountDb(database.app)
const all = { after: null, limit: 100 }

async function newProject(actor: Actor): Promise<ProjectId> {
  const projectId = newId('project', random)
  await accounts().createProject(actor, { projectId, name: 'Docs' })
  return projectId
}

const invitation = (email: string, token: string, change: Partial<NewInvitation> = {}): NewInvitation => ({
  ...{ id: newId('invitation', random), email, role: 'member', projectIds: [], tokenHash: sha256(token) },
  expiresAtMs: Date.now() + 60_000,
  ...change,
})

/** Somebody new in our organization, by an invitation. */
async function colleague(email: string, role: Role, projectIds: ProjectId[] = []): Promise<Actor> {
  const person = await newPerson(database, email)
  expect(await accounts().invite(ours, invitation(email, email, { role, projectIds }))).toBe('invited')
  const member = { ...person, organizationId: ours.organizationId, role }
  expect(await accounts().acceptInvitation(sha256(email), newSession(member, `of ${email}`))).toBe(true)
  return member
}

const sessionOf = (token: string, projectId: ProjectId | null = null) =>
  accounts().readSession(sha256(token), projectId)
const memberOf = async ({ email }: Actor) => (await accounts().listMembers(ours)).find((one) => one.email === email)

describe('an invitation', () => {
  test('is accepted once, also of two at once, and gives the role and the projects chosen', async () => {
    const person = await newPerson(database, 'once@example.com')
    await accounts().invite(ours, invitation('once@example.com', 'once', { projectIds: [project] }))
    const member: Actor = { ...person, organizationId: ours.organizationId, role: 'member' }
    const accept = (token: string) => accounts().acceptInvitation(sha256('once'), newSession(member, token))
    expect((await Promise.all([accept('s1'), accept('s2')])).sort()).toEqual([false, true])
    expect(await memberOf(member)).toMatchObject({ role: 'member', projectIds: [project] })
    const opened = [await sessionOf('s1', project), await sessionOf('s2', project)].filter((one) => one !== null)
    expect(opened).toMatchObject([{ role: 'member', projectKnown: true, organization: { id: ours.organizationId } }])
    expect((await accounts().listOrganizations(person.userId)).map(({ id }) => id)).toEqual([
      ...[ours.organizationId, person.organizationId],
    ])
    expect((await accounts().readCredentials('once@example.com', [])).account?.organizationId).toBe(ours.organizationId)
  })

  test('is of its address, its time and the latest link only', async () => {
    const person = await newPerson(database, 'address@example.com')
    const other = await newPerson(database, 'other@example.com')
    const accept = (who: Actor, token: string) =>
      accounts().acceptInvitation(sha256(token), newSession({ ...who, organizationId: ours.organizationId }, 'never'))
    await accounts().invite(ours, invitation('address@example.com', 'first'))
    expect(await accept(other, 'first')).toBe(false)
    await accounts().invite(ours, invitation('address@example.com', 'second'))
    expect(await accept(person, 'first')).toBe(false)
    await accounts().invite(ours, invitation('address@example.com', 'late', { expiresAtMs: Date.now() - 1 }))
    expect([await accept(person, 'second'), await accept(person, 'late')]).toEqual([false, false])
    expect(await accounts().readInvitation(sha256('late'))).toBeNull()
    expect(await sessionOf('never')).toBeNull()
    expect(JSON.stringify(await accounts().listInvitations(ours))).not.toContain('address@example.com')
  })

  test('is revoked by its own organization only, with its link', async () => {
    const made = invitation('revoked@example.com', 'revoked', { role: 'admin' })
    await accounts().invite(ours, made)
    expect(await accounts().readInvitation(sha256('revoked'))).toMatchObject({
      ...{ organization: { id: ours.organizationId }, email: 'revoked@example.com', role: 'admin' },
      invitedBy: 'ours@example.com',
    })
    expect(await accounts().revokeInvitation(theirs, made.id)).toBe(false)
    expect(JSON.stringify(await accounts().listInvitations(theirs))).not.toContain('revoked@example.com')
    expect(await accounts().revokeInvitation(ours, made.id)).toBe(true)
    expect(await accounts().readInvitation(sha256('revoked'))).toBeNull()
  })

  test('names projects of the organization only, and nobody who is there already', async () => {
    const to = (email: string, projectIds: ProjectId[]) =>
      accounts().invite(ours, invitation(email, `${email} x`, { projectIds }))
    expect(await to('new@example.com', [project, foreign])).toBe('project_unknown')
    expect(await to('new@example.com', [newId('project', random)])).toBe('project_unknown')
    expect(await to('ours@example.com', [])).toBe('already_member')
    expect(await accounts().readInvitation(sha256('new@example.com x'))).toBeNull()
  })
})

describe('a member', () => {
  test('sees the projects assigned, as long as they are, and no other', async () => {
    const member = await colleague('assigned@example.com', 'member')
    const listed = async () => (await accounts().listProjects(member, all)).items.map(({ id }) => id)
    const assign = (projectIds: ProjectId[]) =>
      accounts().changeMember(ours, { userId: member.userId, role: null, projectIds })
    const known = async () => (await sessionOf('of assigned@example.com', project))?.projectKnown
    expect([await known(), await listed()]).toEqual([false, []])
    expect(await assign([project])).toBe('changed')
    expect([await known(), await listed()]).toEqual([true, [project]])
    expect(await assign([project, foreign])).toBe('project_unknown')
    expect(await assign([])).toBe('changed')
    expect([await known(), await listed()]).toEqual([false, []])
  })

  test('with another role begins anew, and what they have sent out is void', async () => {
    const admin = await colleague('admin@example.com', 'owner')
    await accounts().invite(admin, invitation('friend@example.com', 'friend', { role: 'owner' }))
    expect(await accounts().changeMember(ours, { userId: admin.userId, role: 'owner', projectIds: null })).toBe(
      'changed',
    )
    expect(await sessionOf('of admin@example.com')).not.toBeNull()
    expect(await accounts().changeMember(ours, { userId: admin.userId, role: 'admin', projectIds: null })).toBe(
      'changed',
    )
    expect(await sessionOf('of admin@example.com')).toBeNull()
    expect(await accounts().readInvitation(sha256('friend'))).toBeNull()
  })

  test('is changed and removed by their own organization only', async () => {
    const member = await colleague('foreign@example.com', 'member', [project])
    const change = { userId: member.userId, role: 'owner' as const, projectIds: null }
    expect(await accounts().changeMember(theirs, change)).toBe('unknown')
    expect(await accounts().removeMember(theirs, member.userId)).toBe('unknown')
    expect(await accounts().handOver(theirs, member.userId)).toBe(false)
    expect(await memberOf(member)).toMatchObject({ role: 'member' })
  })

  test('who is removed loses session and projects, also for when they come back', async () => {
    const member = await colleague('removed@example.com', 'member', [project])
    expect(await accounts().removeMember(ours, member.userId)).toBe('removed')
    expect(await accounts().removeMember(ours, member.userId)).toBe('unknown')
    expect(await sessionOf('of removed@example.com')).toBeNull()
    await accounts().invite(ours, invitation('removed@example.com', 'back'))
    expect(await accounts().acceptInvitation(sha256('back'), newSession(member, 'back'))).toBe(true)
    expect(await sessionOf('back', project)).toMatchObject({ projectKnown: false })
  })
})

describe('an organization', () => {
  test('keeps an owner, whatever is tried, also when two leave at once', async () => {
    const [first, second] = [
      await newPerson(database, 'first@example.com'),
      await newPerson(database, 'second@example.com'),
    ]
    const demote = (actor: Actor, { userId }: Actor) =>
      accounts().changeMember(actor, { userId, role: 'member', projectIds: null })
    expect(await demote(first, first)).toBe('last_owner')
    expect(await accounts().removeMember(first, first.userId)).toBe('last_owner')
    await accounts().invite(first, invitation(second.email, 'second', { role: 'owner' }))
    await accounts().acceptInvitation(
      sha256('second'),
      newSession({ ...second, organizationId: first.organizationId }, 'x'),
    )
    const outcomes = await Promise.all([demote(first, first), accounts().removeMember(first, second.userId)])
    expect(outcomes).toContain('last_owner')
    expect((await accounts().listMembers(first)).filter(({ role }) => role === 'owner')).toHaveLength(1)
  })

  test('keeps its owner from the application’s own role, and from whoever owns the schema', async () => {
    const alone = await newPerson(database, 'alone@example.com')
    const values = [idToUuid(alone.organizationId)]
    const { asApp, asOwner } = database
    for (const statement of [
      'delete from memberships where organization_id = $1',
      `update memberships set role = 'admin' where organization_id = $1`,
    ]) {
      const asTheApp = asApp.transaction([
        asApp.query(`select set_config('role', 'app_rw', true), set_config('app.organization_id', $1, true)`, values),
        asApp.query(statement, values),
      ])
      await expect(asTheApp).rejects.toMatchObject({ constraint: 'memberships_owner' })
      await expect(asOwner.query(statement, values)).rejects.toMatchObject({ constraint: 'memberships_owner' })
    }
  })

  test('is handed over in one step, and the one before goes on as an admin', async () => {
    const owner = await newPerson(database, 'before@example.com')
    const heir = await newPerson(database, 'after@example.com')
    await accounts().invite(owner, invitation(heir.email, 'heir'))
    const member = { ...heir, organizationId: owner.organizationId }
    await accounts().acceptInvitation(sha256('heir'), newSession(member, 'heir'))
    expect(await accounts().handOver(owner, owner.userId)).toBe(false)
    expect(await accounts().handOver(owner, theirs.userId)).toBe(false)
    expect(await accounts().handOver(owner, heir.userId)).toBe(true)
    expect((await accounts().listMembers(owner)).map(({ email, role }) => [email, role])).toEqual([
      ['before@example.com', 'admin'],
      ['after@example.com', 'owner'],
    ])
    expect(await sessionOf('heir')).toBeNull()
  })

  test('is entered by those who belong to it only', async () => {
    const enter = (who: Actor, { organizationId }: Actor, token: string) =>
      accounts().enterOrganization(newSession({ ...who, organizationId }, token))
    expect(await enter(theirs, ours, 'intruder')).toBe(false)
    expect(await sessionOf('intruder')).toBeNull()
    expect(await enter(ours, ours, 'home')).toBe(true)
  })
})

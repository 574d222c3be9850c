import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppPorts } from '#edge/account-ports.ts'
import { type Actor, createAccountDb } from '#edge/db/account.ts'
import type { Guarded } from '#edge/guard/context.ts'
import { behind } from '#edge/guard/doors.ts'
import { managementRoutes } from '#edge/management-routes.ts'
import { issueCsrfToken } from '#edge/rules/csrf.ts'
import { newSessionToken } from '#edge/rules/session.ts'
import { utf8 } from '#shared/bytes.ts'
import { idToUuid, newId, type ProjectId } from '#shared/ids.ts'
import { issuePublicKey, issueSecretKey } from '#shared/public-key.ts'
import type { Role } from '#shared/roles.ts'
import { spyWorld } from '../house/spy-ports.ts'
import { openTestDatabase, random, sha256, type TestDatabase } from './database.ts'
import { newPerson, newSession } from './person.ts'

/**
 * Who may: `anyone`; whoever is signed `in`, or `waiting` for their second factor, or either; or by role, O(wner), A(dmin)
 * and M(ember, in the projects they are assigned to). `!` asks for a recent proof. Written by hand, beside shared/roles.ts.
 */
const MATRIX: Record<string, string> = {
  'GET /api/session': 'anyone',
  'POST /api/sign-up': 'anyone',
  'POST /api/verification': 'anyone',
  'POST /api/verification/confirm': 'anyone',
  'GET /api/sign-in': 'anyone',
  'POST /api/sign-in': 'anyone',
  'POST /api/sign-in/second-factor': 'waiting',
  'GET /api/sign-in/google/callback': 'anyone',
  'POST /api/sign-in/apple/callback': 'anyone from anywhere',
  'POST /api/sign-in/:provider': 'anyone',
  'GET /api/identities': 'in',
  'POST /api/identities/:provider': 'in!',
  'DELETE /api/identities/:provider': 'in!',
  'POST /api/password/reset': 'anyone',
  'POST /api/password/reset/confirm': 'anyone',
  'POST /api/sign-out': 'in or waiting',
  'PUT /api/password': 'in',
  'POST /api/proof': 'in',
  'GET /api/second-factor': 'in',
  'POST /api/second-factor': 'in!',
  'DELETE /api/second-factor': 'in!',
  'POST /api/second-factor/confirm': 'in',
  'POST /api/second-factor/backup-codes': 'in!',
  'GET /api/sessions': 'in',
  'GET /api/slack/callback': 'in',
  'DELETE /api/sessions': 'in',
  'DELETE /api/sessions/:id': 'in',
  'PUT /api/session/organization': 'in',
  'GET /api/organizations': 'in',
  'DELETE /api/account': 'in!',
  'GET /api/account/export': 'in!',
  'GET /api/export': 'O!',
  'PATCH /api/organization': 'O',
  'DELETE /api/organization': 'O!',
  'POST /api/organization/owner': 'O!',
  'GET /api/billing': 'O',
  'POST /api/billing/checkout': 'O!',
  'POST /api/billing/portal': 'O!',
  'GET /api/members': 'OA',
  'PATCH /api/members/:id': 'O!',
  'DELETE /api/members/:id': 'O!',
  'GET /api/invitations': 'OA',
  'POST /api/invitations': 'O!',
  'POST /api/invitations/preview': 'anyone',
  'POST /api/invitations/accept': 'in',
  'DELETE /api/invitations/:id': 'O!',
  'GET /api/audit': 'OA',
  'GET /api/projects': 'OAM',
  'POST /api/projects': 'OA',
  'GET /api/projects/:project': 'OAM',
  'PATCH /api/projects/:project': 'OA',
  'DELETE /api/projects/:project': 'OA!',
  'GET /api/projects/:project/export': 'OA',
  'GET /api/projects/:project/origins': 'OA',
  'POST /api/projects/:project/origins': 'OA',
  'POST /api/projects/:project/origins/explain': 'OA',
  'GET /api/projects/:project/origins/observed': 'OA',
  'DELETE /api/projects/:project/origins/:id': 'OA',
  'GET /api/projects/:project/keys': 'OA',
  'POST /api/projects/:project/keys': 'OA!',
  'DELETE /api/projects/:project/keys/:id': 'OA!',
  'POST /api/projects/:project/keys/:id/rotate': 'OA!',
  'GET /api/projects/:project/slack': 'OA',
  'POST /api/projects/:project/slack': 'OA!',
  'DELETE /api/projects/:project/slack/:team': 'OA!',
  'GET /api/projects/:project/webhooks': 'OA',
  'POST /api/projects/:project/webhooks': 'OA!',
  'GET /api/projects/:project/webhooks/deliveries': 'OA',
  'POST /api/projects/:project/webhooks/deliveries/:id/replay': 'OA!',
  'DELETE /api/projects/:project/webhooks/:id': 'OA!',
  'POST /api/projects/:project/webhooks/:id/rotate': 'OA!',
  'GET /api/projects/:project/widget': 'OA',
  'PUT /api/projects/:project/widget': 'OA',
  'GET /api/projects/:project/limits': 'OA',
  'PUT /api/projects/:project/limits': 'OA',
  'GET /api/projects/:project/identity': 'OA',
  'PUT /api/projects/:project/identity': 'OA',
  'POST /api/projects/:project/identity/keys': 'OA!',
  'DELETE /api/projects/:project/identity/keys/:id': 'OA!',
  'GET /api/projects/:project/site': 'OAM',
  'PUT /api/projects/:project/site': 'OA',
  'GET /api/projects/:project/documents': 'OAM',
  'POST /api/projects/:project/documents': 'OA',
  'GET /api/projects/:project/documents/:id': 'OAM',
  'DELETE /api/projects/:project/documents/:id': 'OA',
  'GET /api/projects/:project/conversations': 'OAM',
  'GET /api/projects/:project/conversations/:id': 'OAM',
  'DELETE /api/projects/:project/conversations/:id': 'OA',
  'POST /api/projects/:project/playground': 'OAM',
  'GET /api/projects/:project/jobs/:id': 'OAM',
}

const APP = 'https://app.example.test'
const REACHED = 'reached'

let database: TestDatabase
let app: Hono<Guarded>
const routes: string[] = []
let projects: Record<'assigned' | 'unassigned' | 'foreign', ProjectId>
let cookies: Record<'owner' | 'admin' | 'member' | 'waiting' | 'unproved' | 'expired', string>
let keys: { public: string; secret: string }

beforeAll(async () => {
  database = await openTestDatabase()
  const db = createAccountDb(database.app)
  const owner = await newPerson(database, 'owner@example.com')
  const stranger = await newPerson(database, 'stranger@example.com')
  const project = async (actor: Actor) => {
    const projectId = newId('project', random)
    await db.createProject(actor, { projectId, name: 'Docs' })
    return projectId
  }
  projects = { assigned: await project(owner), unassigned: await project(owner), foreign: await project(stranger) }
  const colleague = async (role: Role) => {
    const person = await newPerson(database, `${role}@colleagues.example`)
    const token = sha256(role)
    const invitation = { id: newId('invitation', random), email: person.email, role, tokenHash: token }
    await db.invite(owner, { ...invitation, projectIds: [projects.assigned], expiresAtMs: Date.now() + 60_000 })
    const member = { ...person, organizationId: owner.organizationId, role }
    await db.acceptInvitation(token, newSession(member, `joining ${role}`))
    return member
  }
  const [admin, member] = [await colleague('admin'), await colleague('member')]
  const signIn = async (actor: Actor, pending = false) => {
    const token = newSessionToken(random)
    await db.openSession(newSession(actor, token, { pending }))
    return token
  }
  cookies = {
    ...{ owner: await signIn(owner), admin: await signIn(admin), member: await signIn(member) },
    ...{ waiting: await signIn(owner, true), unproved: await signIn(owner), expired: await signIn(owner) },
  }
  const age = (column: string, token: string, age: string) =>
    database.asOwner.query(`update sessions set ${column} = now() - $1::interval where token_hash = $2::bytea`, [
      ...[age, `\\x${Buffer.from(sha256(token)).toString('hex')}`],
    ])
  await age('proved_at', cookies.unproved, '11 minutes')
  await age('created_at', cookies.expired, '31 days')
  const newKey = { projectId: projects.assigned, environment: 'live' as const, secrets: KEY_SECRETS, random }
  keys = { public: issuePublicKey(newKey).text, secret: issueSecretKey(newKey).text }
  open(db)
}, 120_000)
afterAll(() => database.close())

const KEY_SECRETS = new Map([['a', new Uint8Array(32).fill(5)]])

/** The real doors before the real database; what stands behind them only says that it was reached. */
function open(db: ReturnType<typeof createAccountDb>): void {
  const world = spyWorld().ports
  const nothing = () => ({}) as never
  const accounts = { ...world.accounts, db, openSettings: nothing, openContent: nothing }
  const ports: AppPorts = { ...world, accounts, openProject: nothing, nowMs: Date.now, rates: null }
  app = new Hono<Guarded>()
  for (const [path, methods] of Object.entries(managementRoutes(ports)))
    for (const [method, { door }] of Object.entries(methods)) {
      routes.push(`${method} ${path}`)
      app.on(
        method,
        [path],
        behind(door, () => new Response(REACHED)),
      )
    }
}

interface Caller {
  cookie?: string
  key?: string
}

async function outcome(route: string, project: ProjectId, { cookie, key }: Caller): Promise<string> {
  const [method = '', path = ''] = route.split(' ')
  const bound = cookie ?? newSessionToken(random)
  const url = new URL(path.replace(':project', project).replace(':id', 'x').replace(':provider', 'google'), APP)
  const headers = new Headers({ origin: APP })
  if (method !== 'GET') headers.set('content-type', 'application/json')
  if (key === undefined) {
    headers.set('cookie', `${cookie === undefined ? '__Host-pnx_pre' : '__Host-pnx_session'}=${bound}`)
    headers.set('x-csrf-token', issueCsrfToken(utf8('s'.repeat(32)), bound, random))
  } else {
    headers.set('authorization', `Bearer ${key}`)
    url.searchParams.set('key', key)
  }
  const body = method === 'GET' || method === 'DELETE' ? null : '{}'
  const context = { waitUntil: (work: Promise<unknown>) => void work, passThroughOnException: () => {} }
  const answer = await app.fetch(new Request(url, { method, headers, body }), {}, context as never)
  const text = await answer.text()
  return text === REACHED ? REACHED : (JSON.parse(text) as { code: string }).code
}

test('every route of the management API has a row, and every row a route', () => {
  expect(Object.keys(MATRIX).sort()).toEqual([...routes].sort())
})

const LETTERS: Record<Role, string> = { owner: 'O', admin: 'A', member: 'M' }

/** What a role gets, from the row alone. */
function expected(route: string, role: Role, project: 'assigned' | 'unassigned' | 'foreign'): string {
  const rule = (MATRIX[route] ?? '').replace('!', '')
  if (rule.startsWith('anyone') || rule === 'in' || rule === 'in or waiting') return REACHED
  if (rule === 'waiting') return 'not_found'
  if (route.includes(':project')) {
    if (project === 'foreign' || (project === 'unassigned' && role === 'member')) return 'not_found'
  }
  return rule.includes(LETTERS[role]) ? REACHED : 'role_insufficient'
}

describe.each(Object.entries(MATRIX))('%s is for %s', (route, rule) => {
  test('by role, in a project assigned, unassigned and of another organization', async () => {
    for (const role of ['owner', 'admin', 'member'] as const)
      for (const place of ['assigned', 'unassigned', 'foreign'] as const)
        expect([role, place, await outcome(route, projects[place], { cookie: cookies[role] })]).toEqual([
          ...[role, place, expected(route, role, place)],
        ])
  })

  test('with no session, an expired one, one that waits, one without a recent proof, and a key', async () => {
    const open = rule.startsWith('anyone')
    const at = (caller: Caller) => outcome(route, projects.assigned, caller)
    const none = open ? REACHED : 'session_missing'
    expect(await at({})).toBe(none)
    expect(await at({ cookie: cookies.expired })).toBe(none)
    expect(await at({ cookie: cookies.waiting })).toBe(
      open || rule.includes('waiting') ? REACHED : 'second_factor_required',
    )
    const proven = rule === 'waiting' ? 'not_found' : REACHED
    expect(await at({ cookie: cookies.unproved })).toBe(rule.endsWith('!') ? 'proof_required' : proven)
    // Reading what anyone may read takes no token; nothing else is opened by a key.
    const byKey = open && (route.startsWith('GET') || rule.endsWith('anywhere')) ? REACHED : 'session_missing'
    for (const key of [keys.public, keys.secret]) expect(await at({ key })).toBe(byKey)
  })
})

test('a project of others answers byte for byte as one that never was', async () => {
  const never = newId('project', random)
  expect(idToUuid(never)).not.toBe(idToUuid(projects.foreign))
  for (const route of routes.filter((one) => one.includes(':project')))
    for (const role of ['owner', 'admin', 'member'] as const) {
      const caller = { cookie: cookies[role] }
      expect(await outcome(route, projects.foreign, caller)).toBe(await outcome(route, never, caller))
    }
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProjectId } from '#shared/ids.ts'
import { type DashboardClient, newPerson, PASSWORD } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

// Each field of each form, with what nobody means well by: refused with the field's name, or taken as plain text. Never a 5xx.

let harness: Harness
let ada: DashboardClient
let projectId: ProjectId
let project: string
beforeAll(async () => {
  harness = await startHarness()
  ada = await newPerson(harness, 'ada@example.com')
  projectId = (await ada.json<{ id: ProjectId }>('POST', '/api/projects', { name: 'Docs' })).id
  project = `/api/projects/${projectId}`
})
afterAll(() => harness.close())

/** Something good in every field, so that the bad one alone is judged. `:project` stands for the project's address. */
const FORMS: [route: string, body: Record<string, unknown>][] = [
  ['POST /api/sign-up', { email: 'eve@example.com', password: PASSWORD, name: 'Eve' }],
  ['POST /api/verification', { email: 'eve@example.com' }],
  ['POST /api/verification/confirm', { token: 'a'.repeat(43) }],
  ['POST /api/password/reset', { email: 'eve@example.com' }],
  ['POST /api/password/reset/confirm', { token: 'a'.repeat(43), password: PASSWORD }],
  ['POST /api/invitations', { email: 'bob@example.com', role: 'member', projectIds: [] }],
  ['POST /api/invitations/preview', { token: 'a'.repeat(43) }],
  ['POST /api/invitations/accept', { token: 'a'.repeat(43) }],
  ['PUT /api/session/organization', { organizationId: 'org_0000000000000000000000' }],
  ['PATCH /api/organization', { name: 'Ada & Co' }],
  ['POST /api/projects', { name: 'More' }],
  ['PATCH :project', { name: 'Docs' }],
  ['POST :project/origins', { rule: 'docs.example.com' }],
  ['POST :project/origins/explain', { origin: 'https://docs.example.com' }],
  ['POST :project/keys', { label: 'Page', environment: 'live', scopes: ['config'] }],
  ['POST :project/documents', { path: 'a.md', content: '# A' }],
  ['PUT :project/site', { siteUrl: 'https://docs.example.com', siteStyle: 'github' }],
  ['POST :project/playground', { question: 'How?' }],
  ['PUT :project/widget', { greeting: 'Hello', starters: ['How?'], handoff: 'help@example.com' }],
  ['POST :project/identity/keys', { kid: 'k', algorithm: 'HS256', secret: Buffer.alloc(40, 7).toString('base64url') }],
  ['POST :project/webhooks', { kind: 'in', provider: 'standard', label: 'CMS' }],
]

const BAD: [what: string, value: unknown][] = [
  ['missing', undefined],
  ['a number', 7],
  ['an object', { $ne: '' }],
  ['90,000 letters', 'x'.repeat(90_000)],
  ['a null byte', 'a\u0000b'],
  ['half a character', 'a\ud800b'],
  ['markup, turned round', '<img src=x onerror=alert(1)>\u202egpj'],
  ['SQL', "'); drop table projects; --"],
]

/** No field is any of these, and each is told so in words. */
const NEVER = new Set(['a number', 'an object'])
/** Nothing takes these but a document's content, as long as it is text, and what is only looked at. */
const UNSTORED = new Set(['90,000 letters', 'a null byte', 'half a character'])
const HARMLESS = new Set([
  'content 90,000 letters',
  'content a null byte',
  'content half a character',
  'origin a null byte',
  'origin half a character',
])

test.each(FORMS)('%s', async (route, good) => {
  const [method = '', path = ''] = route.split(' ')
  const address = path.replace(':project', project)
  for (const field of Object.keys(good))
    for (const [what, value] of BAD) {
      const answer = await ada.send(method, address, { ...good, [field]: value })
      const told = `${field} ${what}: ${answer.status}`
      expect(answer.status, told).toBeLessThan(500)
      if (UNSTORED.has(what) && !HARMLESS.has(`${field} ${what}`))
        expect([400, 404, 413, 422], told).toContain(answer.status)
      if (!NEVER.has(what)) continue
      expect(answer.status, told).toBe(400)
      const { errors = [] } = (await answer.json()) as { errors?: { path: string; message: string }[] }
      expect(errors[0]?.message, told).toMatch(/\S/)
    }
})

test('what was taken is plain text, every job ends, and nothing failed on our side', async () => {
  const { items } = await ada.json<{ items: { name: string }[] }>('GET', '/api/projects?limit=100')
  const names = items.map(({ name }) => name)
  expect(names).toContain("'); drop table projects; --")
  expect(names.some((name) => name.includes('<img src=x'))).toBe(true)
  const jobs = () => harness.asProject(projectId, `select state from jobs where state <> 'done'`)
  await expect.poll(jobs, { timeout: 30_000 }).toEqual([])
  expect(harness.logs().filter(({ message }) => /_failed|_malformed/.test(message))).toEqual([])
})

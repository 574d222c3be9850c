import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromBase32 } from '#edge/rules/base32.ts'
import { totpCode, totpStep } from '#edge/rules/totp.ts'
import type { ProjectId } from '#shared/ids.ts'
import { createDashboardClient, type DashboardClient, mailedToken, newPerson, PASSWORD } from './dashboard-client.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
/** Every secret that the flows below have made, by what it is. */
const planted = new Map<string, string>()
let project: ProjectId
beforeAll(async () => {
  harness = await startHarness({ providers: true })
  await everyFlow()
}, 120_000)
afterAll(() => harness.close())

const NEW_PASSWORD = 'seven quiet harbours'

function plant(name: string, secret: string | undefined): string {
  if (!secret) throw new Error(`no ${name}`)
  planted.set(name, secret)
  return secret
}

const plantCookies = (name: string, { cookies }: DashboardClient) => {
  for (const [cookie, value] of cookies) plant(`${name}: ${cookie}`, value)
}

async function everyFlow(): Promise<void> {
  plant('password', PASSWORD)
  plant('next password', NEW_PASSWORD)
  const ada = await newPerson(harness, 'ada@example.com')
  plant('confirmation link', await mailedToken(harness, 'ada@example.com', 'verify'))
  plantCookies('first session', ada)
  plant('CSRF token', await ada.csrfToken())
  await createDashboardClient(harness).signIn('ada@example.com', plant('mistyped password', 'plum orbit ladder 28'))
  await ada.json('PUT', '/api/password', { current: PASSWORD, next: NEW_PASSWORD })
  await ada.json('POST', '/api/password/reset', { email: 'ada@example.com' })
  plant('reset link', await mailedToken(harness, 'ada@example.com', 'reset'))
  await secondFactor(ada)
  await ada.json('POST', '/api/invitations', { email: 'bob@example.com', role: 'member' })
  plant('invitation link', await mailedToken(harness, 'bob@example.com', 'invitation'))
  await projectSecrets(ada)
  await apple()
  plantCookies('last session', ada)
}

async function secondFactor(ada: DashboardClient): Promise<void> {
  const { secret } = await ada.json<{ secret: string }>('POST', '/api/second-factor')
  plant('TOTP secret', secret)
  plant('TOTP secret, its bytes', Buffer.from(fromBase32(secret) ?? []).toString('latin1'))
  const code = (steps: number) => totpCode(fromBase32(secret) ?? new Uint8Array(), totpStep(Date.now()) + steps)
  const { backupCodes } = await ada.json<{ backupCodes: string[] }>('POST', '/api/second-factor/confirm', {
    code: code(-1),
  })
  for (const [at, backupCode] of backupCodes.entries()) plant(`backup code ${at}`, backupCode)
  const again = createDashboardClient(harness)
  await again.signIn('ada@example.com', NEW_PASSWORD)
  plantCookies('halfway', again)
  await again.json('POST', '/api/sign-in/second-factor', { backupCode: backupCodes[0] })
  plantCookies('second session', again)
}

async function projectSecrets(ada: DashboardClient): Promise<void> {
  const { id } = await ada.json<{ id: ProjectId }>('POST', '/api/projects', { name: 'Docs' })
  project = id
  const made = { label: 'Server', environment: 'live', scopes: ['search'], kind: 'secret' }
  const { key } = await ada.json<{ key: string }>('POST', `/api/projects/${id}/keys`, made)
  await fetch(`${harness.edge}/v1/search?q=zebra`, { headers: { authorization: `Bearer ${plant('secret key', key)}` } })
  const webhook = await ada.json<{ id: string; url?: string; secret: string }>('POST', `/api/projects/${id}/webhooks`, {
    ...{ kind: 'in', provider: 'standard', label: 'CMS' },
  })
  plant('webhook secret', webhook.secret)
  await fetch(`${harness.edge}/webhooks/in/${webhook.id}`, {
    method: 'POST',
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1',
      'webhook-signature': plant('signature', `v1,${'Zm9v'.repeat(8)}`),
    },
    body: '{}',
  })
  const shared = plant(
    'identity secret',
    Buffer.from('a shared secret of many characters, forty').toString('base64url'),
  )
  plant('identity secret, its bytes', 'a shared secret of many characters, forty')
  await ada.json('POST', `/api/projects/${id}/identity/keys`, { kid: 'k1', algorithm: 'HS256', secret: shared })
}

/** The page on which an account is chosen, and the way back. */
async function apple(): Promise<void> {
  const client = createDashboardClient(harness)
  const { url } = await client.json<{ url: string }>('POST', '/api/sign-in/apple')
  plantCookies('journey', client)
  const form = new URLSearchParams(new URL(url).searchParams)
  form.set('email', 'ada@icloud.example')
  const page = await (await fetch(url)).text()
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1] ?? ''
  const answer = await (await fetch(new URL(action, url), { method: 'POST', body: form })).text()
  const fields = new URLSearchParams(
    [...answer.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      ...[name, value.replaceAll('&quot;', '"')],
    ]),
  )
  plant('authorization code', fields.get('code') ?? '')
  await client.send('POST', '/api/sign-in/apple/callback', fields.toString(), {
    ...{ 'content-type': 'application/x-www-form-urlencoded', 'x-csrf-token': '' },
  })
  plantCookies('apple', client)
}

/** As it is, and as whoever stores bytes may write it down. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret, secret.length === 20 && /[^\x20-\x7e]/.test(secret) ? 'latin1' : 'utf8')
  return [secret, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]
}

/** What of the planted is found in a text. */
function found(text: string): string[] {
  return [...planted].flatMap(([name, secret]) => (spellings(secret).some((one) => text.includes(one)) ? [name] : []))
}

async function everyRow(): Promise<string> {
  const tables = await harness.asOwner(
    `select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  )
  const rowsOf = ({ name }: Record<string, unknown>) => `select t::text as row from "${name}" t`
  const dumps = await Promise.all(
    tables.map(async (table) => {
      const seen = await harness.asOwner(rowsOf(table))
      // What belongs to a project shows itself to the project only; some tables are not the application's at all.
      return seen.length > 0 ? seen : harness.asProject(project, rowsOf(table)).catch(() => [])
    }),
  )
  return dumps.flatMap((rows) => rows.map(({ row }) => String(row))).join('\n')
}

/** Durable Objects and whatever else workerd keeps on the disk, byte for byte. */
function everyFile(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

test('enough was planted', () => {
  expect(planted.size).toBeGreaterThan(30)
})

test('no row of the database has a secret in plain text', async () => {
  const rows = await everyRow()
  // The search would find what is there.
  expect(rows).toContain('ada@example.com')
  expect(rows).toContain('bob@example.com')
  // Tables of the project are among them: the webhook's row, the keys.
  for (const label of ['CMS', 'Server', 'HS256']) expect(rows).toContain(label)
  expect(found(rows)).toEqual([])
  expect(found(`${rows} ${planted.get('TOTP secret')}`)).toEqual(['TOTP secret'])
})

test('no line of the log has one', () => {
  const lines = JSON.stringify(harness.logs())
  expect(found(lines)).toEqual([])
})

test('nothing that Durable Objects store has one', () => {
  const files = everyFile(harness.stateFolder)
  // The policy is there, so the search looks at the right place.
  expect(files).toContain(project)
  expect(files).toContain('"epoch"')
  expect(found(files)).toEqual([])
})

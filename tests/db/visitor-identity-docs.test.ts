import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { identifyVisitor } from '#edge/flows/identify-visitor.ts'
import { addIdentityKey } from '#edge/flows/manage-identity.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'
import { managed } from './manage.ts'

const page = readFileSync(new URL('../../examples/docs/visitor-identity.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '')

// Inside the project, so that what the page imports is found.
const folder = new URL(`../../dist/test-identity-${process.pid}/`, import.meta.url)
let database: TestDatabase
beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  database = await openTestDatabase()
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
  await database.close()
})

test('who follows the handbook has a key registered and signs tokens that are accepted', async () => {
  const { projectId } = await database.newProject()
  const pair = generateKeyPairSync('ed25519')
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString().trim()
  const [body = ''] = blocks('json')
  const { management, policy } = managed(database, projectId)
  const given = { ...(JSON.parse(body) as { algorithm: string; kid: string }), publicKey }
  expect(await addIdentityKey({ ...management, sealingKeys: new Map() }, given)).toMatchObject({ ok: true })
  const { visitors } = policy()
  vi.stubEnv('IDENTITY_PRIVATE_KEY', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  vi.stubEnv('PERNOEX_PROJECT', projectId)
  const signers = blocks('js')
  expect(signers).toHaveLength(2)
  for (const [n, code] of signers.entries()) {
    const file = new URL(`${n}.mjs`, folder)
    writeFileSync(file, code)
    const { visitorToken } = await import(/* @vite-ignore */ pathToFileURL(file.pathname).href)
    const token: string = await visitorToken('user-42')
    const identifying = { projectId, policy: visitors, sealingKeys: new Map(), nowMs: Date.now() }
    const verdict = await identifyVisitor(token, identifying)
    expect(verdict).toMatchObject({ ok: true, value: { subject: 'user-42' } })
  }
})

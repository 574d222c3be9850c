import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createSystemDb } from '#edge/db/system.ts'
import { identifyVisitor } from '#edge/flows/identify-visitor.ts'
import { compilePolicy } from '#edge/rules/policy.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'

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
  const { projectId, uuid } = await database.newProject()
  const pair = generateKeyPairSync('ed25519')
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString().trim()
  const [sql = ''] = blocks('sql')
  const statements = sql
    .replace('00000000-0000-0000-0000-000000000000', uuid)
    .replace(/-----BEGIN PUBLIC KEY-----[^']*/, publicKey)
    .split(';\n')
    .filter((statement) => statement !== '' && statement !== 'begin' && statement !== 'commit')
  expect(statements).toHaveLength(5)
  await database.asOwner.transaction(statements.map((statement) => database.asOwner.query(statement)))

  const system = createSystemDb(database.app)
  expect(await system.pendingPolicies(10)).toEqual([projectId])
  const source = await system.loadPolicySource(projectId)
  if (source === null) throw new Error('the project is gone')
  const { visitors } = compilePolicy(source)
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

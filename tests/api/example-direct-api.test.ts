import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, startHarness, type TestProject } from './harness.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/03-direct-api/', import.meta.url))
const QUESTION = 'How do I roll back a "deployment"?'

let harness: Harness
let project: TestProject

beforeAll(async () => {
  harness = await startHarness()
  project = await harness.createProject()
  await project.ingest({
    'rollback.md':
      '# Deployments\n\n## Roll back\n\nRun `fernway rollback` to roll back a deployment to the version before it.\n',
  })
})
afterAll(() => harness.close())

interface Ran {
  code: number | null
  out: string
  errors: string
}

/** As a person would: the example's file, with the environment that its README names. */
function run(command: string, file: string, env: { key: string; origin?: string }): Promise<Ran> {
  const variables = { PERNOEX_API: harness.edge, PERNOEX_KEY: env.key, PERNOEX_ORIGIN: env.origin }
  const child = spawn(command, [EXAMPLE + file, QUESTION], { env: { PATH: process.env.PATH, ...variables } })
  const ran: Ran = { code: null, out: '', errors: '' }
  child.stdout.on('data', (text) => {
    ran.out += text
  })
  child.stderr.on('data', (text) => {
    ran.errors += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ ...ran, code }))
  })
}

test('ask.ts prints an answer with its sources for a secret key', async () => {
  const ran = await run(process.execPath, 'ask.ts', { key: project.secretKey })
  expect(ran).toMatchObject({ code: 0, errors: '' })
  expect(ran.out).toContain('fernway rollback')
  expect(ran.out).toContain('(answered)')
  expect(ran.out).toContain('https://docs.example/rollback.md#roll-back')
})

test('ask.ts does the same for a public key and an allowed origin', async () => {
  const ran = await run(process.execPath, 'ask.ts', { key: project.publicKey, origin: project.origin })
  expect(ran).toMatchObject({ code: 0, errors: '' })
  expect(ran.out).toContain('[1] Deployments › Roll back')
})

test('ask.ts says in one line why it was refused, and the database was not asked', async () => {
  harness.database.reset()
  const elsewhere = await run(process.execPath, 'ask.ts', {
    key: project.publicKey,
    origin: 'https://elsewhere.example',
  })
  expect(elsewhere).toMatchObject({ code: 1, out: '' })
  expect(elsewhere.errors).toMatch(/^origin_not_allowed: .+\n$/)
  const nowhere = await run(process.execPath, 'ask.ts', { key: project.publicKey })
  expect(nowhere.errors).toMatch(/^origin_missing: /)
  const mistyped = await run(process.execPath, 'ask.ts', { key: `${project.secretKey.slice(0, -1)}-` })
  expect(mistyped.errors).toMatch(/^key_malformed: /)
  expect(harness.database.statements()).toBe(0)
})

test.skipIf(spawnSync('curl', ['--version']).error !== undefined)(
  'ask.sh prints the events of the answer with either key, and the problem of a refusal',
  async () => {
    for (const access of [{ key: project.secretKey }, { key: project.publicKey, origin: project.origin }]) {
      const ran = await run('sh', 'ask.sh', access)
      expect(ran).toMatchObject({ code: 0, errors: '' })
      expect(ran.out).toContain('event: answer.done')
      expect(ran.out).toContain('fernway rollback')
    }
    const refused = await run('sh', 'ask.sh', { key: project.publicKey, origin: 'https://elsewhere.example' })
    expect(refused.code).not.toBe(0)
    expect(JSON.parse(refused.out)).toMatchObject({ status: 403, code: 'origin_not_allowed' })
  },
)

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identitySecretPlace } from '#edge/flows/identify-visitor.ts'
import { toHex, utf8 } from '#shared/bytes.ts'
import { idToUuid } from '#shared/ids.ts'
import { seal } from '#shared/seal.ts'
import type { Answer, Problem } from '#shared/wire.ts'
import { hs256, makeToken, newIdentityKeyId, newSigner, type Sign } from '../unit/identity-tokens.ts'
import { type Harness, startHarness, type TestProject } from './harness.ts'

const SECRET = utf8('a shared secret of more than 32 bytes')
const signers = { EdDSA: newSigner('EdDSA'), ES256: newSigner('ES256'), RS256: newSigner('RS256') }
const signs: Record<string, Sign> = {
  EdDSA: signers.EdDSA.sign,
  ES256: signers.ES256.sign,
  RS256: signers.RS256.sign,
  HS256: hs256(SECRET),
}
const ANSWERS_PER_DAY = 9

let harness: Harness
let project: TestProject
beforeAll(async () => {
  harness = await startHarness({ limits: 'on' })
  project = await harness.createProject()
  await project.ingest({ 'port.md': '# Options\n\n## server.port\n\nThe port that the server listens on.\n' })
  for (const { key, publicKey } of Object.values(signers))
    await project.sql(
      `insert into identity_keys (project_id, id, kid, algorithm, public_key)
       select project_id, $1, $2, $3, $4 from projects`,
      [idToUuid(key.id), key.kid, key.algorithm, publicKey],
    )
  const id = idToUuid(newIdentityKeyId())
  const place = identitySecretPlace(project.projectId, id)
  const envelope = await seal(project.sealingKeys, place, SECRET, (bytes) => void crypto.getRandomValues(bytes))
  await project.sql(
    `insert into identity_keys (project_id, id, kid, algorithm, sealed_secret)
     select project_id, $1, 'HS256', 'HS256', $2 from projects`,
    [id, `\\x${toHex(envelope)}`],
  )
  await change(`update projects set limits = '{"answersPerDay":${ANSWERS_PER_DAY}}'`)
  // So that it remembers a policy that is about to change.
  expect((await project.get('/v1/config')).status).toBe(200)
})
afterAll(() => harness.close())

/** The Worker that answers remembers the policy before it. */
async function change(sql: string): Promise<void> {
  await project.sql(sql)
  await project.publish()
}

const now = () => Math.floor(Date.now() / 1000)
const claims = (more: object = {}) => ({
  sub: 'user-42@example.com',
  aud: project.projectId,
  exp: now() + 600,
  ...more,
})
const token = (algorithm = 'EdDSA', more: object = {}) =>
  makeToken(signs[algorithm] as Sign, { alg: algorithm, kid: algorithm }, claims(more))
const ask = (identity?: unknown) =>
  project.post('/v1/answers', { question: 'server.port', identity }, { headers: { Accept: 'application/json' } })

async function marks(): Promise<unknown[]> {
  const rows = await project.sql(`select encode(visitor_hash, 'hex') as mark from conversations order by created_at`)
  return rows.map(({ mark }) => mark)
}

describe('in the running Worker', () => {
  test('a token of every algorithm is answered; the conversation keeps a mark, and no row the name', async () => {
    for (const algorithm of Object.keys(signs)) {
      const response = await ask(token(algorithm))
      expect([algorithm, response.status]).toEqual([algorithm, 200])
      expect(((await response.json()) as Answer).outcome).toBe('answered')
    }
    expect((await ask()).status).toBe(200)
    const [first, ...more] = await marks()
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(more).toEqual([first, first, first, null])
    const [row] = await project.sql(
      `select (select jsonb_agg(c) from conversations c)::text || (select jsonb_agg(m) from messages m)::text as text`,
    )
    expect(row?.text).not.toContain('user-42')
  })

  test('a bad token is a problem on the field, readable by the page, and costs no SQL and no quota', async () => {
    harness.database.reset()
    const swapped = makeToken(hs256(signers.RS256.publicKey), { alg: 'HS256', kid: 'RS256' }, claims())
    const forged = makeToken(newSigner('EdDSA').sign, { alg: 'EdDSA', kid: 'EdDSA' }, claims())
    const expired = token('ES256', { exp: now() - 61 })
    const tokens = ['', 'x', swapped, expired, forged, token('EdDSA', { aud: 'prj_other' }), 'x'.repeat(4097)]
    const messages = new Set<string>()
    for (const bad of tokens) {
      const response = await ask(bad)
      const problem = (await response.json()) as Problem
      expect([bad, response.status, problem.code]).toEqual([bad, 400, 'body_invalid'])
      expect(problem.errors).toEqual([{ path: 'identity', message: expect.any(String) }])
      expect(response.headers.get('access-control-allow-origin')).toBe(project.origin)
      expect(response.headers.get('ratelimit')).toBeNull()
      messages.add(problem.errors?.[0]?.message ?? '')
    }
    expect(messages.size).toBe(6)
    for (const type of [7, null, {}, ['x']]) expect((await ask(type)).status).toBe(400)
    expect(harness.database.statements()).toBe(0)
    const next = await ask(token())
    expect(next.headers.get('ratelimit')).toContain(`"day";r=${ANSWERS_PER_DAY - 6};`)
  })

  test('a project that enforces identity refuses the very next question without a token, whatever the key', async () => {
    expect((await project.get('/v1/config')).status).toBe(200)
    await change('update projects set enforce_identity = true')
    harness.database.reset()
    const missing = await ask()
    expect([missing.status, ((await missing.json()) as Problem).errors?.[0]?.path]).toEqual([400, 'identity'])
    const server = await fetch(`${harness.edge}/v1/answers`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${project.secretKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ question: 'server.port' }),
    })
    expect(server.status).toBe(400)
    expect(harness.database.statements()).toBe(0)
    expect((await ask(token('RS256'))).status).toBe(200)
  })

  test('from the very next question on, a key that is no longer registered signs for nobody', async () => {
    await change(`delete from identity_keys where kid = 'EdDSA'`)
    expect((await ask(token('EdDSA'))).status).toBe(400)
    expect((await ask(token('ES256'))).status).toBe(200)
  })

  test('a lower quota for the day stops the very next question, and the policy that is told is the new one', async () => {
    await change(`update projects set limits = '{"answersPerDay":1}'`)
    const refused = await ask(token('ES256'))
    expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([429, 'quota_exceeded'])
    expect(refused.headers.get('ratelimit-policy')).toMatch(/^"day";q=1;w=86400, "visitor";q=20;w=60, /)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('neither token nor name is ever in the log', async () => {
    const log = JSON.stringify(harness.logs())
    expect(log).not.toContain('user-42')
    expect(log).not.toContain(token().slice(0, 20))
  })
})

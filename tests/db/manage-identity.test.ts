import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { identifyVisitor } from '#edge/flows/identify-visitor.ts'
import {
  addIdentityKey,
  enforceIdentity,
  type IdentityManagement,
  readIdentity,
  removeIdentityKey,
} from '#edge/flows/manage-identity.ts'
import { MAX_IDENTITY_KEYS } from '#edge/rules/settings.ts'
import { newId, type ProjectId } from '#shared/ids.ts'
import { hs256, makeToken, newSigner, type Sign } from '../unit/identity-tokens.ts'
import { openTestDatabase, random, type TestDatabase } from './database.ts'
import { type ManagedWorld, managed, NOW_MS } from './manage.ts'

const sealingKeys = new Map([['a', new Uint8Array(32).fill(4)]])
const SECRET = Buffer.from('a shared secret of more than 32 bytes')

let database: TestDatabase
let projectId: ProjectId
let world: ManagedWorld
let management: IdentityManagement
beforeAll(async () => {
  database = await openTestDatabase()
})
beforeEach(async () => {
  projectId = (await database.newProject()).projectId
  world = managed(database, projectId)
  management = { ...world.management, sealingKeys }
})
afterAll(() => database.close())

function identify(sign: Sign, alg: string, kid?: string) {
  const token = makeToken(sign, { alg, kid }, { sub: 'ada', aud: projectId, exp: NOW_MS / 1000 + 60 })
  return identifyVisitor(token, { projectId, policy: world.policy().visitors, sealingKeys, nowMs: NOW_MS })
}

test('a key of every algorithm is registered, published and verifies; removed, it verifies nothing', async () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    const { sign, publicKey } = newSigner(algorithm)
    const added = await addIdentityKey(management, { algorithm, kid: algorithm, publicKey })
    if (!added.ok) throw new Error(added.reason)
    expect(added.value.published).toBe(true)
    expect(await identify(sign, algorithm, algorithm)).toEqual({
      ok: true,
      value: { subject: 'ada', keyId: added.value.id },
    })
    expect(await removeIdentityKey(management, added.value.id)).toEqual({ ok: true, value: { published: true } })
    expect(await identify(sign, algorithm, algorithm)).toEqual({ ok: false, reason: 'key_unknown' })
    expect(await removeIdentityKey(management, added.value.id)).toEqual({ ok: false, reason: 'identity_key_unknown' })
  }
})

test('a shared secret is stored sealed, and nobody is shown it again', async () => {
  const secret = SECRET.toString('base64url')
  expect((await addIdentityKey(management, { algorithm: 'HS256', secret })).ok).toBe(true)
  expect(await identify(hs256(SECRET), 'HS256')).toMatchObject({ ok: true, value: { subject: 'ada' } })
  const seen = JSON.stringify([await readIdentity(management), world.gate.published])
  expect(seen).toContain('HS256')
  expect(seen).not.toContain(secret)
  const off = { ...management, sealingKeys: new Map() }
  expect(await addIdentityKey(off, { algorithm: 'HS256', kid: 'x', secret })).toEqual({
    ok: false,
    reason: 'sealing_off',
  })
})

test('what could verify nothing, or would give a secret away, is not registered', async () => {
  const { publicKey } = newSigner('EdDSA')
  const pem = (type: 'spki' | 'pkcs8', bits: number) => {
    const pair = generateKeyPairSync('rsa', { modulusLength: bits })
    return (
      type === 'spki' ? pair.publicKey.export({ type, format: 'pem' }) : pair.privateKey.export({ type, format: 'pem' })
    ).toString()
  }
  const refused: [Parameters<typeof addIdentityKey>[1], string][] = [
    [{ algorithm: 'none', publicKey }, 'identity_algorithm_invalid'],
    [{ algorithm: 'RS512', publicKey }, 'identity_algorithm_invalid'],
    [{ algorithm: 'EdDSA', kid: '', publicKey }, 'identity_kid_invalid'],
    [{ algorithm: 'EdDSA', kid: 'a b', publicKey }, 'identity_kid_invalid'],
    [{ algorithm: 'EdDSA' }, 'identity_key_invalid'],
    [{ algorithm: 'ES256', publicKey }, 'identity_key_invalid'],
    [{ algorithm: 'RS256', publicKey: pem('spki', 1024) }, 'identity_key_invalid'],
    [{ algorithm: 'RS256', publicKey: pem('pkcs8', 2048) }, 'identity_key_invalid'],
    [{ algorithm: 'HS256', publicKey }, 'identity_secret_invalid'],
    [{ algorithm: 'HS256', secret: Buffer.alloc(31).toString('base64url') }, 'identity_secret_invalid'],
  ]
  for (const [input, reason] of refused) expect(await addIdentityKey(management, input)).toEqual({ ok: false, reason })
  expect(await readIdentity(management)).toEqual({ enforced: false, keys: [] })
})

test('one kid is one key, and a project has a bounded number of them', async () => {
  const { publicKey } = newSigner('EdDSA')
  const add = (kid: string | null) => addIdentityKey(management, { algorithm: 'EdDSA', kid, publicKey })
  for (const kid of [null, 'a']) {
    expect((await add(kid)).ok).toBe(true)
    expect(await add(kid)).toEqual({ ok: false, reason: 'identity_kid_duplicate' })
  }
  const { settings } = management
  for (let n = 2; n < MAX_IDENTITY_KEYS; n++) {
    const key = {
      id: newId('identityKey', random),
      kid: String(n),
      algorithm: 'EdDSA',
      publicKey,
      sealedSecret: null,
    } as const
    expect(await settings.addIdentityKey(key)).toBe('added')
  }
  expect(await add('another')).toEqual({ ok: false, reason: 'identity_keys_full' })
})

test('enforcing is published, and saying it again changes nothing', async () => {
  await enforceIdentity(management, true)
  expect(world.policy().visitors.enforced).toBe(true)
  const { epoch } = world.policy()
  await enforceIdentity(management, true)
  expect(world.policy().epoch).toBe(epoch)
  await enforceIdentity(management, false)
  expect(world.policy().visitors.enforced).toBe(false)
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProjectSettings, type ProjectSettings } from '#edge/db/settings.ts'
import { type EndpointId, issueEndpointId } from '#shared/endpoint-id.ts'
import { type IdentityKeyId, type KeyId, newId, type OriginRuleId } from '#shared/ids.ts'
import { openTestDatabase, random, type TestDatabase } from './database.ts'
import { SECRETS } from './manage.ts'
import { snapshot } from './snapshot.ts'

const NOW_MS = Date.UTC(2030, 0, 15)
const BODY = 'AbCdEfGhIjKlMn'

let database: TestDatabase
let uuid: string
let ours: ProjectSettings
let theirs: ProjectSettings
let ruleId: OriginRuleId
let keyId: KeyId
let identityKeyId: IdentityKeyId
let endpointId: EndpointId

beforeAll(async () => {
  database = await openTestDatabase()
  const [own, other] = [await database.newProject(), await database.newProject()]
  uuid = own.uuid
  ours = createProjectSettings(database.app, own.projectId)
  theirs = createProjectSettings(database.app, other.projectId)
  ruleId = newId('originRule', random)
  keyId = newId('key', random)
  await ours.addRule(rule(ruleId), NOW_MS)
  await ours.addKey(key(keyId))
  await ours.setAnswersPerDay(7)
  await ours.setWidget({ greeting: 'Ours' })
  identityKeyId = newId('identityKey', random)
  await ours.addIdentityKey(identityKey(identityKeyId))
  await ours.enforceIdentity(true)
  endpointId = issueEndpointId({ projectId: own.projectId, secrets: SECRETS, random })
  await ours.addEndpoint(endpoint())
  const delivery = { endpoint: endpointId, eventId: 'msg_1', receivedAtMs: NOW_MS, occurredAtMs: NOW_MS }
  await own.db.beginDelivery({ ...delivery, type: 'documents.upsert', body: new Uint8Array([123]) })
  await own.db.endDelivery(delivery, 'dead', 'It was no use.')
})
afterAll(() => database.close())

const rule = (id: OriginRuleId) => ({ id, rule: 'example.com', otherSpelling: null, expiresAtMs: null })
const key = (id: KeyId) => ({
  ...({ id, kind: 'public', environment: 'live', label: 'L', expiresAtMs: null } as const),
  scopes: ['config' as const],
  identity: { body: BODY, secretHash: null },
})

const identityKey = (id: IdentityKeyId) => ({
  ...({ id, kid: 'k', algorithm: 'EdDSA', sealedSecret: null } as const),
  publicKey: '-----BEGIN PUBLIC KEY-----',
})

const endpoint = () => ({
  ...({ id: endpointId, kind: 'in', provider: 'standard', label: 'L' } as const),
  sealedSecret: new Uint8Array([1, 2]),
})

const FIRST_PAGE = { after: null, limit: 9 }

/** Each method called on another project's handle with our ids: nothing of ours may come out, or change. */
const attempts: { [Method in keyof ProjectSettings]: (settings: ProjectSettings) => Promise<unknown> } = {
  listRules: async (settings) => expect(await settings.listRules()).toEqual([]),
  pageOfRules: async (settings) => expect(await settings.pageOfRules(FIRST_PAGE)).toEqual([]),
  // Same ids and texts, other project: neither a conflict nor a merge with ours.
  addRule: async (settings) => expect(await settings.addRule(rule(ruleId), NOW_MS)).toBe('added'),
  removeRule: async (settings) => {
    await settings.removeRule(ruleId)
    expect(await settings.removeRule(ruleId)).toBe(false)
  },
  pageOfKeys: async (settings) => expect(await settings.pageOfKeys(FIRST_PAGE)).toEqual([]),
  findKey: async (settings) => expect(await settings.findKey(keyId)).toBeNull(),
  replaceKey: async (settings) => {
    const identity = { body: 'BbCdEfGhIjKlMn', secretHash: null }
    const replacement = { oldId: keyId, newId: newId('key', random), identity, expiresAtMs: null, revokeAtMs: NOW_MS }
    expect(await settings.replaceKey(replacement, NOW_MS)).toBe('not_active')
  },
  revokeKey: async (settings) => expect(await settings.revokeKey(keyId, NOW_MS)).toBe('unknown'),
  addKey: async (settings) => expect(await settings.addKey(key(keyId))).toBe('added'),
  readProject: async (settings) => expect(await settings.readProject()).toMatchObject({ name: 'Test', widget: {} }),
  rename: (settings) => settings.rename('Theirs'),
  setWidget: (settings) => settings.setWidget({ greeting: 'Theirs' }),
  readLimits: async (settings) => expect(await settings.readLimits()).toEqual({}),
  setAnswersPerDay: (settings) => settings.setAnswersPerDay(9),
  readIdentity: async (settings) => expect(await settings.readIdentity()).toEqual({ enforced: false, keys: [] }),
  removeIdentityKey: async (settings) => expect(await settings.removeIdentityKey(identityKeyId)).toBe(false),
  addIdentityKey: async (settings) => expect(await settings.addIdentityKey(identityKey(identityKeyId))).toBe('added'),
  enforceIdentity: (settings) => settings.enforceIdentity(true),
  listEndpoints: async (settings) => expect(await settings.listEndpoints()).toEqual([]),
  addEndpoint: async (settings) => expect(await settings.addEndpoint(endpoint())).toBe('added'),
  rotateEndpoint: async (settings) => {
    await settings.removeEndpoint(endpointId)
    expect(await settings.rotateEndpoint(endpointId, new Uint8Array([9]), NOW_MS)).toBeNull()
  },
  removeEndpoint: async (settings) => {
    await settings.removeEndpoint(endpointId)
    expect(await settings.removeEndpoint(endpointId)).toBe(false)
  },
  pageOfDeliveries: async (settings) => expect(await settings.pageOfDeliveries(FIRST_PAGE)).toEqual([]),
  replayDelivery: async (settings) => {
    const [delivery] = await ours.pageOfDeliveries(FIRST_PAGE)
    if (!delivery) throw new Error('nothing to replay')
    expect(await settings.replayDelivery(delivery.item.id)).toBeNull()
  },
}

describe("one project's settings never reach another's", () => {
  test('every method of ProjectSettings is tried', () => {
    expect(Object.keys(attempts).sort()).toEqual(Object.keys(ours).sort())
  })

  test.each(Object.keys(attempts) as (keyof ProjectSettings)[])(
    '%s sees and changes no row of another project',
    async (method) => {
      const before = await snapshot(database, uuid)
      await attempts[method](theirs)
      expect(await snapshot(database, uuid)).toEqual(before)
    },
  )

  test('the same calls on its own project do see the rows, so the attempts above prove something', async () => {
    expect(await ours.listRules()).toMatchObject([{ rule: rule(ruleId).rule }])
    expect(await ours.pageOfRules(FIRST_PAGE)).toMatchObject([{ item: { id: ruleId } }])
    expect(await ours.pageOfKeys(FIRST_PAGE)).toMatchObject([{ item: { id: keyId } }])
    expect(await ours.findKey(keyId)).toMatchObject({ id: keyId })
    expect(await ours.readProject()).toMatchObject({ widget: { greeting: 'Ours' } })
    expect(await ours.readLimits()).toEqual({ answersPerDay: 7 })
    expect(await ours.readIdentity()).toMatchObject({ enforced: true, keys: [{ id: identityKeyId, kid: 'k' }] })
    expect(await ours.listEndpoints()).toMatchObject([{ id: endpointId, previousSecretUntil: null }])
    expect(await ours.rotateEndpoint(endpointId, new Uint8Array([9]), NOW_MS)).toMatchObject({ id: endpointId })
    const [delivery] = await ours.pageOfDeliveries(FIRST_PAGE)
    expect(delivery).toMatchObject({ item: { endpoint: endpointId, state: 'dead', reason: 'It was no use.' } })
    if (delivery) expect(await ours.replayDelivery(delivery.item.id)).toMatchObject({ eventId: 'msg_1' })
    expect(await ours.removeEndpoint(endpointId)).toBe(true)
    expect(await ours.removeIdentityKey(identityKeyId)).toBe(true)
    expect(await ours.revokeKey(keyId, NOW_MS)).toBe('revoked')
    expect(await ours.removeRule(ruleId)).toBe(true)
  })
})

import { expect, test } from 'vitest'
import { type GiveUpPorts, giveUpAccount, giveUpProject } from '#edge/flows/give-up.ts'
import { refreshTokenPlace } from '#edge/flows/social.ts'
import { utf8 } from '#shared/bytes.ts'
import { newId } from '#shared/ids.ts'
import { seal } from '#shared/seal.ts'
import { random } from './policy-source.ts'

const userId = newId('user', random)
const organizationId = newId('organization', random)
const projectId = newId('project', random)
const actor = { userId, organizationId, email: 'ada@example.com', role: 'owner', network: '192.0.2' } as const
const sealingKeys = new Map([['a', new Uint8Array(32).fill(7)]])
const ISSUER = 'https://id.example'

/** What was done, in its order; `breaks` names what cannot be reached. */
async function world(breaks: string | null = null) {
  const done: string[] = []
  const does = (what: string, value?: unknown) => async (input: unknown) => {
    if (breaks === what) throw new Error(`${what} is away`)
    done.push(typeof input === 'string' && what === 'revoke' ? `revoke ${input}` : what)
    return value
  }
  const sealed = await seal(sealingKeys, refreshTokenPlace(userId, ISSUER), utf8('refresh me'), random)
  const belongs = { organizationId, role: 'owner', colleagues: 0, otherOwners: 0 }
  const ports = {
    accounts: {
      db: {
        ...{ raiseEpoch: does('raiseEpoch', 7), deleteProject: does('deleteProject', true) },
        ...{ projectIds: async () => [projectId], deleteOrganization: does('deleteOrganization') },
        ...{ countColleagues: async () => [belongs], deleteAccount: does('deleteAccount', 'deleted') },
        readRefreshTokens: async () => [{ issuer: ISSUER, sealed }],
      },
      identities: { apple: { issuer: ISSUER, load: async () => ({ revoke: does('revoke', true) }) } },
      publishing: { publish: does('publish', true) },
      payment: null,
    },
    settings: { sealingKeys },
    log: { info: () => {}, error: (event: string) => done.push(event) },
  } as unknown as GiveUpPorts
  return { done, ports }
}

test('a project is withdrawn from its gate before its rows go', async () => {
  const { done, ports } = await world()
  expect(await giveUpProject(ports, actor, projectId)).toBe(true)
  expect(done).toEqual(['raiseEpoch', 'publish', 'deleteProject'])
})

test('a gate that cannot be told keeps the rows, so that it can be tried again', async () => {
  const { done, ports } = await world('publish')
  await expect(giveUpProject(ports, actor, projectId)).rejects.toThrow('publish is away')
  expect(done).toEqual(['raiseEpoch'])
})

test('an account goes last, and its providers are told the very token that they gave', async () => {
  const { done, ports } = await world()
  expect(await giveUpAccount(ports, actor)).toEqual({ ok: true, value: null })
  expect(done).toEqual([
    ...['raiseEpoch', 'publish', 'deleteProject', 'deleteOrganization', 'revoke refresh me', 'deleteAccount'],
  ])
})

test('a provider that is not configured any more keeps nobody here', async () => {
  const { done, ports } = await world()
  const without = { ...ports, accounts: { ...ports.accounts, identities: {} } }
  expect((await giveUpAccount(without, actor)).ok).toBe(true)
  expect(done.slice(-2)).toEqual(['token_unrevoked', 'deleteAccount'])
})

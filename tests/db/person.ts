import { type Actor, createAccountDb, type NewSession } from '#edge/db/account.ts'
import { newId } from '#shared/ids.ts'
import { random, sha256, type TestDatabase } from './database.ts'

/** Somebody with an organization of their own, by way of the application's own statements. */
export async function newPerson({ app }: Pick<TestDatabase, 'app'>, email: string): Promise<Actor> {
  const [userId, organizationId] = [newId('user', random), newId('organization', random)]
  const made = await createAccountDb(app).signUp({
    ...{ userId, organizationId, email, name: email, organizationName: email },
    ...{ passwordHash: 'hash', network: '192.0.2' },
    verification: { tokenHash: sha256(email), expiresAtMs: Date.now() + 60_000 },
  })
  if (made !== 'created') throw new Error(`${email} is ${made}`)
  return { userId, organizationId, email, role: 'owner', network: '192.0.2' }
}

export function newSession(actor: Actor, token: string, change: Partial<NewSession> = {}): NewSession {
  const { userId, organizationId, email, network } = actor
  return {
    ...{ id: newId('session', random), userId, organizationId, email, network, tokenHash: sha256(token) },
    ...{ pending: false, userAgent: 'test', throttled: [], replaces: null, passwordHash: null },
    ...change,
  }
}

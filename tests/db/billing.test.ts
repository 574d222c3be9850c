import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccountDb } from '#edge/db/account.ts'
import { type BillingDb, createBillingDb } from '#edge/db/billing.ts'
import { createProjectDb } from '#edge/db/project.ts'
import { createSystemDb } from '#edge/db/system.ts'
import { PlanFull } from '#edge/errors.ts'
import { planIngest } from '#edge/flows/ingest.ts'
import { standingOf } from '#edge/rules/standing.ts'
import { mergeFact, NO_FACTS } from '#edge/rules/subscription.ts'
import { idFromUuid, newId, type OrganizationId } from '#shared/ids.ts'
import { PLANS } from '#shared/plans.ts'
import { openTestDatabase, random, sha256, type TestDatabase } from './database.ts'
import { newPerson } from './person.ts'

let database: TestDatabase
let db: BillingDb
beforeAll(async () => {
  database = await openTestDatabase()
  db = createBillingDb(database.app)
})
afterAll(() => database.close())

const START = 1_800_000_000
const snapshot = {
  asOf: START,
  status: 'active' as const,
  plan: 'pro' as const,
  periodStart: START,
  periodEnd: START + 9,
  cancelAt: null,
}
const facts = mergeFact(NO_FACTS, { kind: 'described', subscription: 'sub_1', snapshot })
const change = (id: string, revision: number) => ({
  ...{ event: { id, type: 'customer.subscription.created', at: START }, revision, facts },
  ...{ standing: standingOf(facts), unclear: false, askAfterMs: null },
})

async function newOrganization(): Promise<{ organizationId: OrganizationId; uuid: string; project: string }> {
  const { uuid: project } = await database.newProject()
  const [row] = await database.asApp
    .transaction([
      database.asApp.query(`select set_config('role', 'app_rw', true), set_config('app.project_id', $1, true)`, [
        project,
      ]),
      database.asApp.query('select organization_id as id from projects'),
    ])
    .then((results) => results[1] as { id: string }[])
  const uuid = row?.id ?? ''
  return { organizationId: idFromUuid('organization', uuid), uuid, project }
}

/** As the application, for an organization or a project; '' for none. */
async function as(setting: 'organization' | 'project', uuid: string, query: string) {
  const enter = `select set_config('role', 'app_rw', true), set_config('app.${setting}_id', $1, true)`
  const { asApp } = database
  const results = await asApp.transaction([asApp.query(enter, [uuid]), asApp.query(query)])
  return results[1] as Record<string, unknown>[]
}

test('an event takes effect once, however many bring it at once, and has the policies published anew', async () => {
  const { organizationId, uuid, project } = await newOrganization()
  const system = createSystemDb(database.app)
  const outcomes = await Promise.all([1, 2, 3].map(() => db.record(organizationId, change('evt_once', 0))))
  expect(outcomes.toSorted()).toEqual(['recorded', 'taken', 'taken'])
  expect(await db.readBilling(organizationId)).toMatchObject({ facts, revision: 1 })
  expect(await system.pendingPolicies(10)).toEqual([idFromUuid('project', project)])
  expect(await as('organization', uuid, 'select action, details from audit_entries')).toMatchObject([
    { action: 'plan.changed', details: { plan: 'pro' } },
  ])
})

test('what was worked out from older facts changes nothing, and its event can come again', async () => {
  const { organizationId } = await newOrganization()
  expect(await db.record(organizationId, change('evt_first', 0))).toBe('recorded')
  expect(await db.record(organizationId, change('evt_late', 0))).toBe('stale')
  expect(await db.record(organizationId, change('evt_late', 1))).toBe('recorded')
})

test('a customer belongs to one organization, and an organization is one customer', async () => {
  const [ours, theirs] = [await newOrganization(), await newOrganization()]
  const kept = await Promise.all(['cus_a', 'cus_b'].map((id) => db.keepCustomer(ours.organizationId, id)))
  expect(new Set(kept).size).toBe(1)
  expect(await db.organizationOf(kept[0] ?? '')).toBe(ours.organizationId)
  await expect(db.keepCustomer(theirs.organizationId, kept[0] ?? '')).rejects.toThrow()
  expect(await db.organizationOf('cus_unknown')).toBeNull()
})

test('an event about nobody is kept once, where no organization sees it', async () => {
  const event = { id: 'evt_stray', type: 'invoice.paid', at: START }
  expect(await db.keepStray(event, 'Nobody here is this customer.')).toBe(true)
  expect(await db.keepStray(event, 'Nobody here is this customer.')).toBe(false)
  const { organizationId, uuid } = await newOrganization()
  expect(await as('organization', uuid, 'select * from billing_events')).toEqual([])
  expect(await database.asOwner.query(`select state from billing_events where event_id = 'evt_stray'`)).toEqual([
    { state: 'dead' },
  ])
  // Sent again once somebody is that customer it takes effect, and then no more.
  expect(await db.record(organizationId, change('evt_stray', 0))).toBe('recorded')
  expect(await db.keepStray(event, 'Too late.')).toBe(false)
  expect(await db.record(organizationId, change('evt_stray', 1))).toBe('taken')
})

test('what is unclear is named once it has been left for ten minutes, and what is overdue at once', async () => {
  const { organizationId } = await newOrganization()
  await db.record(organizationId, { ...change('evt_unclear', 0), unclear: true })
  expect(await db.unclearSubscriptions(10)).toEqual([])
  await database.asOwner.query(`update subscriptions set updated_at = now() - interval '11 minutes' where unclear`)
  expect(await db.unclearSubscriptions(10)).toEqual([organizationId])
  await db.record(organizationId, { ...change('evt_clear', 1), askAfterMs: Date.now() + 60_000 })
  expect(await db.unclearSubscriptions(10)).toEqual([])
  await db.record(organizationId, { ...change('evt_overdue', 2), askAfterMs: Date.now() - 60_000 })
  expect(await db.unclearSubscriptions(10)).toEqual([organizationId])
})

describe('one organization’s billing', () => {
  test('is seen by itself and, its plan, by its projects; by nobody else', async () => {
    const [ours, theirs] = [await newOrganization(), await newOrganization()]
    await db.keepCustomer(ours.organizationId, 'cus_isolated')
    await db.record(ours.organizationId, change('evt_isolated', 0))
    for (const table of ['billing_customers', 'billing_events', 'subscriptions']) {
      const query = `select * from ${table} where organization_id = '${ours.uuid}'`
      expect(await as('organization', ours.uuid, query)).toHaveLength(1)
      expect(await as('organization', theirs.uuid, query)).toEqual([])
      expect(await as('project', theirs.project, query)).toEqual([])
      expect(await as('project', ours.project, query)).toHaveLength(table === 'subscriptions' ? 1 : 0)
    }
    const plan = `select plan_in_force('free') as plan`
    expect(await as('organization', ours.uuid, plan)).toEqual([{ plan: 'pro' }])
    expect(await as('project', ours.project, plan)).toEqual([{ plan: 'pro' }])
    expect(await as('project', theirs.project, plan)).toEqual([{ plan: 'free' }])
    expect(await as('organization', '', plan)).toEqual([{ plan: 'free' }])
  })

  test('cannot be written for another, nor an event taken back, nor a project’s plan changed by the project', async () => {
    const [ours, theirs] = [await newOrganization(), await newOrganization()]
    await db.record(ours.organizationId, change('evt_kept', 0))
    const insert = `insert into billing_customers (organization_id, customer_id) values ('${ours.uuid}', 'cus_stolen')`
    await expect(as('organization', theirs.uuid, insert)).rejects.toMatchObject({ code: '42501' })
    await expect(as('organization', ours.uuid, 'delete from billing_events')).rejects.toMatchObject({ code: '42501' })
    await expect(as('organization', ours.uuid, 'delete from subscriptions')).rejects.toMatchObject({ code: '42501' })
    const raise = `update subscriptions set plan = 'business' returning plan`
    expect(await as('project', ours.project, raise)).toEqual([])
    expect(await as('organization', theirs.uuid, raise)).toEqual([])
  })

  test('ends with the time that its plan was given, by the database’s clock', async () => {
    const { organizationId, uuid } = await newOrganization()
    await db.record(organizationId, change('evt_ends', 0))
    await database.asOwner.query(
      `update subscriptions set plan_until = now() - interval '1 second' where organization_id = $1`,
      [uuid],
    )
    expect(await as('organization', uuid, `select plan_in_force('local') as plan`)).toEqual([{ plan: 'free' }])
  })
})

describe('a plan that is full', () => {
  const outcomes = async (attempts: Promise<unknown>[]) => {
    const settled = await Promise.allSettled(attempts)
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    for (const reason of refused) expect(reason).toBeInstanceOf(PlanFull)
    return { admitted: settled.length - refused.length, refused: refused.map(({ message }) => message) }
  }

  test('lets no project slip past its limit, also of many at once', async () => {
    const actor = await newPerson(database, 'projects@example.com')
    const create = (unpaid: 'free' | 'local') =>
      createAccountDb(database.app, unpaid).createProject(actor, { projectId: newId('project', random), name: 'P' })
    const sentence = 'The Free plan holds 1 project. Choose a larger plan, or take one away first.'
    expect(await outcomes([1, 2, 3].map(() => create('free')))).toEqual({ admitted: 1, refused: [sentence, sentence] })
    await create('local')
    const paid = { ...change('evt_projects', 0), event: null }
    await db.record(actor.organizationId, paid)
    expect((await outcomes([1, 2, 3, 4].map(() => create('free')))).admitted).toBe(3)
    expect(await db.countHeld(actor.organizationId)).toEqual({ projects: 5, seats: 1, documents: 0 })
  })

  test('nor an invitation; the same person may be invited anew', async () => {
    const actor = await newPerson(database, 'seats@example.com')
    const invite = (email: string) =>
      createAccountDb(database.app, 'free').invite(actor, {
        ...{ id: newId('invitation', random), email, role: 'admin', projectIds: [] },
        ...{ tokenHash: sha256(crypto.randomUUID()), expiresAtMs: Date.now() + 60_000 },
      })
    expect((await outcomes(['a', 'b', 'c'].map((name) => invite(`${name}@example.com`)))).admitted).toBe(1)
    const [waiting] = await createAccountDb(database.app).listInvitations(actor)
    expect(await invite(waiting?.email ?? '')).toBe('invited')
    expect(await db.countHeld(actor.organizationId)).toMatchObject({ seats: 2 })
  })

  test('nor a document; those that are there can be replaced, and what fitted goes its way', async () => {
    const { projectId, uuid } = await database.newProject()
    const project = createProjectDb(database.app, projectId, 'free')
    const source = { kind: 'upload', name: 'docs', siteUrl: null, siteStyle: 'github' } as const
    const push = (from: number, count: number, words = '') => {
      const documents = Array.from({ length: count }, (_, n) => ({
        path: `${from + n}.md`,
        content: `# ${n}\n\n${words}`,
      }))
      return planIngest({ db: project, random, source, documents, complete: false })
    }
    const limit = PLANS.free.limits.documents ?? 0
    await push(0, limit - 1)
    expect((await outcomes([push(1000, 1), push(2000, 1), push(3000, 2)])).admitted).toBe(1)
    expect(await push(0, limit - 1, 'Other words.')).toMatchObject({ staged: limit - 1 })
    await expect(push(5000, 1)).rejects.toThrow('The Free plan holds 100 documents in each project.')
    const staged = await as('project', uuid, `select count(*)::int as n from job_items where state = 'staged'`)
    expect(staged).toEqual([{ n: limit }])
    expect(await as('project', uuid, `select count(*)::int as n from jobs where state = 'staging'`)).toEqual([{ n: 0 }])
  })
})

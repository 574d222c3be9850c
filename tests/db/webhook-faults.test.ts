import { expect, test } from 'vitest'
import { createSystemDb } from '#edge/db/system.ts'
import { DatabaseUnavailable } from '#edge/errors.ts'
import { deliverWebhook } from '#edge/flows/deliver-webhook.ts'
import { replayDelivery } from '#edge/flows/manage-webhooks.ts'
import { consumeWebhooks, resumeWebhooks } from '#edge/jobs/webhooks.ts'
import type { JobMessage } from '#edge/ports.ts'
import type { ProjectDb } from '#edge/project-db.ts'
import { type DeliveryWake, MAX_ATTEMPTS } from '#edge/rules/webhook.ts'
import { idToUuid } from '#shared/ids.ts'
import { enter, random } from './database.ts'
import { NOW_MS } from './manage.ts'
import { deliver, found, list, manage, upsert, useWebhookWorld, world } from './webhook-world.ts'

// What goes wrong between a queue and its effect: killed half-way, the database away, a bug, a message that is none.

useWebhookWorld()

const here = () => ({ projectId: world.projectId, endpoint: world.endpoint })

/** The database as it is, but for the one method. */
const failing = (method: keyof ProjectDb, error: Error): ProjectDb => ({
  ...world.db,
  [method]: () => Promise.reject(error),
})

test('a consumer killed before the effect leaves the event waiting; the next one gives it its effect', async () => {
  await expect(
    deliver(upsert('e1', 'a.md', 'zebra'), failing('pushDocuments', new DatabaseUnavailable('gone'))),
  ).rejects.toThrow()
  expect(await list()).toMatchObject([{ state: 'waiting', attempts: 1 }])
  await deliver(upsert('e1', 'a.md', 'zebra'))
  expect(await found('zebra')).toEqual(['zebra'])
})

test('one killed between the effect and the wake-up has had its effect: the cron finds the job', async () => {
  await expect(
    deliverWebhook(upsert('e1', 'a.md', 'zebra'), {
      ...{ db: world.db, random },
      wakeJob: () => Promise.reject(new DatabaseUnavailable('killed')),
    }),
  ).rejects.toThrow()
  const unfinished = await createSystemDb(world.database.app).unfinishedJobs(1000)
  world.jobs = unfinished.filter((job) => job.projectId === world.projectId).map(({ jobId }) => jobId)
  await deliver(upsert('e1', 'a.md', 'zebra'))
  expect(await found('zebra')).toEqual(['zebra'])
})

test('what fails is tried again, then put aside with the reason, and comes back by a replay', async () => {
  const broken = failing('pushDocuments', new Error('a bug'))
  for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
    expect(await deliver(upsert('e1', 'a.md', 'zebra'), broken)).toMatchObject({ done: false, attempts: attempt })
    expect(await list()).toMatchObject([{ state: 'waiting', reason: expect.stringContaining('tried again') }])
  }
  expect(await deliver(upsert('e1', 'a.md', 'zebra'), broken)).toEqual({ done: true })
  const [dead] = await list()
  expect(dead).toMatchObject({ state: 'dead', attempts: MAX_ATTEMPTS, reason: '8 attempts failed on our side.' })
  // The sender's own repetition does not open it again.
  await deliver(upsert('e1', 'a.md', 'zebra'))
  expect(await found('zebra')).toEqual([])
  const management = manage()
  if (!dead) throw new Error('nothing to replay')
  expect(await replayDelivery(management, dead.id)).toEqual({ ok: true, value: null })
  expect(management.woken).toEqual([{ ...here(), eventId: 'e1' }])
  for (const message of management.woken) await deliver(message)
  expect(await found('zebra')).toEqual(['zebra'])
  expect(await replayDelivery(management, dead.id)).toEqual({ ok: false, reason: 'delivery_not_dead' })
})

test('what waits for an address that was removed is put aside, for nobody knows any more what it may do', async () => {
  await world.db.beginDelivery({ ...upsert('e1', 'a.md', 'zebra'), occurredAtMs: NOW_MS })
  await manage().settings.removeEndpoint(world.endpoint)
  expect(await deliver({ ...here(), eventId: 'e1' })).toEqual({ done: true })
  expect(await found('zebra')).toEqual([])
  expect(await list()).toMatchObject([{ state: 'dead', reason: expect.stringContaining('address was removed') }])
})

test('while the database is away the queue keeps the message, with longer and longer waits', async () => {
  const away = failing('beginDelivery', new DatabaseUnavailable('away'))
  const log: string[] = []
  const delays: number[] = []
  const sent: JobMessage[] = []
  const run = async (attempts: number, through: ProjectDb) => {
    let acked = false
    const message = {
      body: upsert('e1', 'a.md', 'zebra'),
      attempts,
      ack: () => {
        acked = true
      },
      retry: ({ delaySeconds }: { delaySeconds: number }) => void delays.push(delaySeconds),
    }
    await consumeWebhooks([message], {
      openProject: () => through,
      log: { info: () => {}, error: (name) => void log.push(name) },
      random,
      sendJob: async (job) => sent.push(job),
      billing: {} as never,
      slack: {} as never,
    })
    return acked
  }
  for (const attempts of [1, 2, 3, 20]) expect(await run(attempts, away)).toBe(false)
  expect(delays).toEqual([5, 10, 20, 300])
  expect(log).toEqual(Array(4).fill('webhook_database_unavailable'))
  expect(await run(21, world.db)).toBe(true)
  world.jobs = sent.map(({ jobId }) => jobId)
  expect(await found('zebra')).toEqual(['zebra'])
})

test('a message that is none is let go, and said so', async () => {
  const log: string[] = []
  let acked = 0
  const bodies = [
    null,
    {},
    { projectId: world.projectId, endpoint: 'whe_x', eventId: 'e' },
    { ...upsert('e', 'a.md', 'x'), kind: 'other', projectId: 'prj_' },
  ]
  await consumeWebhooks(
    bodies.map((body) => ({ body, attempts: 1, ack: () => void acked++, retry: () => {} })),
    {
      ...{ openProject: () => world.db, random, sendJob: async () => {}, billing: {} as never, slack: {} as never },
      log: { info: () => {}, error: (name) => void log.push(name) },
    },
  )
  expect([acked, log]).toEqual([4, Array(4).fill('webhook_message_malformed')])
})

test('what waits and nobody has touched for ten minutes is woken', async () => {
  await world.db.beginDelivery({ ...upsert('e1', 'a.md', 'zebra'), occurredAtMs: NOW_MS })
  const mine = async () => {
    const woken: DeliveryWake[] = []
    await resumeWebhooks(createSystemDb(world.database.app), async (message) => woken.push(message))
    return woken.filter((message) => message.projectId === world.projectId)
  }
  expect(await mine()).toEqual([])
  const { asApp } = world.database
  await asApp.transaction([
    enter(asApp, idToUuid(world.projectId)),
    asApp.query(`update webhook_deliveries set updated_at = now() - interval '11 minutes'`),
  ])
  const woken = await mine()
  expect(woken).toEqual([{ ...here(), eventId: 'e1' }])
  for (const message of woken) await deliver(message)
  expect(await found('zebra')).toEqual(['zebra'])
  expect(await mine()).toEqual([])
})

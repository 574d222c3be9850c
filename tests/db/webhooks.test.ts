import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createProjectContent } from '#edge/db/content.ts'
import { createSystemDb } from '#edge/db/system.ts'
import { DatabaseUnavailable } from '#edge/errors.ts'
import { deliverWebhook } from '#edge/flows/deliver-webhook.ts'
import { ingestDocuments } from '#edge/flows/ingest-documents.ts'
import { listDeliveries, replayDelivery, type WebhookManagement } from '#edge/flows/manage-webhooks.ts'
import { consumeWebhooks, resumeWebhooks } from '#edge/jobs/webhooks.ts'
import type { JobMessage } from '#edge/ports.ts'
import type { ProjectDb } from '#edge/project-db.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { type DeliveryWake, MAX_ATTEMPTS, type WebhookEventMessage } from '#edge/rules/webhook.ts'
import { utf8 } from '#shared/bytes.ts'
import { type EndpointId, issueEndpointId } from '#shared/endpoint-id.ts'
import { idToUuid, type JobId, type ProjectId } from '#shared/ids.ts'
import { enter, openTestDatabase, random, type TestDatabase } from './database.ts'
import { managed, NOW_MS, SECRETS } from './manage.ts'

let database: TestDatabase
let projectId: ProjectId
let db: ProjectDb
let endpoint: EndpointId
let jobs: JobId[]
beforeAll(async () => {
  database = await openTestDatabase()
}, 240_000)
afterAll(() => database.close())
beforeEach(async () => {
  ;({ projectId, db } = await database.newProject())
  endpoint = issueEndpointId({ projectId, secrets: SECRETS, random })
  const row = {
    id: endpoint,
    kind: 'in',
    provider: 'standard',
    label: 'Wiki',
    sealedSecret: new Uint8Array([1]),
  } as const
  await managed(database, projectId).management.settings.addEndpoint(row)
  jobs = []
})

const MINUTE_MS = 60_000

function event(eventId: string, type: string, data: unknown, atMs = NOW_MS): WebhookEventMessage {
  const body = utf8(JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data }))
  return { projectId, endpoint, kind: 'in', eventId, type, receivedAtMs: atMs, body }
}

const page = (path: string, words: string) => ({ path, content: `# ${path}\n\n${words}\n` })
const upsert = (eventId: string, path: string, words: string, atMs?: number) =>
  event(eventId, 'documents.upsert', page(path, words), atMs)
const remove = (eventId: string, path: string, atMs?: number) => event(eventId, 'documents.delete', { path }, atMs)

function deliver(message: WebhookEventMessage | DeliveryWake, through: ProjectDb = db) {
  return deliverWebhook(message, { db: through, random, wakeJob: async (jobId) => jobs.push(jobId) })
}

async function found(words: string): Promise<string[]> {
  for (const jobId of jobs.splice(0))
    await ingestDocuments({ db, jobId, nowMs: Date.now, untilMs: Number.POSITIVE_INFINITY })
  const { hits } = await db.search(analyseQuestion(words, english), 20)
  return hits.map(({ passage }) => passage.text).sort()
}

const manage = (): WebhookManagement & { woken: DeliveryWake[] } => {
  const woken: DeliveryWake[] = []
  const { management } = managed(database, projectId)
  return { ...management, sealingKeys: new Map(), wakeDelivery: async (message) => woken.push(message), woken }
}

async function list() {
  const verdict = await listDeliveries(manage(), {})
  if (!verdict.ok) throw new Error(verdict.reason)
  return verdict.value.items
}

describe('the transcript of a call', () => {
  const said = [
    { role: 'agent', text: 'Hello.' },
    { role: 'user', text: 'How do I rotate?' },
    { role: 'agent', text: '*Press* [it](https://x.example).' },
  ]
  const transcript = (eventId: string, data: unknown = { callId: 'c1', turns: said }): WebhookEventMessage => ({
    ...event(eventId, 'call.transcript', data),
    kind: 'voice',
  })
  const conversations = async () => {
    const exported = await createProjectContent(database.app, projectId).exportConversations(null, 10)
    return exported.map(({ json }) => JSON.parse(json) as unknown)
  }

  test('becomes one conversation, also when two events tell of it, both come twice and at once', async () => {
    const events = ['e1', 'e2', 'e1', 'e2', 'e1'].map((id) => transcript(id))
    await Promise.all(events.map((message) => deliver(message)))
    await deliver(transcript('e3', { callId: 'c1', turns: [{ role: 'user', text: 'Other words.' }] }))
    expect(await conversations()).toMatchObject([
      {
        channel: 'voice',
        messages: [
          { role: 'assistant', markdown: 'Hello.' },
          { role: 'visitor', markdown: 'How do I rotate?' },
          { role: 'assistant', markdown: '\\*Press\\* \\[it\\](https://x.example).' },
        ],
      },
    ])
    expect((await list()).map(({ state }) => state)).toEqual(['done', 'done', 'done'])
  })

  test('without a form is put aside with the reason; one in which nobody speaks has no effect', async () => {
    await deliver(transcript('e1', { callId: 'c1', turns: 'none' }))
    await deliver(transcript('e2', { callId: 'c1', turns: [] }))
    const states = Object.fromEntries((await list()).map(({ eventId, state, reason }) => [eventId, [state, reason]]))
    expect(states).toEqual({
      e1: ['dead', 'Its transcript is not a list of turns.'],
      e2: ['ignored', 'Nothing was said in the call.'],
    })
    expect(await conversations()).toEqual([])
  })

  test('is all that a voice address takes: it pushes no documents', async () => {
    await deliver({ ...upsert('e1', 'a.md', 'zebra'), kind: 'voice' })
    expect(await found('zebra')).toEqual([])
    expect(await list()).toMatchObject([{ state: 'ignored' }])
  })
})

describe('an event', () => {
  test('brings its documents into the search, and is listed as done', async () => {
    await deliver(
      event('e1', 'documents.upsert', { documents: [page('a.md', 'zebra one'), page('b.md', 'zebra two')] }),
    )
    expect(await found('zebra')).toEqual(['zebra one', 'zebra two'])
    expect(await list()).toMatchObject([
      { eventId: 'e1', type: 'documents.upsert', state: 'done', attempts: 1, reason: null },
    ])
  })

  test('of deletion takes them out again, and leaves the others', async () => {
    await deliver(
      event('e1', 'documents.upsert', { documents: [page('a.md', 'zebra one'), page('b.md', 'zebra two')] }),
    )
    await found('zebra')
    await deliver(remove('e2', './a.md', NOW_MS + 1))
    expect(await found('zebra')).toEqual(['zebra two'])
  })

  test('that says nothing new wakes no job', async () => {
    await deliver(upsert('e1', 'a.md', 'zebra'))
    await found('zebra')
    await deliver(upsert('e2', 'a.md', 'zebra', NOW_MS + 1))
    expect(jobs).toEqual([])
  })

  test('takes effect once, however often it comes, also at once and after a later one', async () => {
    await Promise.all(Array.from({ length: 8 }, () => deliver(upsert('e1', 'a.md', 'zebra first'))))
    expect(new Set(jobs).size).toBe(1)
    await deliver(upsert('e2', 'a.md', 'zebra second', NOW_MS + MINUTE_MS))
    await deliver(upsert('e1', 'a.md', 'zebra first'))
    expect(await found('zebra')).toEqual(['zebra second'])
    expect((await list()).map(({ state }) => state)).toEqual(['done', 'done'])
  })

  test.each([
    ['an older version', () => upsert('old', 'a.md', 'zebra old', NOW_MS - MINUTE_MS)],
    ['an older deletion', () => remove('old', 'a.md', NOW_MS - MINUTE_MS)],
  ])('%s that arrives late does not undo a newer one', async (_, older) => {
    await deliver(upsert('new', 'a.md', 'zebra new'))
    await deliver(older())
    expect(await found('zebra')).toEqual(['zebra new'])
  })

  test('of many documents, only those overtaken are left out', async () => {
    await deliver(upsert('new', 'a.md', 'zebra new'))
    await deliver(
      event(
        'old',
        'documents.upsert',
        { documents: [page('a.md', 'zebra old'), page('b.md', 'zebra other')] },
        NOW_MS - 1,
      ),
    )
    expect(await found('zebra')).toEqual(['zebra new', 'zebra other'])
  })

  test('of versions in any order, all at once, the newest stands', async () => {
    const versions = [3, 1, 5, 2, 4].map((n) => upsert(`v${n}`, 'a.md', `zebra ${n}`, NOW_MS + n))
    const outcomes = await Promise.allSettled(versions.map((version) => deliver(version)))
    // Whoever lost all its turns is brought again by the queue.
    for (const [index, outcome] of outcomes.entries())
      if (outcome.status === 'fulfilled' && !outcome.value.done) await deliver(versions[index] as WebhookEventMessage)
    expect(await found('zebra')).toEqual(['zebra 5'])
  })

  test('of a type that is none of ours is ignored, and said so', async () => {
    await deliver(event('e1', 'user.created', {}))
    expect(await list()).toMatchObject([
      { state: 'ignored', reason: 'Events of type user.created have no effect here.' },
    ])
  })

  test.each([
    ['not an object', []],
    ['no documents', { documents: [] }],
    ['no content', { path: 'a.md' }],
    ['a content that is no text', { path: 'a.md', content: 1 }],
    ['too many', { documents: Array.from({ length: 101 }, (_, n) => page(`${n}.md`, 'x')) }],
    ['a site that is no address', { ...page('a.md', 'x'), siteUrl: 'javascript:alert(1)' }],
  ])('with %s is put aside at once, with the reason', async (_, data) => {
    await deliver(event('e1', 'documents.upsert', data))
    expect(await list()).toMatchObject([{ state: 'dead', attempts: 1, reason: expect.stringMatching(/\.$/) }])
  })

  test('about paths that lead out of their folder takes nothing in', async () => {
    await deliver(upsert('e1', '../../etc/passwd', 'zebra'))
    expect(await found('zebra')).toEqual([])
  })
})

describe('faults', () => {
  /** The database as it is, but for the one method. */
  const failing = (method: keyof ProjectDb, error: Error): ProjectDb => ({
    ...db,
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
        ...{ db, random },
        wakeJob: () => Promise.reject(new DatabaseUnavailable('killed')),
      }),
    ).rejects.toThrow()
    const unfinished = await createSystemDb(database.app).unfinishedJobs(1000)
    jobs = unfinished.filter((job) => job.projectId === projectId).map(({ jobId }) => jobId)
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
    expect(management.woken).toEqual([{ projectId, endpoint, eventId: 'e1' }])
    for (const message of management.woken) await deliver(message)
    expect(await found('zebra')).toEqual(['zebra'])
    expect(await replayDelivery(management, dead.id)).toEqual({ ok: false, reason: 'delivery_not_dead' })
  })

  test('what waits for an address that was removed is put aside, for nobody knows any more what it may do', async () => {
    await db.beginDelivery({ ...upsert('e1', 'a.md', 'zebra'), occurredAtMs: NOW_MS })
    await manage().settings.removeEndpoint(endpoint)
    expect(await deliver({ projectId, endpoint, eventId: 'e1' })).toEqual({ done: true })
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
    expect(await run(21, db)).toBe(true)
    jobs = sent.map(({ jobId }) => jobId)
    expect(await found('zebra')).toEqual(['zebra'])
  })

  test('a message that is none is let go, and said so', async () => {
    const log: string[] = []
    let acked = 0
    const bodies = [
      null,
      {},
      { projectId, endpoint: 'whe_x', eventId: 'e' },
      { ...upsert('e', 'a.md', 'x'), kind: 'other', projectId: 'prj_' },
    ]
    await consumeWebhooks(
      bodies.map((body) => ({ body, attempts: 1, ack: () => void acked++, retry: () => {} })),
      {
        ...{ openProject: () => db, random, sendJob: async () => {}, billing: {} as never, slack: {} as never },
        log: { info: () => {}, error: (name) => void log.push(name) },
      },
    )
    expect([acked, log]).toEqual([4, Array(4).fill('webhook_message_malformed')])
  })

  test('what waits and nobody has touched for ten minutes is woken', async () => {
    await db.beginDelivery({ ...upsert('e1', 'a.md', 'zebra'), occurredAtMs: NOW_MS })
    const mine = async () => {
      const woken: DeliveryWake[] = []
      await resumeWebhooks(createSystemDb(database.app), async (message) => woken.push(message))
      return woken.filter((message) => message.projectId === projectId)
    }
    expect(await mine()).toEqual([])
    await database.asApp.transaction([
      enter(database.asApp, idToUuid(projectId)),
      database.asApp.query(`update webhook_deliveries set updated_at = now() - interval '11 minutes'`),
    ])
    const woken = await mine()
    expect(woken).toEqual([{ projectId, endpoint, eventId: 'e1' }])
    for (const message of woken) await deliver(message)
    expect(await found('zebra')).toEqual(['zebra'])
    expect(await mine()).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProjectDb } from '#edge/db/project.ts'
import { createSystemDb } from '#edge/db/system.ts'
import { DatabaseUnavailable } from '#edge/errors.ts'
import { type ListedDocument, planIngest } from '#edge/flows/ingest.ts'
import { ingestDocuments } from '#edge/flows/ingest-documents.ts'
import { consumeJobs, type QueueMessage, resumeJobs } from '#edge/jobs/ingest.ts'
import type { JobMessage } from '#edge/ports.ts'
import type { NewSource, ProjectDb } from '#edge/project-db.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import type { JobId } from '#shared/ids.ts'
import { openTestDatabase, random, type TestDatabase } from './database.ts'
import { snapshot } from './snapshot.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const source: NewSource = { kind: 'upload', name: 'docs', siteUrl: null, siteStyle: 'github' }

function page(name: string, body: string): ListedDocument {
  return { path: `${name}.md`, content: `# ${name}\n\n${body}\n` }
}

const PAGES = [
  page('apples', 'Apples are crisp.'),
  page('pears', 'Pears are soft.'),
  page('plums', 'Plums are purple.'),
]

function plan(db: ProjectDb, documents: ListedDocument[], changes: Partial<NewSource> = {}) {
  return planIngest({ db, random, source: { ...source, ...changes }, documents, complete: true })
}

async function finish(db: ProjectDb, jobId: JobId | null) {
  if (jobId) await ingestDocuments({ db, jobId, nowMs: Date.now, untilMs: Number.POSITIVE_INFINITY })
  return jobId ? db.readJob(jobId) : null
}

async function ingest(db: ProjectDb, documents: ListedDocument[], changes: Partial<NewSource> = {}) {
  const planned = await plan(db, documents, changes)
  return { ...planned, job: await finish(db, planned.jobId) }
}

/** Titles of the pages that a search for the word finds. */
async function find(db: ProjectDb, words: string): Promise<string[]> {
  const { hits } = await db.search(analyseQuestion(words, english), 20)
  return hits.map(({ passage }) => passage.title).sort()
}

describe('ingesting', () => {
  test('asks for nothing more once its last document is stored: who sees it done sees a quiet database', async () => {
    const { db } = await database.newProject()
    const { jobId } = await plan(db, PAGES)
    let taken = 0
    const counting: ProjectDb = {
      ...db,
      takeDocuments: (id) => {
        taken++
        return db.takeDocuments(id)
      },
    }
    expect(await finish(counting, jobId)).toMatchObject({ state: 'done' })
    expect(taken).toBe(1)
  })

  test('makes documents findable and tells how far it is', async () => {
    const { db } = await database.newProject()
    const { jobId } = await plan(db, PAGES)
    expect(await db.readJob(jobId as JobId)).toMatchObject({ state: 'running', done: 0, total: 3, passages: 0 })
    expect(await finish(db, jobId)).toEqual({ jobId, state: 'done', done: 3, total: 3, passages: 3, failed: [] })
    expect(await find(db, 'pears')).toEqual(['pears'])
  })

  test('an unchanged source a second time writes nothing at all, in any table', async () => {
    const { db, uuid } = await database.newProject()
    const documents = [...PAGES, { path: 'locked.md', reason: 'you may not read it' }]
    await ingest(db, documents)
    const before = await snapshot(database, uuid)
    const again = await ingest(db, documents)
    expect(again).toMatchObject({ jobId: null, staged: 0, removed: 0, unchanged: 4 })
    expect(again.failed).toEqual([{ path: 'locked.md', reason: 'you may not read it' }])
    expect(await snapshot(database, uuid)).toEqual(before)
  })

  test('a changed document replaces its passages, a removed one stops answering at once, the others are not touched', async () => {
    const { db } = await database.newProject()
    await ingest(db, PAGES)
    const changed = await plan(db, [page('apples', 'Apples are red.'), page('pears', 'Pears are soft.')])
    expect(changed).toMatchObject({ staged: 1, removed: 1, unchanged: 1 })
    expect(await find(db, 'purple plums')).toEqual([])
    expect(await find(db, 'crisp')).toEqual(['apples'])
    await finish(db, changed.jobId)
    expect(await find(db, 'crisp')).toEqual([])
    expect(await find(db, 'red')).toEqual(['apples'])
    expect((await db.search(analyseQuestion('soft', english), 5)).passageCount).toBe(2)
  })

  test('a partial listing removes nothing', async () => {
    const { db } = await database.newProject()
    await ingest(db, PAGES)
    const { jobId } = await planIngest({ db, random, source, documents: [page('figs', 'Figs.')], complete: false })
    await finish(db, jobId)
    expect(await find(db, 'apples pears plums figs')).toEqual(['apples', 'figs', 'pears', 'plums'])
  })

  test('another site address or style processes every document again', async () => {
    const { db } = await database.newProject()
    await ingest(db, PAGES)
    expect(await ingest(db, PAGES, { siteUrl: 'https://docs.example.com/' })).toMatchObject({ staged: 3 })
    const { hits } = await db.search(analyseQuestion('pears', english), 1)
    expect(hits[0]?.passage.url).toContain('https://docs.example.com/')
  })

  test('a passage that did not change keeps its id when its page is ingested again', async () => {
    const { db } = await database.newProject()
    const body = (last: string) => `Intro.\n\n## First\n\nStays the same.\n\n## Second\n\n${last}`
    const idOf = async () => (await db.search(analyseQuestion('stays same', english), 1)).hits[0]?.passage.passageId
    await ingest(db, [page('manual', body('One.'))])
    const before = await idOf()
    await ingest(db, [page('manual', body('Two.'))])
    expect(await idOf()).toBe(before)
  })

  test.each([
    ['a file that could not be read', { path: 'bad.md', reason: 'you may not read it' }, 'you may not read it'],
    ['a binary', { path: 'bad.md', content: 'a\0b' }, 'it is not text'],
    ['a lone surrogate', { path: 'bad.md', content: 'a\ud800b' }, 'it is not text'],
    ['more than 2 MB', { path: 'bad.md', content: 'ä'.repeat(1024 * 1024 + 1) }, 'it is larger than 2 MB'],
    ['an empty file', { path: 'bad.md', content: ' \n' }, 'it is empty'],
    ['an unknown format', { path: 'bad.pdf', content: 'x' }, 'it is neither Markdown, MDX, HTML nor plain text'],
  ])('%s is listed with its reason, and the rest goes on', async (_, bad, reason) => {
    const { db } = await database.newProject()
    const { job } = await ingest(db, [bad, ...PAGES])
    expect(job).toMatchObject({ state: 'done', done: 4, total: 4, failed: [{ path: bad.path, reason }] })
    expect(await find(db, 'apples')).toEqual(['apples'])
  })

  test('a document that becomes unreadable stops answering', async () => {
    const { db } = await database.newProject()
    await ingest(db, PAGES)
    await ingest(db, [{ path: 'apples.md', reason: 'it is not text' }, ...PAGES.slice(1)])
    expect(await find(db, 'crisp apples')).toEqual([])
  })
})

describe('an ingest that is killed', () => {
  /** Stops like SIGKILL: the call with that number, counted over all methods, never happens, nor does any after it. */
  function dyingAt(db: ProjectDb, call: number): ProjectDb {
    let calls = 0
    const entries = Object.entries(db).map(([name, method]) => [
      name,
      (...values: unknown[]) => {
        if (++calls >= call) throw new Error('killed')
        return (method as (...all: unknown[]) => unknown)(...values)
      },
    ])
    return Object.fromEntries(entries)
  }

  const wide = Array.from({ length: 70 }, (_, n) => page(`page${n}`, `Number ${n} of the uninterrupted.`))

  async function content(uuid: string) {
    const sql = database.asApp
    const [, rows] = await sql.transaction([
      sql.query(`select set_config('role', 'app_rw', true), set_config('app.project_id', $1, true)`, [uuid]),
      sql.query(`select (select array_agg(path || ' ' || state order by path) from documents) as documents,
        (select array_agg(title || ' ' || ordinal || ' ' || text order by title, ordinal) from passages) as passages,
        (select array_agg(term || ' ' || passage_count order by term) from search_terms) as terms,
        (select count(*) from search_postings) as postings, (select passage_count from search_corpus) as indexed,
        (select count(*) from jobs where state <> 'done') as unfinished,
        (select count(*) from job_items where state = 'staged' or content is not null) as waiting`),
    ])
    return rows?.[0]
  }

  test('between any two calls is finished by the next start, nothing lost and nothing twice', async () => {
    const whole = await database.newProject()
    await ingest(whole.db, wide)
    const expected = await content(whole.uuid)
    expect(expected).toMatchObject({ unfinished: '0', waiting: '0', indexed: 70 })
    for (let call = 1; ; call++) {
      const { db, uuid } = await database.newProject()
      const died = await ingest(dyingAt(db, call), wide).then(
        () => false,
        () => true,
      )
      await ingest(db, wide)
      expect({ call, ...(await content(uuid)) }).toEqual({ call, ...expected })
      if (!died) break
      expect(call).toBeLessThan(20)
    }
  })

  test('is resumed by start-up or cron alone, through the queue, once staging was complete', async () => {
    const { db, uuid, projectId } = await database.newProject()
    await plan(db, wide)
    const sent: JobMessage[] = []
    const send = async (message: JobMessage) => sent.push(message)
    await resumeJobs(createSystemDb(database.app), send)
    expect(sent.filter((message) => message.projectId === projectId)).toHaveLength(1)
    const acknowledged = await drain(sent)
    expect(acknowledged).toBeGreaterThan(0)
    expect(await content(uuid)).toMatchObject({ unfinished: '0', waiting: '0', indexed: 70 })
  })

  /** Delivers messages until none is left; `nowMs` jumps so that every message does one slice. */
  async function drain(sent: JobMessage[]): Promise<number> {
    let now = 0
    let acknowledged = 0
    for (let body = sent.shift(); body; body = sent.shift()) {
      const message: QueueMessage = {
        body: JSON.parse(JSON.stringify(body)),
        attempts: 1,
        ack: () => acknowledged++,
        retry: () => expect.unreachable('nothing fails here'),
      }
      await consumeJobs([message], {
        openProject: (projectId) => createProjectDb(database.app, projectId),
        nowMs: () => (now += 60_000),
        log: { info: () => {}, error: (event, fields) => expect.unreachable(`${event} ${JSON.stringify(fields)}`) },
        send: async (next) => sent.push(next),
      })
    }
    return acknowledged
  }

  test('two consumers of the same wake-up do the work once between them', async () => {
    const { db, uuid } = await database.newProject()
    const { jobId } = await plan(db, wide)
    await Promise.all([finish(db, jobId), finish(db, jobId), finish(db, jobId)])
    expect(await content(uuid)).toMatchObject({ unfinished: '0', waiting: '0', indexed: 70 })
  })

  test('a source that changes while its job runs ends with what it listed last', async () => {
    const { db } = await database.newProject()
    const first = await plan(db, PAGES)
    const taken = await db.takeDocuments(first.jobId as JobId)
    const second = await plan(db, [page('apples', 'Apples are green.'), ...PAGES.slice(1, 2)])
    expect(second.jobId).toBe(first.jobId)
    // The first consumer wakes up again with what it took before the change: it must not win.
    const stale = taken?.documents.map(({ path, documentId, fingerprint }) => ({ path, documentId, fingerprint }))
    const saving = (stale ?? []).map((document) => ({ ...document, outcome: { title: 'stale', passages: [] } }))
    expect(await db.saveDocuments(first.jobId as JobId, 'en', saving)).toBe('taken')
    expect(await finish(db, second.jobId)).toMatchObject({ state: 'done', done: 2, total: 2 })
    expect(await find(db, 'green crisp plums pears')).toEqual(['apples', 'pears'])
  })

  /** Fails in the manner given whenever pears.md would be stored with passages. */
  function failingOnPears(db: ProjectDb, error: Error): ProjectDb {
    return {
      ...db,
      saveDocuments: async (jobId, language, documents) => {
        if (documents.some(({ path, outcome }) => path === 'pears.md' && !('reason' in outcome))) throw error
        return db.saveDocuments(jobId, language, documents)
      },
    }
  }

  test('a document that stops its consumer every time is given up, and the others are done', async () => {
    const { db } = await database.newProject()
    const { jobId } = await plan(db, PAGES)
    const dying = failingOnPears(db, new DatabaseUnavailable('killed'))
    for (let attempt = 0; attempt < 10; attempt++) await finish(dying, jobId).catch(() => {})
    const reason = 'processing it was begun 3 times and never finished'
    expect(await db.readJob(jobId as JobId)).toMatchObject({
      state: 'done',
      done: 3,
      failed: [{ path: 'pears.md', reason }],
    })
    expect(await find(db, 'apples pears plums')).toEqual(['apples', 'plums'])
  })

  test('a document that the database refuses does not keep the others of its slice out', async () => {
    const { db } = await database.newProject()
    const { jobId } = await plan(db, PAGES)
    const job = await finish(failingOnPears(db, new Error('refused')), jobId)
    expect(job).toMatchObject({
      state: 'done',
      failed: [{ path: 'pears.md', reason: 'its passages could not be stored' }],
    })
    expect(await find(db, 'apples pears plums')).toEqual(['apples', 'plums'])
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProjectDb } from '#edge/project-db.ts'
import { newId } from '#shared/ids.ts'
import { enter, openTestDatabase, random, type TestDatabase } from './database.ts'
import { delivery, type Fixture, fill, newAnswer, query, source } from './isolation-fixture.ts'
import { snapshot, tenantTables } from './snapshot.ts'

const ACCOUNT_TABLES = [
  ...[
    'audit_entries',
    'backup_codes',
    'billing_customers',
    'billing_events',
    'email_tokens',
    'invitations',
    'memberships',
    'organizations',
    'sessions',
  ],
  ...['subscriptions', 'user_identities', 'users'],
]

let database: TestDatabase
let ours: Fixture
let theirs: Awaited<ReturnType<TestDatabase['newProject']>>

beforeAll(async () => {
  database = await openTestDatabase()
  ours = await fill(database)
  theirs = await database.newProject()
})
afterAll(() => database.close())

/** Each method called on another project's handle with our ids and our secrets: nothing of ours may come out. */
const attempts: { [Method in keyof ProjectDb]: (db: ProjectDb) => Promise<unknown> } = {
  openAnswer: async (db) => {
    const thread = { id: ours.threadId, secretHash: ours.secretHash }
    const opened = await db.openAnswer({ requestId: ours.requestId, thread, query, limit: 10 })
    expect(opened).toMatchObject({
      earlier: null,
      thread: 'unknown',
      before: [],
      search: { hits: [], passageCount: 0 },
    })
  },
  saveAnswer: async (db) => {
    // Same ids, other project: neither a conflict nor a merge with ours.
    const { answerId, threadId, requestId } = ours
    const stored = await db.saveAnswer({ ...newAnswer(), answerId, threadId, requestId, markdown: 'theirs' })
    expect(stored).toBe('stored')
  },
  search: async (db) => expect((await db.search(query, 10)).hits).toEqual([]),
  rateAnswer: async (db) => {
    const { answerId } = ours
    const thread = { threadId: newId('thread', random), threadSecretHash: ours.secretHash }
    expect(await db.rateAnswer({ ...thread, answerId, rating: 'down', reasons: [], comment: null })).toBe(false)
  },
  readThread: async (db) => {
    const view = await db.readThread(ours.threadId, ours.secretHash)
    expect(JSON.stringify(view ?? null)).not.toContain('At the crossing')
  },
  beginDelivery: async (db) => {
    expect(await db.beginDelivery({ ...delivery, body: new Uint8Array([1]) })).toEqual({ attempts: 1 })
  },
  resumeDelivery: async (db) => {
    await db.endDelivery(delivery, 'ignored', 'theirs')
    expect(await db.resumeDelivery(delivery)).toBeNull()
  },
  overtakenPaths: async (db) => expect(await db.overtakenPaths(delivery, ['zebra.md'])).toEqual([]),
  pushDocuments: async (db) => {
    const { documents } = await ours.db.openSource(source)
    const removed = documents.map(({ documentId }) => documentId)
    const push = { delivery, sourceId: ours.sourceId, newJobId: newId('job', random), staged: [], removed, paths: [] }
    expect(await db.pushDocuments(push)).toBe('taken')
  },
  saveTranscript: async (db) => {
    const turns = [{ role: 'visitor' as const, answerId: newId('answer', random), markdown: 'theirs' }]
    const { threadId, secretHash: threadSecretHash } = ours
    expect(await db.saveTranscript({ delivery, threadId, threadSecretHash, turns })).toBe('taken')
  },
  endDelivery: (db) => db.endDelivery(delivery, 'dead', 'theirs'),
  postponeDelivery: (db) => db.postponeDelivery(delivery, 'theirs'),
  deleteThread: (db) => db.deleteThread(ours.threadId, ours.secretHash),
  openSource: async (db) => {
    const inventory = await db.openSource(source)
    expect(inventory).toMatchObject({ documents: [], unfinished: null })
    expect(inventory.sourceId).not.toBe(ours.sourceId)
  },
  removeDocuments: async (db) => {
    const { documents } = await ours.db.openSource(source)
    await db.removeDocuments(documents.map(({ documentId }) => documentId))
  },
  openJob: async (db) => {
    await expect(db.openJob(newId('job', random), ours.sourceId)).rejects.toMatchObject({ code: '23503' })
  },
  stageDocuments: async (db) => {
    const document = {
      path: 'theirs.md',
      documentId: newId('document', random),
      fingerprint: 'x',
      content: 'x',
      reason: null,
    }
    expect(await db.stageDocuments(ours.openJob, [document])).toBe(false)
  },
  closeStaging: (db) => db.closeStaging(ours.openJob),
  takeDocuments: async (db) => expect(await db.takeDocuments(ours.openJob)).toBeNull(),
  saveDocuments: async (db) => {
    const [staged] = (await ours.db.openSource(source)).unfinished?.staged ?? []
    expect(staged).toBeDefined()
    if (staged)
      expect(await db.saveDocuments(ours.openJob, 'en', [{ ...staged, outcome: { reason: 'x' } }])).toBe('taken')
  },
  readJob: async (db) => expect(await db.readJob(ours.doneJob)).toBeNull(),
}

describe('one project never reaches another', () => {
  test('every method of ProjectDb is tried', () => {
    expect(Object.keys(attempts).sort()).toEqual(Object.keys(ours.db).sort())
  })

  test.each(Object.keys(attempts) as (keyof ProjectDb)[])(
    '%s sees and changes no row of another project',
    async (method) => {
      const before = await snapshot(database, ours.uuid)
      await attempts[method](theirs.db)
      expect(await snapshot(database, ours.uuid)).toEqual(before)
    },
  )

  test('the same calls on its own project do see the rows, so the attempts above prove something', async () => {
    const { db, threadId, secretHash, requestId } = ours
    const opened = await db.openAnswer({ requestId, thread: { id: threadId, secretHash }, query, limit: 10 })
    expect(opened.earlier?.markdown).toBe('At the crossing. [1]')
    expect(opened.thread).toBe('known')
    expect(opened.before).toHaveLength(1)
    expect(opened.search.hits).toHaveLength(1)
    expect((await db.readThread(threadId, secretHash))?.messages).toHaveLength(2)
    expect(await db.readJob(ours.doneJob)).toMatchObject({ state: 'done', done: 1, total: 1 })
  })
})

describe('row-level security', () => {
  test('every table with a project_id has it enabled, forced, and one policy for app_rw on both directions', async () => {
    const rows = await database.asOwner.query(
      `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
         (select string_agg(pg_get_expr(p.polqual, p.polrelid) || pg_get_expr(p.polwithcheck, p.polrelid), '')
          from pg_policy p where p.polrelid = c.oid and p.polcmd = '*' and 'app_rw'::regrole = any (p.polroles)) as policy
       from pg_class c where c.relname = any ($1) and c.relnamespace = 'public'::regnamespace`,
      [await tenantTables(database)],
    )
    expect(rows.length).toBeGreaterThan(12)
    for (const { name, enabled, forced, policy } of rows) {
      expect({ name, enabled, forced }).toEqual({ name, enabled: true, forced: true })
      expect(String(policy).match(/project_id = \( SELECT \(NULLIF\(current_setting\('app.project_id'/g)?.length).toBe(
        2,
      )
    }
  })

  test('the tables without a project_id are the account tables and the journal; without a person they are empty', async () => {
    const rows = await database.asOwner.query(
      `select relname as name, relrowsecurity and relforcerowsecurity as forced from pg_class
       where relkind in ('r', 'p', 'm', 'v') and relnamespace = 'public'::regnamespace and relname <> all ($1) order by 1`,
      [await tenantTables(database)],
    )
    expect(rows.map(({ name }) => name)).toEqual([...ACCOUNT_TABLES, 'schema_migrations', 'throttles'].sort())
    expect(rows.filter(({ forced }) => !forced).map(({ name }) => name)).toEqual(['schema_migrations'])
    await expect(database.asApp.query('select * from schema_migrations')).rejects.toMatchObject({ code: '42501' })
    for (const name of ACCOUNT_TABLES) {
      const reading = [enter(database.asApp, ours.uuid), database.asApp.query(`select count(*)::int as n from ${name}`)]
      expect((await database.asApp.transaction(reading))[1]).toEqual([{ n: 0 }])
    }
  })

  test('project_id is first in every primary and unique key, and part of every reference to a tenant table', async () => {
    const rows = await database.asOwner.query(
      `select i.indexrelid::regclass::text as name from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'project_id'
       where i.indisunique and i.indrelid::regclass::text = any ($1) and i.indkey[0] <> a.attnum
       union all
       select c.conname from pg_constraint c where c.contype = 'f' and c.confrelid::regclass::text = any ($1)
         and not exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'project_id' and a.attnum = c.conkey[1])`,
      [await tenantTables(database)],
    )
    // A workspace is one project's to answer in: this one key holds across projects, and tells no more than that.
    expect(rows).toEqual([{ name: 'slack_workspaces_team_key' }])
  })

  test('nobody but the owner may truncate, and no view or function opens another door', async () => {
    const grants = await database.asOwner.query(
      `select table_name, grantee, privilege_type from information_schema.role_table_grants
       where grantee in ('app_rw', 'app_system', 'pernoex_app', 'PUBLIC') and table_schema = 'public'
         and privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')`,
    )
    expect(grants).toEqual([])
    const definers = await database.asOwner.query(
      `select p.oid::regprocedure::text as name, pg_get_userbyid(p.proowner) as owner, p.proconfig::text as config
       from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace order by 1`,
    )
    const names = [
      ...[
        'system_credentials(text)',
        'system_email_token(bytea,text)',
        'system_end_sessions()',
        'system_has_password(bytea)',
        'system_identity(text,text)',
        'system_invitation(bytea)',
      ],
      'system_keep_owner()',
      'system_keep_stray_event(text,text,timestamp with time zone,text)',
      'system_let_stray_event_go(text)',
      'system_organization_of_customer(text)',
      ...['system_pending_policies(integer)', 'system_project_of_slack_team(text)', 'system_raise_epochs()'],
      ...['system_second_factor(bytea)', 'system_session(bytea,uuid)', 'system_sweep_accounts()'],
      'system_unclear_subscriptions(integer)',
      'system_unfinished_jobs(integer)',
      'system_waiting_deliveries(integer)',
    ]
    expect(definers).toEqual(
      names.map((name) => ({ name, owner: 'app_system', config: '{"search_path=pg_catalog, public"}' })),
    )
  })

  test.each(['', 'garbage', '00000000-0000-0000-0000-000000000000', "' or true --"])(
    'with the setting %j no tenant row is visible and none can be written',
    async (setting) => {
      for (const table of await tenantTables(database)) {
        const reading = database.asApp.transaction([
          enter(database.asApp, setting),
          database.asApp.query(`select * from ${table}`),
        ])
        const rows = await reading.then(
          ([, found]) => found,
          (error) => error.code,
        )
        expect(['[]', '"22P02"']).toContain(JSON.stringify(rows))
      }
      const writing = database.asApp.transaction([
        enter(database.asApp, setting),
        database.asApp.query('insert into origin_rules (project_id, id, rule) values ($1, gen_random_uuid(), $2)', [
          ours.uuid,
          'x',
        ]),
      ])
      await expect(writing).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|22P02)$/) })
    },
  )

  test('without any setting, and after a transaction that had one, no tenant row is visible', async () => {
    await ours.db.readJob(ours.doneJob)
    for (const table of await tenantTables(database))
      expect(await database.asApp.query(`select * from ${table}`)).toEqual([])
  })

  test('a setting that someone left on the session does not outlive the next call of a ProjectDb', async () => {
    await database.asApp.query(`select set_config('app.project_id', $1, false)`, [ours.uuid])
    expect(await theirs.db.readJob(ours.doneJob)).toBeNull()
    await database.asApp.query(`select set_config('app.project_id', '', false)`)
  })

  test('rows cannot be written into, or moved to, another project', async () => {
    const { asApp } = database
    const insert = asApp.query('insert into policy_outbox (project_id, epoch) values ($1, 1)', [ours.uuid])
    await expect(asApp.transaction([enter(asApp, theirs.uuid), insert])).rejects.toMatchObject({ code: '42501' })
    const move = asApp.query('update sources set project_id = $1', [theirs.uuid])
    await expect(asApp.transaction([enter(asApp, ours.uuid), move])).rejects.toMatchObject({ code: '42501' })
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSystemDb } from '#edge/db/system.ts'
import { planIngest } from '#edge/flows/ingest.ts'
import { idFromUuid, newId } from '#shared/ids.ts'
import { enter, openTestDatabase, random, sha256, type TestDatabase } from './database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

test('the policy of a project comes with its keys, rules and settings; of an unknown one there is none', async () => {
  const { projectId, uuid } = await database.newProject()
  const { asApp } = database
  const keyId = crypto.randomUUID()
  const identityIds = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
  const insert = `insert into keys (project_id, id, kind, environment, body, secret_hash, scopes, label, expires_at, revoked_at, created_at)
    values ($1, $2, $3, 'live', $4, $5, $6, 'L', $7, $8, $9)`
  const day = (n: number) => `2030-01-0${n}T00:00:00Z`
  await asApp.transaction([
    enter(asApp, uuid),
    asApp.query(insert, [uuid, keyId, 'public', 'AbCdEfGhIjKlMn', null, '{config,answers}', day(1), null, day(1)]),
    asApp.query(insert, [uuid, crypto.randomUUID(), 'secret', null, sha256('s'), '{search}', null, day(2), day(2)]),
    asApp.query(
      `insert into origin_rules (project_id, id, rule, expires_at) values ($1, gen_random_uuid(), 'example.com', $2)`,
      [uuid, day(3)],
    ),
    asApp.query(
      `insert into identity_keys (project_id, id, kid, algorithm, public_key, sealed_secret) values
       ($1, $2, null, 'ES256', '-----BEGIN PUBLIC KEY-----', null), ($1, $3, 'h', 'HS256', null, '\\x0102ff')`,
      [uuid, ...identityIds],
    ),
    asApp.query(
      `update projects set policy_epoch = 5, enforce_identity = true, widget = '{"theme":"dark"}', limits = '{"answersPerDay":7}'`,
    ),
  ])
  const source = await createSystemDb(database.app).loadPolicySource(projectId)
  expect(source).toMatchObject({
    ...{ projectId, epoch: 5, project: { name: 'Test' }, widget: { theme: 'dark' }, limits: { answersPerDay: 7 } },
    rules: [{ rule: 'example.com', expiresAtMs: Date.parse(day(3)) }],
    visitors: {
      enforced: true,
      keys: [
        { kid: null, algorithm: 'ES256', publicKey: '-----BEGIN PUBLIC KEY-----' },
        { kid: 'h', algorithm: 'HS256', sealedSecret: 'AQL_' },
      ],
    },
  })
  expect(source?.keys).toEqual([
    {
      ...{ keyId: idFromUuid('key', keyId), kind: 'public', environment: 'live', identity: 'AbCdEfGhIjKlMn' },
      ...{ scopes: ['config', 'answers'], expiresAtMs: Date.parse(day(1)), revokedAtMs: null },
    },
    expect.objectContaining({
      ...{ kind: 'secret', identity: Buffer.from(sha256('s')).toString('hex'), revokedAtMs: Date.parse(day(2)) },
    }),
  ])
  expect(await createSystemDb(database.app).loadPolicySource(newId('project', random))).toBeNull()
})

test('an identity key has what its algorithm needs and nothing else, and one key at most goes without a kid', async () => {
  const { uuid } = await database.newProject()
  const { asApp } = database
  const insert = (kid: string | null, algorithm: string, publicKey: string | null, secret: string | null) =>
    asApp.transaction([
      enter(asApp, uuid),
      asApp.query(
        `insert into identity_keys (project_id, id, kid, algorithm, public_key, sealed_secret)
         values ($1, gen_random_uuid(), $2, $3, $4, $5)`,
        [uuid, kid, algorithm, publicKey, secret],
      ),
    ])
  const pem = '-----BEGIN PUBLIC KEY-----'
  await insert(null, 'EdDSA', pem, null)
  await insert('b', 'EdDSA', pem, null)
  await expect(insert(null, 'ES256', pem, null)).rejects.toMatchObject({ constraint: 'identity_keys_kid_key' })
  await expect(insert('b', 'ES256', pem, null)).rejects.toMatchObject({ constraint: 'identity_keys_kid_key' })
  await expect(insert('c', 'none', pem, null)).rejects.toMatchObject({ constraint: 'identity_keys_algorithm' })
  await expect(insert('c', 'HS256', pem, null)).rejects.toMatchObject({ constraint: 'identity_keys_shape' })
  await expect(insert('c', 'EdDSA', null, '\\x01')).rejects.toMatchObject({ constraint: 'identity_keys_shape' })
  await expect(insert('c', 'EdDSA', '-----BEGIN PRIVATE KEY-----', null)).rejects.toMatchObject({
    constraint: 'identity_keys_public',
  })
})

test('pending policies name projects of all tenants, until what was published is forgotten', async () => {
  const system = createSystemDb(database.app)
  const { asApp } = database
  const projects = [await database.newProject(), await database.newProject()]
  for (const { uuid } of projects)
    await asApp.transaction([
      enter(asApp, uuid),
      asApp.query('insert into policy_outbox (project_id, epoch) values ($1, 2), ($1, 3)', [uuid]),
    ])
  const [first, second] = projects.map(({ projectId }) => projectId)
  expect(await system.pendingPolicies(10)).toEqual([first, second])
  expect(await system.pendingPolicies(1)).toEqual([first])
  if (first) await system.policyPublished(first, 2)
  expect(await system.pendingPolicies(10)).toHaveLength(2)
  if (first) await system.policyPublished(first, 3)
  expect(await system.pendingPolicies(10)).toEqual([second])
})

test('unfinished jobs of all tenants are named, finished ones are not', async () => {
  const { db, projectId } = await database.newProject()
  const source = { kind: 'upload', name: 'docs', siteUrl: null, siteStyle: 'github' } as const
  const system = createSystemDb(database.app)
  expect(await system.unfinishedJobs(10)).toEqual([])
  const documents = [{ path: 'a.md', content: '# A\n\nText.' }]
  const { jobId } = await planIngest({ db, random, source, documents, complete: true })
  expect(await system.unfinishedJobs(10)).toEqual([{ projectId, jobId }])
})

test('it has no other door, and its functions read these columns only', async () => {
  expect(Object.keys(createSystemDb(database.app)).sort()).toEqual([
    ...[
      'loadPolicySource',
      'pendingPolicies',
      'policyPublished',
      'projectOfSlackTeam',
      'unfinishedJobs',
      'waitingDeliveries',
    ],
  ])
  const grants = await database.asOwner.query(
    `select table_name, privilege_type, string_agg(column_name, ' ' order by column_name) as columns
     from information_schema.column_privileges where grantee = 'app_system' group by 1, 2 order by 1, 2`,
  )
  expect(
    grants.map(({ table_name, privilege_type, columns }) => `${privilege_type} ${table_name}: ${columns}`),
  ).toEqual([
    'SELECT billing_customers: customer_id organization_id',
    'INSERT billing_events: event_id occurred_at reason state type',
    'SELECT billing_events: event_id organization_id',
    'SELECT email_tokens: created_at expires_at purpose token_hash user_id',
    'SELECT invitations: email expires_at id invited_by organization_id project_ids role token_hash',
    'SELECT jobs: id project_id state updated_at',
    'SELECT memberships: created_at last_used_at organization_id role user_id',
    'SELECT organizations: id name',
    'INSERT policy_outbox: epoch project_id',
    'SELECT policy_outbox: created_at project_id',
    'SELECT project_members: project_id user_id',
    'SELECT projects: organization_id policy_epoch project_id',
    'UPDATE projects: policy_epoch',
    'SELECT sessions: created_at id last_seen_at network organization_id pending proved_at token_hash user_agent user_id',
    'SELECT slack_workspaces: project_id team_id',
    'SELECT subscriptions: ask_after organization_id unclear updated_at',
    'SELECT throttles: last_failed_at',
    'SELECT user_identities: issuer subject user_id',
    'SELECT users: email email_verified_at id name password_hash totp_enabled_at totp_last_step totp_secret',
    'SELECT webhook_deliveries: endpoint event_id project_id state updated_at',
  ])
})

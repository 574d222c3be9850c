import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createAccountDb } from '#edge/db/account.ts'
import { createProjectContent } from '#edge/db/content.ts'
import { createProjectSettings } from '#edge/db/settings.ts'
import { idFromUuid, type ProjectId } from '#shared/ids.ts'
import { enter, openTestDatabase, type TestDatabase } from './database.ts'

/** Ours is one of many, as in production: of a table that were all ours, reading the whole would be right. */
const BUSY_PROJECTS = 25
const DOCUMENTS = 2000
const CONVERSATIONS = 1000
const RULES = 1000
const KEYS = 200
const PROJECTS = 1000

let database: TestDatabase
let uuid: string
let projectId: ProjectId
let organization: string
beforeAll(async () => {
  database = await openTestDatabase()
  for (let n = 0; n < BUSY_PROJECTS; n++) {
    ;({ uuid, projectId } = await database.newProject())
    await fill()
    const [row] = await asProject('select organization_id as id from projects where project_id = $1')
    organization = String(row?.id)
    await noteActs()
  }
  const ids = Array.from({ length: PROJECTS }, () => crypto.randomUUID())
  const { asApp } = database
  await asApp.transaction(
    ids.flatMap((id) => [
      enter(asApp, id),
      asApp.query(`insert into projects (project_id, organization_id, name) values ($1, $2, 'P')`, [id, organization]),
    ]),
  )
  await database.asOwner.query('analyze')
}, 240_000)
afterAll(() => database.close())

async function fill(): Promise<void> {
  await asProject(
    `insert into sources (project_id, id, kind, name, site_style) values ($1, gen_random_uuid(), 'upload', 's', 'github')`,
  )
  await asProject(
    `insert into documents (project_id, id, source_id, path, title, fingerprint, state, updated_at)
     select $1, gen_random_uuid(), s.id, n || '.md', 'Page ' || n, '', 'ready', now() - n * interval '1 second'
     from sources s, generate_series(1, ${DOCUMENTS}) n`,
  )
  await asProject(
    `insert into passages (project_id, id, document_id, ordinal, title, headings, url, start_offset, end_offset, blocks, text, hash)
     select $1, gen_random_uuid(), id, n, 'T', '[]', '/', 0, 1, '[]', 'x', '' from documents, generate_series(1, 2) n`,
  )
  await asProject(
    `insert into conversations (project_id, id, secret_hash, channel, created_at)
     select $1, gen_random_uuid(), '\\x00', 'widget', now() - n * interval '1 second' from generate_series(1, ${CONVERSATIONS}) n`,
  )
  // Two questions with their answers each, of which a few are disliked.
  await asProject(
    `insert into messages (project_id, conversation_id, role, markdown, answer_id, outcome)
     select $1, pair.conversation, role, 'How?', pair.answer, case role when 'assistant' then 'answered' end
     from (select id as conversation, gen_random_uuid() as answer from conversations, generate_series(1, 2)) pair,
       unnest(array['visitor', 'assistant']) role`,
  )
  await asProject(
    `insert into feedback (project_id, answer_id, conversation_id, helpful, reasons)
     select $1, answer_id, conversation_id, position % 3 = 0, '{}' from messages where role = 'assistant' and position % 5 = 0`,
  )
  await asProject(
    `insert into keys (project_id, id, kind, environment, secret_hash, scopes, label)
     select $1, gen_random_uuid(), 'secret', 'live', sha256(n::text::bytea), '{config}', 'k' from generate_series(1, ${KEYS}) n`,
  )
  await asProject(
    `insert into origin_rules (project_id, id, rule)
     select $1, gen_random_uuid(), n || '.example.com' from generate_series(1, ${RULES}) n`,
  )
}

/** As the audit log is written: from within the organization. */
async function noteActs(): Promise<void> {
  const { asApp } = database
  await asApp.transaction([
    enter(asApp, uuid),
    asApp.query(`select set_config('app.organization_id', $1, true)`, [organization]),
    asApp.query(
      `insert into audit_entries (organization_id, id, actor_email, action, network)
       select $1, gen_random_uuid(), 'a@example.com', 'key.created', '::' from generate_series(1, 400)`,
      [organization],
    ),
  ])
}

async function asProject(text: string) {
  const { asApp } = database
  const [, rows] = await asApp.transaction([enter(asApp, uuid), asApp.query(text, [uuid])])
  return rows ?? []
}

interface Sent {
  query: string
  params: unknown[]
}

/** Every statement that the call sends, explained in the same transaction as it was sent in. */
async function planOf(call: () => Promise<unknown>): Promise<string> {
  const batches: Sent[][] = []
  const spy = vi.spyOn(globalThis, 'fetch')
  await call()
  for (const [, init] of spy.mock.calls) batches.push((JSON.parse(String(init?.body)) as { queries: Sent[] }).queries)
  spy.mockRestore()
  const plans: string[] = []
  for (const [first, ...rest] of batches) {
    if (first === undefined) continue
    const { asApp } = database
    const results = await asApp.transaction([
      asApp.query(first.query, first.params),
      ...rest.map(({ query, params }) => asApp.query(`explain (costs off) ${query}`, params)),
    ])
    for (const rows of results.slice(1)) plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
  }
  return plans.join('\n\n')
}

const PAGE = { after: null, limit: 50 }
const later = (id: string) => ({ after: { at: Date.now() * 1000, id }, limit: 50 })
const content = () => createProjectContent(database.app, projectId)
const settings = () => createProjectSettings(database.app, projectId)
const thread = idFromUuid('thread', crypto.randomUUID())

const LISTS: Record<string, () => Promise<unknown>> = {
  documents: () => content().pageOfDocuments(PAGE, {}),
  'failed documents': () => content().pageOfDocuments(PAGE, { state: 'failed' }),
  'documents by text': () => content().pageOfDocuments(PAGE, { text: 'page 7' }),
  'one document': () => content().readDocument(idFromUuid('document', crypto.randomUUID())),
  conversations: () => content().pageOfConversations(PAGE, {}),
  'later conversations': () => content().pageOfConversations(later(thread), {}),
  'disliked conversations': () => content().pageOfConversations(PAGE, { rating: 'down' }),
  'conversations without an answer': () => content().pageOfConversations(PAGE, { outcome: 'abstained' }),
  'one conversation': () => content().readConversation(thread),
  keys: () => settings().pageOfKeys(PAGE),
  rules: () => settings().pageOfRules(later(idFromUuid('originRule', crypto.randomUUID()))),
  deliveries: () => settings().pageOfDeliveries(PAGE),
}

test.each(Object.entries(LISTS))('the list of %s reads no large table from end to end', async (_, call) => {
  const plan = await planOf(call)
  // Row-level security is in the plan, or it would prove nothing.
  expect(plan).toMatch(/InitPlan|app\.project_id/)
  for (const table of ['documents', 'passages', 'conversations', 'messages', 'feedback', 'keys', 'origin_rules'])
    expect(plan, plan).not.toMatch(new RegExp(`Seq Scan on ${table}\\b`))
})

test('a person of an organization with a thousand projects is shown them by an index', async () => {
  const accounts = createAccountDb(database.app)
  const actor = {
    ...{ userId: idFromUuid('user', crypto.randomUUID()), organizationId: idFromUuid('organization', organization) },
    ...{ email: 'a@example.com', role: 'owner' as const, network: '::' },
  }
  for (const call of [
    () => accounts.listProjects(actor, PAGE),
    () => accounts.listAudit(actor, PAGE),
    () => accounts.listAudit(actor, PAGE, { action: 'key.revoked', text: 'nobody' }),
  ]) {
    const plan = await planOf(call)
    expect(plan, plan).not.toMatch(/Seq Scan on (?:projects|audit_entries)\b/)
  }
  expect((await accounts.listProjects(actor, PAGE)).items).toHaveLength(50)
})

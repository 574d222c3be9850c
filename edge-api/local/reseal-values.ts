import { fromHex, toHex } from '#shared/bytes.ts'
import { idFromUuid, type ProjectId, type UserId } from '#shared/ids.ts'
import { openSealed, type SealedPlace, type SealingKeys, seal } from '#shared/seal.ts'
import { connect, type DatabaseAddress } from '../db/connect.ts'
import { slackTokenPlace } from '../flows/connect-slack.ts'
import { identitySecretPlace } from '../flows/identify-visitor.ts'
import { totpSecretPlace } from '../flows/second-factor.ts'
import { refreshTokenPlace } from '../flows/social.ts'
import { endpointSecretPlace } from '../flows/verify-delivery.ts'

/** One column that holds sealed values: which row a value is bound to, and how that row is found. */
interface SealedColumn {
  name: string
  table: string
  column: string
  /** Columns of the primary key: the tenant's first. */
  key: [string, string] | [string]
  place(tenant: string, row: string): SealedPlace
  /** A project's: its values are in the policy, so gates have to be told. */
  inPolicy: boolean
  /** A project's, which nobody else has to be told of. */
  ofProject?: true
}

const user = (uuid: string): UserId => idFromUuid('user', uuid)
const project = (uuid: string): ProjectId => idFromUuid('project', uuid)

/** Every column of the database that shared/seal.ts writes; tests/db/reseal.test.ts compares it with the schema. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    ...{ name: 'second factors', table: 'users', column: 'totp_secret', key: ['id'], inPolicy: false },
    place: (tenant) => totpSecretPlace(user(tenant)),
  },
  {
    ...{ name: 'tokens of providers', table: 'user_identities', column: 'refresh_token', inPolicy: false },
    ...{ key: ['user_id', 'issuer'], place: (tenant, issuer) => refreshTokenPlace(user(tenant), issuer) },
  },
  {
    ...{ name: 'identity secrets', table: 'identity_keys', column: 'sealed_secret', inPolicy: true },
    ...{ key: ['project_id', 'id'], place: (tenant, id) => identitySecretPlace(project(tenant), id) },
  },
  {
    ...{ name: 'webhook secrets', table: 'webhook_endpoints', column: 'sealed_secret', inPolicy: true },
    ...{ key: ['project_id', 'id'], place: (tenant, id) => endpointSecretPlace(project(tenant), id as never) },
  },
  {
    ...{ name: 'replaced webhook secrets', table: 'webhook_endpoints', column: 'replaced_secret', inPolicy: true },
    ...{ key: ['project_id', 'id'], place: (tenant, id) => endpointSecretPlace(project(tenant), id as never) },
  },
  {
    ...{ name: 'tokens of Slack', table: 'slack_workspaces', column: 'sealed_token', inPolicy: false, ofProject: true },
    ...{ key: ['project_id', 'team_id'], place: (tenant, team) => slackTokenPlace(project(tenant), team) },
  },
]

export interface Resealed {
  name: string
  resealed: number
  /** Sealed with a key that is not there any more, or damaged; left as they are. */
  unreadable: number
}

const BATCH = 100

/**
 * Seals everything anew with the newest key, batch by batch. It may be stopped at any time and begun again: what is done is
 * not looked at twice, and a value that somebody changes meanwhile stays theirs. As the owner of the tables, who sees people,
 * but of projects only as much as the application does: one project at a time.
 */
export async function* resealAll(address: DatabaseAddress, keys: SealingKeys): AsyncGenerator<Resealed> {
  for (const column of SEALED_COLUMNS) {
    const total: Resealed = { name: column.name, resealed: 0, unreadable: 0 }
    yield { ...total }
    const scopes = column.inPolicy || column.ofProject ? projectIds(address) : [null]
    for await (const project of scopes) {
      let after: string | null = null
      do {
        const batch: Batch = await resealBatch({ address, keys, column, project }, after)
        total.resealed += batch.resealed
        total.unreadable += batch.unreadable
        after = batch.last
        yield { ...total }
      } while (after !== null)
    }
  }
}

/** Of all organizations, which is where the owner may look. */
async function* projectIds(address: DatabaseAddress): AsyncGenerator<string> {
  const sql = connect(address)
  for (const { id } of await sql.query('select id from organizations order by id')) {
    const [, projects] = await sql.transaction([
      sql.query(`select set_config('role', 'app_rw', true), set_config('app.organization_id', $1, true)`, [id]),
      sql.query('select project_id as id from projects where organization_id = $1 order by 1', [id]),
    ])
    for (const row of projects as { id: string }[]) yield row.id
  }
}

interface Work {
  address: DatabaseAddress
  keys: SealingKeys
  column: SealedColumn
  /** Uuid; null for a table of people. */
  project: string | null
}

interface Batch {
  resealed: number
  unreadable: number
  /** Where to go on; null at the end. */
  last: string | null
}

async function resealBatch(work: Work, after: string | null): Promise<Batch> {
  const { keys, column: sealedColumn } = work
  const { table, column, key } = sealedColumn
  const newest = [...keys.keys()].at(-1) ?? ''
  const order = key.map((one) => `${one}::text`).join(` || ' ' || `)
  const rows = await run(
    work,
    `select ${key.map((one, at) => `${one}::text as k${at}`).join(', ')}, encode(${column}, 'hex') as sealed, ${order} as place
     from ${table} where ${column} is not null and get_byte(${column}, 1) <> $1 and ($2::text is null or ${order} > $2)
     order by ${order} limit ${BATCH}`,
    [newest.charCodeAt(0), after],
  )
  const batch: Batch = { resealed: 0, unreadable: 0, last: rows.length < BATCH ? null : String(rows.at(-1)?.place) }
  for (const row of rows) {
    const sealed = await sealAgain(work, row)
    if (sealed === null) batch.unreadable += 1
    else batch.resealed += await replace(work, row, sealed)
  }
  return batch
}

type Row = Record<string, unknown>

/** Null where no key opens it. */
async function sealAgain({ keys, column }: Work, row: Row): Promise<Uint8Array | null> {
  const place = column.place(String(row.k0), String(row.k1 ?? row.k0))
  const opened = await openSealed(keys, place, fromHex(String(row.sealed)) ?? new Uint8Array())
  if (!opened.ok) return null
  return seal(keys, place, opened.value, (bytes) => void crypto.getRandomValues(bytes))
}

/** The cron tells the gate; until then it goes on with the old envelope, which the old key still opens. */
async function replace(work: Work, row: Row, sealed: Uint8Array): Promise<number> {
  const { table, column, key } = work.column
  const where = key.map((one, at) => `${one}::text = $${at + 3}`).join(' and ')
  const change = `update ${table} set ${column} = $1::bytea where ${column} = $2::bytea and ${where} returning ${key[0]}`
  const announced = `with changed as (${change}), raised as (
      update projects set policy_epoch = policy_epoch + 1 where project_id in (select project_id from changed)
      returning project_id, policy_epoch
    )
    insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from raised returning 1`
  const values = [`\\x${toHex(sealed)}`, `\\x${row.sealed}`, ...key.map((_, at) => String(row[`k${at}`]))]
  return (await run(work, work.column.inPolicy ? announced : change, values)).length
}

async function run({ address, project }: Work, query: string, values: unknown[]): Promise<Row[]> {
  const sql = connect(address)
  if (project === null) return (await sql.query(query, values)) as Row[]
  const enter = `select set_config('role', 'app_rw', true), set_config('app.project_id', $1, true)`
  const [, rows] = await sql.transaction([sql.query(enter, [project]), sql.query(query, values)])
  return rows as Row[]
}

import { createHash } from 'node:crypto'
import { utf8 } from '#shared/bytes.ts'
import { idToUuid } from '#shared/ids.ts'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import { type Environment, SCOPES } from '#shared/public-key.ts'
import { seal } from '#shared/seal.ts'
import { connect, type DatabaseAddress } from '../db/connect.ts'
import { endpointSecretPlace } from '../flows/verify-delivery.ts'
import { createBcryptHasher } from '../providers/password/bcrypt.ts'
import type { LocalSecrets } from './secrets.ts'
import { StartProblem } from './start-problem.ts'

export const OWNER_EMAIL = 'owner@pernoex.localhost'

export interface Seed {
  secrets: LocalSecrets
  /** `starters`: questions that the widget suggests. */
  project: { name: string; starters: string[] }
  /** Of the demo page; the one that an earlier start allowed for its demo page is replaced. */
  demoOrigin: string
  /** Normalised; added to what is there. */
  rules: string[]
  /** Null where nobody is to sign in. */
  ownerPasswordHash: string | null
}

/** As the Worker stores it, so that the owner can sign in with the password that the start prints. */
export function hashOwnerPassword({ passwordPeppers, ownerPassword }: LocalSecrets): Promise<string> {
  const peppers = parseNamedSecrets(passwordPeppers)
  if (!peppers.ok) throw new StartProblem(`The stored password peppers are damaged: the value ${peppers.reason}.`)
  return createBcryptHasher({ peppers: peppers.value, cost: 12, nowMs: Date.now }).hash(ownerPassword)
}

/** Makes owner, organization, project, keys and rules, or finds them made; then asks for the policy to be published. */
export async function seed(
  address: DatabaseAddress,
  { secrets, project, demoOrigin, rules, ownerPasswordHash }: Seed,
): Promise<void> {
  const sql = connect(address)
  const id = (name: keyof LocalSecrets['ids']): string => idToUuid(secrets.ids[name])
  await sql.transaction([
    sql.query(`insert into organizations (id, name) values ($1, 'Local') on conflict (id) do nothing`, [
      id('organization'),
    ]),
    sql.query(
      `insert into users (id, email, name, password_hash, email_verified_at) values ($1, $2, 'Owner', $3, now())
       on conflict (email) do update set password_hash = coalesce(users.password_hash, excluded.password_hash),
         email_verified_at = coalesce(users.email_verified_at, now())`,
      // Another data folder may have seeded the same outside database, and the owner may have a new password since.
      [id('owner'), OWNER_EMAIL, ownerPasswordHash],
    ),
    sql.query(
      `insert into memberships (organization_id, user_id, role) select $1, id, 'owner' from users where email = $2
       on conflict do nothing`,
      [id('organization'), OWNER_EMAIL],
    ),
  ])
  const projectId = id('project')
  const webhook = await webhookRow(secrets)
  const key = (name: 'liveKey' | 'testKey' | 'secretKey', row: KeyRow) =>
    sql.query(
      `insert into keys (project_id, id, kind, environment, body, secret_hash, scopes, label)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
      [projectId, id(name), row.kind, row.environment, row.body, row.secretHash, `{${SCOPES.join(',')}}`, row.label],
    )
  const demoRule = id('demoRule')
  await sql.transaction([
    sql.query(`select set_config('role', 'app_rw', true), set_config('app.project_id', $1, true)`, [projectId]),
    sql.query(
      // What the owner has set of the widget stays; only the questions go with the documents that they are about.
      `insert into projects (project_id, organization_id, name, widget) values ($1, $2, $3, $4::jsonb)
       on conflict (project_id) do update set name = excluded.name, widget = case projects.name
         when excluded.name then excluded.widget || projects.widget
         else projects.widget || excluded.widget end`,
      [projectId, id('organization'), project.name, JSON.stringify({ starters: project.starters })],
    ),
    key('liveKey', publicRow('live', secrets.publicKey, 'Demo page')),
    key('testKey', publicRow('test', secrets.testKey, 'Development')),
    key('secretKey', secretRow(secrets.secretKey)),
    ...(webhook === null
      ? []
      : [
          sql.query(
            `insert into webhook_endpoints (project_id, id, kind, provider, label, sealed_secret)
             values ($1, $2, 'in', 'standard', 'Push documents', $3) on conflict do nothing`,
            [projectId, webhook.id, webhook.sealed],
          ),
        ]),
    sql.query('delete from origin_rules where rule = $1 and id <> $2', [demoOrigin, demoRule]),
    sql.query(
      `insert into origin_rules (project_id, id, rule) values ($1, $2, $3)
       on conflict (project_id, id) do update set rule = excluded.rule`,
      [projectId, demoRule, demoOrigin],
    ),
    ...rules.map((rule) =>
      sql.query(
        `insert into origin_rules (project_id, id, rule) values ($1, gen_random_uuid(), $2)
         on conflict (project_id, rule) do nothing`,
        [projectId, rule],
      ),
    ),
    sql.query('update projects set policy_epoch = policy_epoch + 1 where project_id = $1', [projectId]),
    sql.query(
      `insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from projects where project_id = $1`,
      [projectId],
    ),
  ])
}

/** Null where the data folder is of a version before webhooks, or before there were sealing keys. */
async function webhookRow({
  webhookIn,
  sealingKeys,
  ids,
}: LocalSecrets): Promise<{ id: string; sealed: string } | null> {
  const keys = sealingKeys === undefined ? null : parseNamedSecrets(sealingKeys)
  if (webhookIn === undefined || !keys?.ok) return null
  const place = endpointSecretPlace(ids.project, webhookIn.id)
  const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)
  const sealed = await seal(keys.value, place, utf8(webhookIn.secret), random)
  return { id: webhookIn.id, sealed: `\\x${Buffer.from(sealed).toString('hex')}` }
}

interface KeyRow {
  kind: 'public' | 'secret'
  environment: Environment
  body: string | null
  secretHash: string | null
  label: string
}

/** `body` is what names the key in its project: the 14 characters before the 11 of the checksum. */
function publicRow(environment: Environment, text: string, label: string): KeyRow {
  return { kind: 'public', environment, body: text.slice(-25, -11), secretHash: null, label }
}

function secretRow(text: string): KeyRow {
  const secretHash = `\\x${createHash('sha256').update(text).digest('hex')}`
  return { kind: 'secret', environment: 'live', body: null, secretHash, label: 'Server' }
}

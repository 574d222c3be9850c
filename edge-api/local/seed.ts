import { idToUuid } from '#shared/ids.ts'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import { connect, type DatabaseAddress } from '../db/connect.ts'
import { createProjectSettings } from '../db/settings.ts'
import { createBcryptHasher } from '../providers/password/bcrypt.ts'
import type { LocalSecrets } from './secrets.ts'
import { type Access, seedAccess } from './seed-access.ts'
import { StartProblem } from './start-problem.ts'

export const OWNER_EMAIL = 'owner@pernoex.localhost'

export interface Seed extends Access {
  /** `starters`: questions that the widget suggests. */
  project: { name: string; starters: string[] }
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
export async function seed(address: DatabaseAddress, { project, ownerPasswordHash, ...access }: Seed): Promise<void> {
  const { secrets } = access
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
    sql.query('update projects set policy_epoch = policy_epoch + 1 where project_id = $1', [projectId]),
    sql.query(
      `insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from projects where project_id = $1`,
      [projectId],
    ),
  ])
  await seedAccess(createProjectSettings(address, secrets.ids.project), access)
}

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { NeonDbError, type neon } from '@neondatabase/serverless'
import { connect } from '../db/connect.ts'

const FOLDER = new URL('../db/migrations/', import.meta.url)

export interface MigrateOptions {
  /** Of the role that is to own the schema; it needs CREATEROLE and CREATE on the database, not superuser. */
  connectionString: string
  httpEndpoint?: string | undefined
  /** A login that is to be able to act as `app_rw`, when it is not the owner itself. */
  appUser?: string | undefined
}

interface Migration {
  name: string
  hash: string
  statements: string[]
}

/** A migration that was applied to this database differs from the file of that name. */
export class MigrationChanged extends Error {
  constructor(name: string) {
    super(`Migration ${name} was changed after it had been applied. Restore the file and write a new migration.`)
    this.name = 'MigrationChanged'
  }
}

/** Row-level security would not hold a role that stands above it. */
export class RoleTooPowerful extends Error {
  constructor(role: string) {
    super(
      `The role ${role} is superuser, bypasses row-level security or may act as a role that does; it must not. Take that from it, or use a server where ${role} is not taken.`,
    )
    this.name = 'RoleTooPowerful'
  }
}

/**
 * Brings the schema up to date over the Neon HTTP driver; resolves with the names it applied. Each migration is one
 * transaction with its journal row, so two runners at once end with each applied once.
 */
export async function migrate({ connectionString, httpEndpoint, appUser }: MigrateOptions): Promise<string[]> {
  const sql = connect({ connectionString, httpEndpoint })
  const applied: string[] = []
  await requireOrdinaryRoles(sql)
  const journal = await readJournal(sql)
  for (const migration of readMigrations()) {
    const known = journal.get(migration.name)
    if (known !== undefined && known !== migration.hash) throw new MigrationChanged(migration.name)
    if (known === undefined && (await apply(sql, migration))) applied.push(migration.name)
  }
  if (appUser !== undefined) await sql.query(`grant app_rw to "${appUser.replaceAll('"', '""')}"`)
  return applied
}

/** Changes with any migration's content. */
export function migrationsHash(): string {
  return sha256(
    readMigrations()
      .map(({ name, hash }) => `${name} ${hash}\n`)
      .join(''),
  )
}

function readMigrations(): Migration[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8')
    const statements = text.split('--> statement-breakpoint').map((statement) => statement.trim())
    return { name, hash: sha256(text), statements: statements.filter(Boolean) }
  })
}

type Sql = ReturnType<typeof neon<false, false>>

/** Roles belong to the whole server: somebody else may have made those of these names, with powers of their own. */
async function requireOrdinaryRoles(sql: Sql): Promise<void> {
  const [found] = await sql.query(`select ours.rolname from pg_roles ours
    where ours.rolname in ('app_rw', 'app_system') and exists (
      select from pg_roles reached where pg_has_role(ours.oid, reached.oid, 'member')
        and (reached.rolsuper or reached.rolbypassrls))`)
  if (found !== undefined) throw new RoleTooPowerful(String(found.rolname))
}

async function readJournal(sql: Sql): Promise<Map<string, string>> {
  const [exists] = await sql.query(`select to_regclass('public.schema_migrations') is not null as exists`)
  if (!exists?.exists) return new Map()
  const rows = await sql.query('select name, hash from public.schema_migrations')
  return new Map(rows.map(({ name, hash }) => [name as string, hash as string]))
}

/** False when another runner was quicker: it holds the lock, and then its journal row stops this one. */
async function apply(sql: Sql, { name, hash, statements }: Migration): Promise<boolean> {
  try {
    await sql.transaction([
      sql.query(`select pg_advisory_xact_lock(hashtext('pernoex migrations'))`),
      sql.query(`create table if not exists public.schema_migrations
        (name text constraint schema_migrations_pkey primary key, hash text not null, applied_at timestamptz not null default now())`),
      sql.query('insert into public.schema_migrations (name, hash) values ($1, $2)', [name, hash]),
      ...statements.map((statement) => sql.query(statement)),
    ])
    return true
  } catch (error) {
    if (error instanceof NeonDbError && error.constraint === 'schema_migrations_pkey') return false
    throw error
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

import { sql } from 'drizzle-orm'
import { fromHex } from '#shared/bytes.ts'
import { idFromUuid, idToUuid, type UserId } from '#shared/ids.ts'
import type { Actor, NewSession } from '../account.ts'
import type { Database } from '../connect.ts'
import { runAsApp } from '../scope.ts'
import { actingFor } from './audit-entry.ts'
import { hex, hexes, openingStatement } from './sessions.ts'

/** What a person shows besides the password. Whatever accepts a code uses it up in the same statement. */
export interface SecondFactors {
  /** Of the session's person; null for an unknown token. */
  readSecondFactor(tokenHash: Uint8Array): Promise<StoredSecondFactor | null>
  countBackupCodes(userId: UserId): Promise<number>
  /** Keeps a secret that is not asked for yet. False when a second factor is on already. */
  beginSecondFactor(actor: Actor, sealedSecret: Uint8Array): Promise<boolean>
  /**
   * Switches on the secret that a code has proved, with its backup codes; `session` goes on, every other one of the person
   * ends. False when one was on already.
   */
  enableSecondFactor(enabled: EnabledSecondFactor): Promise<boolean>
  /** Opens the session, unless this step or a later one was accepted before. */
  useCode(step: number, session: NewSession): Promise<boolean>
  /** Opens the session, unless the code is not one of those left. */
  useBackupCode(codeHash: Uint8Array, session: NewSession): Promise<boolean>
  /** Also ends every other session. False when none was on. */
  removeSecondFactor(session: NewSession): Promise<boolean>
  /** False when no second factor is on. */
  replaceBackupCodes(actor: Actor, codeHashes: readonly Uint8Array[]): Promise<boolean>
}

export interface StoredSecondFactor {
  userId: UserId
  /** Envelope of shared/seal.ts; null without one. */
  sealedSecret: Uint8Array<ArrayBuffer> | null
  /** False while it waits for its first code. */
  enabled: boolean
  lastStep: number | null
}

export interface EnabledSecondFactor {
  sealedSecret: Uint8Array
  step: number
  codeHashes: readonly Uint8Array[]
  session: NewSession
}

export function secondFactorRows(db: Database): SecondFactors {
  const open = async (session: NewSession, statement: ReturnType<typeof openingStatement>) => {
    const [{ rows }] = await runAsApp(db, actingFor(session), [statement])
    return rows.length > 0
  }
  return {
    readSecondFactor: (tokenHash) => readSecondFactor(db, tokenHash),
    async countBackupCodes(userId) {
      const id = idToUuid(userId)
      const count = db.execute<{ n: number }>(
        sql`select count(*)::int as n from backup_codes where user_id = ${id}::uuid`,
      )
      const [{ rows }] = await runAsApp(db, { userId: id }, [count])
      return rows[0]?.n ?? 0
    },
    async beginSecondFactor(actor, sealedSecret) {
      const [{ rows }] = await runAsApp(db, actingFor(actor), [
        db.execute(sql`update users set totp_secret = ${hex(sealedSecret)}::bytea, totp_last_step = null
          where id = ${idToUuid(actor.userId)}::uuid and totp_enabled_at is null returning id`),
      ])
      return rows.length > 0
    },
    enableSecondFactor: (enabled) => open(enabled.session, enableStatement(db, enabled)),
    useCode: (step, session) =>
      open(
        session,
        openingStatement(
          db,
          session,
          sql`update users set totp_last_step = ${step} where id = ${idToUuid(session.userId)}::uuid
            and totp_enabled_at is not null and coalesce(totp_last_step, -1) < ${step} returning id`,
        ),
      ),
    useBackupCode: (codeHash, session) =>
      open(
        session,
        openingStatement(
          db,
          session,
          sql`delete from backup_codes where user_id = ${idToUuid(session.userId)}::uuid
            and code_hash = ${hex(codeHash)}::bytea returning user_id`,
        ),
      ),
    removeSecondFactor: (session) => open(session, removeStatement(db, session)),
    replaceBackupCodes: (actor, codeHashes) => replaceBackupCodes(db, actor, codeHashes),
  }
}

/** The secret is written once more: another one may have been begun since the code was looked at. */
function enableStatement(db: Database, { sealedSecret, step, codeHashes, session }: EnabledSecondFactor) {
  const id = idToUuid(session.userId)
  return openingStatement(
    db,
    session,
    sql`update users set totp_secret = ${hex(sealedSecret)}::bytea, totp_enabled_at = now(), totp_last_step = ${step}
      where id = ${id}::uuid and totp_enabled_at is null returning id`,
    sql`, codes as (
        insert into backup_codes (user_id, code_hash) select claimed.id, code from claimed, unnest(${hexes(codeHashes)}::bytea[]) as code
      )${othersEnded(id)}`,
  )
}

function removeStatement(db: Database, session: NewSession) {
  const id = idToUuid(session.userId)
  return openingStatement(
    db,
    session,
    sql`update users set totp_secret = null, totp_enabled_at = null, totp_last_step = null
      where id = ${id}::uuid and totp_enabled_at is not null returning id`,
    sql`, codes as (delete from backup_codes where user_id in (select id from claimed))${othersEnded(id)}`,
  )
}

/** Those that were there before the statement; the one that it opens is not seen by it. */
const othersEnded = (userId: string) =>
  sql`, others as (delete from sessions where user_id = ${userId}::uuid and exists (select from claimed))`

async function replaceBackupCodes(db: Database, actor: Actor, codeHashes: readonly Uint8Array[]): Promise<boolean> {
  const id = idToUuid(actor.userId)
  const [, { rows }] = await runAsApp(db, actingFor(actor), [
    db.execute(sql`delete from backup_codes where user_id = ${id}::uuid`),
    db.execute(sql`with person as (select id from users where id = ${id}::uuid and totp_enabled_at is not null),
      codes as (
        insert into backup_codes (user_id, code_hash) select person.id, code from person, unnest(${hexes(codeHashes)}::bytea[]) as code
      ),
      noted as (
        insert into audit_entries (organization_id, id, actor_id, actor_email, action, network)
        select ${idToUuid(actor.organizationId)}::uuid, gen_random_uuid(), id, ${actor.email}, 'backup_codes.replaced', ${actor.network} from person
      )
      select id from person`),
  ])
  return rows.length > 0
}

async function readSecondFactor(db: Database, tokenHash: Uint8Array): Promise<StoredSecondFactor | null> {
  const [{ rows }] = await runAsApp(db, {}, [
    db.execute<SecondFactorRow>(
      sql`select user_id, encode(sealed_secret, 'hex') as sealed, enabled, last_step from system_second_factor(${hex(tokenHash)}::bytea)`,
    ),
  ])
  const [row] = rows
  if (row === undefined) return null
  return {
    userId: idFromUuid('user', row.user_id),
    sealedSecret: row.sealed === null ? null : fromHex(row.sealed),
    enabled: row.enabled,
    lastStep: row.last_step === null ? null : Number(row.last_step),
  }
}

interface SecondFactorRow extends Record<string, unknown> {
  user_id: string
  sealed: string | null
  enabled: boolean
  last_step: string | null
}

/** How a project knows its visitors. The rules for tenant tables are told in schema.ts. */
import { sql } from 'drizzle-orm'
import { check, foreignKey, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { bytea, createdAt, projectId } from './columns.ts'
import { projects } from './schema.ts'

/** Keys with which the customer's own server signs who a visitor is. At most one of a project goes without a `kid`. */
export const identityKeys = pgTable(
  'identity_keys',
  {
    projectId: projectId(),
    id: uuid('id').notNull(),
    kid: text('kid'),
    /** The only one that is accepted with this key, whatever a token says. */
    algorithm: text('algorithm', { enum: ['EdDSA', 'ES256', 'RS256', 'HS256'] }).notNull(),
    /** SubjectPublicKeyInfo as PEM; null for HS256. */
    publicKey: text('public_key'),
    /** Of HS256: the shared secret in its envelope (shared/seal.ts). */
    sealedSecret: bytea('sealed_secret'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.id] }),
    unique('identity_keys_kid_key').on(t.projectId, t.kid).nullsNotDistinct(),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
    check('identity_keys_algorithm', sql`${t.algorithm} in ('EdDSA', 'ES256', 'RS256', 'HS256')`),
    check(
      'identity_keys_shape',
      sql`(${t.algorithm} = 'HS256') = (${t.sealedSecret} is not null) and (${t.algorithm} <> 'HS256') = (${t.publicKey} is not null)`,
    ),
    // A private key pasted by mistake must not be stored.
    check('identity_keys_public', sql`${t.publicKey} like '-----BEGIN PUBLIC KEY-----%'`),
  ],
)

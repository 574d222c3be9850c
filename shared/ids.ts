import { fromBase62, fromHex, toBase62, toHex } from './bytes.ts'

/**
 * Ids are 16 random bytes. Outside they read `<prefix>_<22 base62 characters>`; in Postgres they are `uuid`.
 * One prefix each, so that an id pasted into the wrong field is refused by its shape.
 */
const PREFIXES = {
  organization: 'org',
  user: 'usr',
  project: 'prj',
  key: 'key',
  originRule: 'rul',
  identityKey: 'idk',
  source: 'src',
  document: 'doc',
  passage: 'psg',
  job: 'job',
  thread: 'thr',
  answer: 'ans',
  delivery: 'dlv',
  session: 'ses',
  invitation: 'inv',
  auditEntry: 'aud',
} as const

export type IdKind = keyof typeof PREFIXES

declare const brand: unique symbol
export type Id<Kind extends IdKind> = string & { readonly [brand]: Kind }

export type OrganizationId = Id<'organization'>
export type UserId = Id<'user'>
export type ProjectId = Id<'project'>
export type KeyId = Id<'key'>
export type OriginRuleId = Id<'originRule'>
export type IdentityKeyId = Id<'identityKey'>
export type SourceId = Id<'source'>
export type DocumentId = Id<'document'>
export type PassageId = Id<'passage'>
export type JobId = Id<'job'>
export type ThreadId = Id<'thread'>
export type AnswerId = Id<'answer'>
export type DeliveryId = Id<'delivery'>
export type SessionId = Id<'session'>
export type InvitationId = Id<'invitation'>
export type AuditEntryId = Id<'auditEntry'>

const BODY_LENGTH = 22

/** `random` fills the array it is given, like `crypto.getRandomValues`. */
export type Random = (bytes: Uint8Array<ArrayBuffer>) => void

export function newId<Kind extends IdKind>(kind: Kind, random: Random): Id<Kind> {
  const bytes = new Uint8Array(16)
  random(bytes)
  return idFromBytes(kind, bytes)
}

/** `bytes` must be 16 long; used where an id has to follow from something else (idempotency). */
export function idFromBytes<Kind extends IdKind>(kind: Kind, bytes: Uint8Array): Id<Kind> {
  return `${PREFIXES[kind]}_${toBase62(bytes, BODY_LENGTH)}` as Id<Kind>
}

/** The id, or null when the text is not one of that kind. */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> | null {
  const prefix = `${PREFIXES[kind]}_`
  if (!text.startsWith(prefix) || text.length !== prefix.length + BODY_LENGTH) return null
  return fromBase62(text.slice(prefix.length), 16) ? (text as Id<Kind>) : null
}

export function idToUuid(id: Id<IdKind>): string {
  const bytes = fromBase62(id.slice(id.indexOf('_') + 1), 16)
  if (!bytes) throw new TypeError('not an id')
  const hex = toHex(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export function idFromUuid<Kind extends IdKind>(kind: Kind, uuid: string): Id<Kind> {
  const bytes = fromHex(uuid.replaceAll('-', ''))
  if (bytes?.length !== 16) throw new TypeError('not a uuid')
  return idFromBytes(kind, bytes)
}

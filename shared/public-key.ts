import { toBase62 } from './bytes.ts'
import { type Mac, macSha256 } from './digest.ts'
import { type ProjectId, parseId, type Random } from './ids.ts'
import { createMemo } from './memo.ts'
import type { NamedSecrets } from './named-secrets.ts'
import { allow, deny, type Verdict } from './verdict.ts'

/**
 * A key names its project and proves with a keyed checksum that we made it, so that a made-up one is refused by arithmetic,
 * without a look-up:
 *
 *     pnx_pk_live_ | s | 22 project | 14 key            | 11 checksum      public,  60 characters
 *     pnx_sk_live_ | 22 project | s | 20 random | 11 checksum              secret,  66 characters
 *
 * `s` names the checksum secret, so that this secret can be rotated too; the checksum is HMAC-SHA-256 over all that stands
 * before it, cut to 8 bytes, in base62.
 */
export type Environment = 'live' | 'test'

export const SCOPES = ['config', 'answers', 'search', 'feedback', 'threads'] as const
export type Scope = (typeof SCOPES)[number]

export interface ParsedKey {
  kind: 'public' | 'secret'
  environment: Environment
  projectId: ProjectId
  /** Public: the 14 characters that name the key in its project. Secret: empty, it is known by the hash of the whole. */
  identity: string
}

const PREFIX_LENGTH = 'pnx_pk_live_'.length
const PROJECT_LENGTH = 22
const CHECKSUM_LENGTH = 11
const IDENTITY_LENGTH = 14
const SECRET_RANDOM_LENGTH = 20
export const PUBLIC_KEY_LENGTH = PREFIX_LENGTH + 1 + PROJECT_LENGTH + IDENTITY_LENGTH + CHECKSUM_LENGTH
export const SECRET_KEY_LENGTH = PREFIX_LENGTH + PROJECT_LENGTH + 1 + SECRET_RANDOM_LENGTH + CHECKSUM_LENGTH

/** Checksum secrets by their one-letter names, in the order they were made: new keys are made with the last. */
export type ChecksumSecrets = NamedSecrets

export type KeyVerifier = (text: string) => Verdict<ParsedKey, 'key_malformed'>

/** Shape and checksum, no I/O. Remembers keys that held; a made-up one is computed each time, so that it can evict nothing. */
export function createKeyVerifier(secrets: ChecksumSecrets, remembered = 10_000): KeyVerifier {
  const macs = new Map([...secrets].map(([name, secret]) => [name, macSha256(secret)]))
  const memo = createMemo<Verdict<ParsedKey, never>>(remembered)
  return (text) => {
    const known = memo.get(text)
    if (known !== undefined) return known
    const parsed = parseKey(text, macs)
    if (parsed === null) return deny('key_malformed')
    const verdict = allow(parsed)
    memo.set(text, verdict)
    return verdict
  }
}

function parseKey(text: string, macs: ReadonlyMap<string, Mac>): ParsedKey | null {
  const isPublic = text.length === PUBLIC_KEY_LENGTH && text.startsWith('pnx_pk_')
  const isSecret = text.length === SECRET_KEY_LENGTH && text.startsWith('pnx_sk_')
  if (!(isPublic || isSecret) || !(text.startsWith('live_', 7) || text.startsWith('test_', 7))) return null
  if (!isBase62(text, PREFIX_LENGTH)) return null
  const projectStart = isPublic ? PREFIX_LENGTH + 1 : PREFIX_LENGTH
  const mac = macs.get(text.charAt(isPublic ? PREFIX_LENGTH : PREFIX_LENGTH + PROJECT_LENGTH))
  if (mac === undefined || !checksumHolds(text, mac)) return null
  const projectId = parseId('project', `prj_${text.slice(projectStart, projectStart + PROJECT_LENGTH)}`)
  if (projectId === null) return null
  return {
    kind: isPublic ? 'public' : 'secret',
    environment: text.startsWith('live', 7) ? 'live' : 'test',
    projectId,
    identity: isPublic ? text.slice(-CHECKSUM_LENGTH - IDENTITY_LENGTH, -CHECKSUM_LENGTH) : '',
  }
}

/** By hand: in a Worker a regular expression costs several microseconds until it is compiled. */
function isBase62(text: string, start: number): boolean {
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (!((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122))) return false
  }
  return true
}

/**
 * Compares base62 digit by digit, from the last, while dividing the 8 bytes as four whole numbers of 16 bits: what every
 * made-up key costs, so no BigInt and no text is made. Looks at every digit, wherever the first difference is.
 */
function checksumHolds(text: string, mac: Mac): boolean {
  const bodyEnd = text.length - CHECKSUM_LENGTH
  const bytes = mac(asciiBytes(text, bodyEnd))
  const limbs = [limb(bytes, 0), limb(bytes, 2), limb(bytes, 4), limb(bytes, 6)]
  let difference = 0
  for (let index = text.length - 1; index >= bodyEnd; index--) {
    let rest = 0
    for (let place = 0; place < 4; place++) {
      const value = rest * 65_536 + (limbs[place] ?? 0)
      const quotient = Math.floor(value / 62)
      limbs[place] = quotient
      rest = value - quotient * 62
    }
    difference |= BASE62.charCodeAt(rest) ^ text.charCodeAt(index)
  }
  return difference === 0
}

function limb(bytes: Uint8Array, start: number): number {
  return ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** What is signed of a key, one buffer for each of the two lengths: nothing here waits, so nobody else writes between. */
const BODIES = new Map(
  [PUBLIC_KEY_LENGTH, SECRET_KEY_LENGTH].map((length) => [
    length - CHECKSUM_LENGTH,
    new Uint8Array(length - CHECKSUM_LENGTH),
  ]),
)

/** Keys are ASCII; an encoder takes ten times as long for a text this short. */
function asciiBytes(text: string, length: number): Uint8Array {
  const bytes = BODIES.get(length) ?? new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}

/** The 11 characters that end a text which only we can have made. */
export function checksum(body: string, mac: Mac): string {
  return toBase62(mac(asciiBytes(body, body.length)).slice(0, 8), CHECKSUM_LENGTH)
}

export interface NewKey {
  projectId: ProjectId
  environment: Environment
  secrets: ChecksumSecrets
  random: Random
}

/** A new public key and the part of it that names it in its project. */
export function issuePublicKey(key: NewKey): { text: string; identity: string } {
  const identity = randomBase62(IDENTITY_LENGTH, key.random)
  return { text: publicKeyText(key, identity), identity }
}

/** The whole text of a public key whose 14 characters are known, as it would be made today: by the newest secret. */
export function publicKeyText({ projectId, environment, secrets }: Omit<NewKey, 'random'>, identity: string): string {
  const [name, mac] = newestSecret(secrets)
  const body = `pnx_pk_${environment}_${name}${projectId.slice('prj_'.length)}${identity}`
  return body + checksum(body, mac)
}

/** A new secret key: shown once, stored as SHA-256 of the whole text. Its 20 random characters hold 119 bits. */
export function issueSecretKey(key: NewKey): { text: string } {
  const [name, mac] = newestSecret(key.secrets)
  const random = randomBase62(SECRET_RANDOM_LENGTH, key.random)
  const body = `pnx_sk_${key.environment}_${key.projectId.slice('prj_'.length)}${name}${random}`
  return { text: body + checksum(body, mac) }
}

export function newestSecret(secrets: ChecksumSecrets): [string, Mac] {
  const newest = [...secrets].at(-1)
  if (newest === undefined) throw new RangeError('no checksum secret to make a key with')
  return [newest[0], macSha256(newest[1])]
}

/** Bytes from 248 up are drawn again: 256 is no multiple of 62, and the first letters would come up more often. */
export function randomBase62(length: number, random: Random): string {
  let text = ''
  const bytes = new Uint8Array(length)
  while (text.length < length) {
    random(bytes)
    for (const byte of bytes) if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62)
  }
  return text
}

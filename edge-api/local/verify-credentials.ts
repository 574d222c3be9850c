import { compareSync } from 'bcryptjs'
import { utf8 } from '#shared/bytes.ts'
import type { NamedSecrets } from '#shared/named-secrets.ts'
import { deny } from '#shared/verdict.ts'
import { createBcryptHasher } from '../providers/password/bcrypt.ts'
import { bcryptCost, parseStoredPassword } from '../providers/password/stored-password.ts'
import { fromBase32 } from '../rules/base32.ts'
import { judgeCode } from '../rules/totp.ts'
import { readMoment } from './moment.ts'

type Verdict = { ok: boolean; reason?: string } & Record<string, unknown>

/** `{"secret","code","now","lastStep"?}`; the secret in base32. */
export function judgeTotp({ secret, code, now, lastStep = null }: Record<string, unknown>): Verdict {
  const nowMs = now === undefined ? Date.now() : readMoment(now)
  if (typeof secret !== 'string' || nowMs === null || nowMs < 0) return deny('line_invalid')
  if (lastStep !== null && !Number.isSafeInteger(lastStep)) return deny('line_invalid')
  // A spreadsheet or a script easily makes a number of it, and loses zeros.
  if (typeof code !== 'string') return deny(typeof code === 'number' ? 'code_malformed' : 'line_invalid')
  const bytes = fromBase32(secret)
  if (bytes === null || bytes.length === 0) return deny('secret_malformed')
  const verdict = judgeCode(bytes, code, nowMs, lastStep as number | null)
  return verdict.ok ? { ok: true, step: verdict.value.step } : verdict
}

/** Beyond this a line takes seconds, and some take days. */
const HIGHEST_COST = 16
/** What new passwords are hashed with unless configured otherwise. */
const POLICY_COST = 12
const LONGEST_FOR_BCRYPT = 72

/**
 * `{"password","hash"}`, where the hash is one of ours (`v1$bcrypt-hmac384$…`, which needs the peppers) or plain bcrypt
 * (`$2a$`, `$2b$`). Plain bcrypt sees 72 bytes of a password: a longer one is not judged by its beginning.
 */
export async function judgeStoredPassword(
  { password, hash }: Record<string, unknown>,
  peppers: NamedSecrets | null,
): Promise<Verdict> {
  if (typeof password !== 'string' || typeof hash !== 'string') return deny('line_invalid')
  const stored = parseStoredPassword(hash)
  const cost = stored?.cost ?? bcryptCost(hash)
  if (cost === null) return deny('hash_malformed')
  if (cost > HIGHEST_COST) return deny('cost_too_high')
  if (stored === null) return judgePlain(password.normalize('NFC'), hash, cost)
  if (!peppers?.has(stored.pepper)) return deny('secrets_missing')
  const hasher = createBcryptHasher({ peppers, cost: POLICY_COST, nowMs: Date.now })
  const { ok, rehash } = await hasher.verify(password, hash)
  return ok ? { ok, scheme: 'bcrypt-hmac384', cost, rehash } : deny('password_wrong')
}

function judgePlain(password: string, hash: string, cost: number): Verdict {
  if (utf8(password).length > LONGEST_FOR_BCRYPT) return deny('password_over_72_bytes')
  return compareSync(password, hash) ? { ok: true, scheme: 'bcrypt', cost, rehash: true } : deny('password_wrong')
}

import { compareSync, hashSync } from 'bcryptjs'
import { toBase64, utf8 } from '#shared/bytes.ts'
import { hmacSha384 } from '#shared/digest.ts'
import type { NamedSecrets } from '#shared/named-secrets.ts'
import type { PasswordHasher } from '../../account-ports.ts'
import { parseStoredPassword, writeStoredPassword } from './stored-password.ts'
import { createTurns } from './turns.ts'

export interface BcryptSettings {
  /** Keys of the HMAC before bcrypt, by the letter that a stored hash names; the last one makes new hashes. */
  peppers: NamedSecrets
  /** log2 of the rounds; 12 takes about 200 ms. */
  cost: number
  nowMs(): number
}

/** The one that is being hashed, and eight behind it. */
const PLACES = 9
const MAX_WAIT_MS = 5000

/** Of no password that anybody has; hashed with where there is no account, so that it takes as long. */
const NOBODY = 'CCCCCCCCCCCCCCCCCCCCC.'

/**
 * bcrypt over a keyed digest (stored-password.ts). A hash blocks the isolate for its whole duration, also in the library's
 * asynchronous form, which yields by a clock that stands still in a Worker while code runs: so the plain form, one at a time;
 * whoever would wait too long is refused with `HasherBusy`.
 */
export function createBcryptHasher({ peppers, cost, nowMs }: BcryptSettings): PasswordHasher {
  const inTurn = createTurns({ places: PLACES, waitMs: MAX_WAIT_MS, nowMs })
  const [newest, pepper] = [...peppers].at(-1) ?? []
  if (newest === undefined || pepper === undefined) throw new Error('there is no password pepper')
  return {
    hash: (password) => inTurn(() => writeStoredPassword(newest, hashSync(prehash(pepper, password), cost))),
    verify: (password, stored) =>
      inTurn(() => {
        const parsed = stored === null ? null : parseStoredPassword(stored)
        const known = peppers.get(parsed?.pepper ?? '')
        if (parsed === null || known === undefined) {
          hashSync(prehash(pepper, password), `$2b$${String(cost).padStart(2, '0')}$${NOBODY}`)
          return { ok: false, rehash: false }
        }
        const ok = compareSync(prehash(known, password), parsed.bcrypt)
        return { ok, rehash: ok && (parsed.pepper !== newest || parsed.cost < cost) }
      }),
  }
}

function prehash(pepper: Uint8Array, password: string): string {
  return toBase64(hmacSha384(pepper, utf8(password.normalize('NFC'))))
}

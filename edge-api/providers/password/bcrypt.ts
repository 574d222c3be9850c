import { compare, getRounds, hash } from 'bcryptjs'
import { utf8 } from '#shared/bytes.ts'
import { hmacSha384 } from '#shared/digest.ts'
import type { NamedSecrets } from '#shared/named-secrets.ts'
import { HasherBusy } from '../../errors.ts'
import type { PasswordHasher } from '../../ports.ts'

export interface BcryptSettings {
  /** Keys of the HMAC before bcrypt, by the letter that a stored hash names; the last one makes new hashes. */
  peppers: NamedSecrets
  /** log2 of the rounds; 12 takes about 200 ms. */
  cost: number
  nowMs(): number
}

/** Behind the one that is being hashed. */
const MAX_WAITING = 8
const MAX_WAIT_MS = 5000

const SCHEME = /^v1\$bcrypt-hmac384\$([A-Za-z])\$(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})$/
/** Of no password that anybody has; compared with where there is no account, so that it takes as long. */
const NOBODY = 'CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'

/**
 * bcrypt over base64(HMAC-SHA-384(pepper, NFC(password))): 64 characters, so that bcrypt's limit of 72 bytes cuts nothing
 * off, and a stolen database alone cannot be guessed at. Stored as `v1$bcrypt-hmac384$<pepper>$<bcrypt>`. One hash at a time,
 * because it keeps the isolate from all else; whoever would wait too long is refused with `HasherBusy`.
 */
export function createBcryptHasher({ peppers, cost, nowMs }: BcryptSettings): PasswordHasher {
  const inTurn = createQueue(nowMs)
  const [newest, pepper] = [...peppers].at(-1) ?? []
  if (newest === undefined || pepper === undefined) throw new Error('there is no password pepper')
  return {
    hash: (password) =>
      inTurn(async () => `v1$bcrypt-hmac384$${newest}$${await hash(prepare(pepper, password), cost)}`),
    verify: (password, stored) =>
      inTurn(async () => {
        const [, letter = '', bcrypt] = SCHEME.exec(stored ?? '') ?? []
        const known = peppers.get(letter)
        if (bcrypt === undefined || known === undefined) {
          await compare(prepare(pepper, password), `$2b$${String(cost).padStart(2, '0')}$${NOBODY}`)
          return { ok: false, rehash: false }
        }
        const ok = await compare(prepare(known, password), bcrypt)
        return { ok, rehash: ok && (letter !== newest || getRounds(bcrypt) < cost) }
      }),
  }
}

function prepare(pepper: Uint8Array, password: string): string {
  return btoa(String.fromCharCode(...hmacSha384(pepper, utf8(password.normalize('NFC')))))
}

function createQueue(nowMs: () => number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async (work) => {
    if (waiting > MAX_WAITING) throw new HasherBusy('too many passwords at once')
    waiting += 1
    const sinceMs = nowMs()
    const turn = last.then(() => {
      if (nowMs() - sinceMs > MAX_WAIT_MS) throw new HasherBusy('waited too long')
      return work()
    })
    last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      waiting -= 1
    }
  }
}

import { equalInConstantTime, fromHex, toBase64Url, toHex, utf8 } from '#shared/bytes.ts'
import { hmacSha256 } from '#shared/digest.ts'
import type { Random } from '#shared/ids.ts'

/**
 * What a browser keeps once somebody has signed in on it: `<random>.<hex of HMAC-SHA-256>`, of one account. It opens nothing;
 * it tells the person's own browser from a stranger's when passwords are being guessed (OWASP's device cookies).
 */
export function issueDeviceToken(key: Uint8Array, account: string, random: Random): string {
  const bytes = new Uint8Array(16)
  random(bytes)
  const id = toBase64Url(bytes)
  return `${id}.${toHex(tag(key, account, id))}`
}

/** The device that the token names, if it was issued for this very account. */
export function deviceIdOf(key: Uint8Array, account: string, token: string | null): string | null {
  const [, id = '', hex = ''] = /^([A-Za-z0-9_-]{22})\.([0-9a-f]{64})$/.exec(token ?? '') ?? []
  const given = fromHex(hex)
  return given !== null && id !== '' && equalInConstantTime(given, tag(key, account, id)) ? id : null
}

/** The account stands last: whatever it contains, no other pair gives the same message. */
function tag(key: Uint8Array, account: string, id: string): Uint8Array {
  return hmacSha256(key, utf8(`device!${id}!${account}`))
}

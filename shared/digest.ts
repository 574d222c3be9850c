import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'

/** FIPS 180-4. Synchronous, so that pure code may use it; for bodies over a few kB use WebCrypto instead. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

/** RFC 2104 with SHA-256. An empty or short key would make every check forgeable, so it throws. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  if (key.length < 16) throw new RangeError('an HMAC key must have at least 16 bytes')
  return hmac(nobleSha256, key, message)
}

/** The 32 bytes are overwritten by the next call. */
export type Mac = (message: Uint8Array) => Uint8Array

/**
 * The same for many messages under one key: the key's two blocks are hashed once, and each message works on one scratch copy
 * of that state and one output, which takes a third of the time of making new ones.
 */
export function macSha256(key: Uint8Array): Mac {
  if (key.length < 16) throw new RangeError('an HMAC key must have at least 16 bytes')
  const keyed = hmac.create(nobleSha256, key)
  const scratch = keyed.clone()
  const tag = new Uint8Array(32)
  return (message) => {
    keyed._cloneInto(scratch).update(message).digestInto(tag)
    return tag
  }
}

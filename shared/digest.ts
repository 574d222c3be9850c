import { hmac } from '@noble/hashes/hmac.js'
import { _SHA256, sha256 as nobleSha256, sha384 } from '@noble/hashes/sha2.js'

/** FIPS 180-4. Synchronous, so that pure code may use it; for bodies over a few kB use WebCrypto instead. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

/** RFC 2104 with SHA-256. An empty or short key would make every check forgeable, so it throws. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  if (key.length < 16) throw new RangeError('an HMAC key must have at least 16 bytes')
  return hmac(nobleSha256, key, message)
}

/** RFC 2104 with SHA-384. */
export function hmacSha384(key: Uint8Array, message: Uint8Array): Uint8Array {
  if (key.length < 16) throw new RangeError('an HMAC key must have at least 16 bytes')
  return hmac(sha384, key, message)
}

/** The 32 bytes are overwritten by the next call. */
export type Mac = (message: Uint8Array) => Uint8Array

const BLOCK = 64
/** What leaves room in one block for the padding: a one and the length. */
export const LONGEST_MAC_MESSAGE = BLOCK - 9
type State = ReturnType<Compression['state']>

/** The compression function alone, from any state: one block in, the next state out. */
class Compression extends _SHA256 {
  after([a, b, c, d, e, f, g, h]: State, block: DataView): this {
    this.set(a, b, c, d, e, f, g, h)
    this.process(block, 0)
    return this
  }

  state() {
    return this.get()
  }
}

/**
 * The same for many short messages under one key: the key's two blocks are hashed once, and each message is one block and its
 * inner hash another. Buffering a message of any length costs more than both. Throws beyond `LONGEST_MAC_MESSAGE` bytes.
 */
export function macSha256(key: Uint8Array): Mac {
  if (key.length < 16) throw new RangeError('an HMAC key must have at least 16 bytes')
  const bytes = new Uint8Array(BLOCK)
  const block = new DataView(bytes.buffer)
  const sha = new Compression()
  const initial = sha.state()
  const keyed = (pad: number) => {
    bytes.fill(0)
    bytes.set(key.length > BLOCK ? sha256(key) : key)
    for (let index = 0; index < BLOCK; index++) bytes[index] = (bytes[index] ?? 0) ^ pad
    return sha.after(initial, block).state()
  }
  const inner = keyed(0x36)
  const outer = keyed(0x5c)
  const finish = (length: number) => {
    bytes[length] = 0x80
    for (let index = length + 1; index < BLOCK - 4; index++) bytes[index] = 0
    block.setUint32(BLOCK - 4, (BLOCK + length) * 8)
  }
  const tag = new Uint8Array(32)
  const tagView = new DataView(tag.buffer)
  return (message) => {
    if (message.length > LONGEST_MAC_MESSAGE) throw new RangeError('the message is longer than one block takes')
    for (let index = 0; index < message.length; index++) bytes[index] = message[index] ?? 0
    finish(message.length)
    write(block, sha.after(inner, block).state())
    finish(32)
    write(tagView, sha.after(outer, block).state())
    return tag
  }
}

function write(to: DataView, words: State): void {
  for (let index = 0; index < 8; index++) to.setUint32(index * 4, words[index] ?? 0)
}

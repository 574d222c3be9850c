import { BodyTooLarge } from '../errors.ts'

/**
 * The body as it came, at most `maxBytes` of it: rejects with `BodyTooLarge` as soon as it says that it is longer, or turns out to
 * be. One that says its length is read in one piece, for HTTP ends it there; one that does not is counted as it comes.
 */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length')
  if (declared !== null && !(Number(declared) <= maxBytes)) throw new BodyTooLarge('the body says that it is too long')
  if (request.body === null) return new Uint8Array()
  if (declared !== null && request.headers.get('transfer-encoding') === null)
    return within(new Uint8Array(await request.arrayBuffer()), maxBytes)
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop by an exception cancels the rest of the body.
  for await (const chunk of request.body) {
    length += chunk.byteLength
    if (length > maxBytes) throw new BodyTooLarge('the body is longer than it may be')
    chunks.push(chunk)
  }
  return joined(chunks, length)
}

/** Where something before us let a body grow beyond the length that it said. */
function within(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length > maxBytes) throw new BodyTooLarge('the body is longer than it said')
  return bytes
}

function joined(chunks: Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

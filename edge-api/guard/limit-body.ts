import { BodyTooLarge, problem } from '../errors.ts'
import type { Check } from './context.ts'

/** Questions and comments are at most 2,000 characters; the rest is room for JSON and identity. */
export const MAX_BODY_BYTES = 64 * 1024
/** Room for a document of 2 MB in JSON, where every line's end is written with two characters, or for many small ones. */
export const MAX_UPLOAD_BYTES = 5 * 1024 * 1024

/**
 * Refuses a body that says it is too large, and cuts off one that does not say and turns out to be; HTTP itself ends one that
 * says its length, and a stream of ours around it would cost more than all other steps. No step before this touches the body,
 * and this one reads none of it. It stands behind the origin match because a page must be able to read this refusal.
 */
export function limitBody(maxBytes = MAX_BODY_BYTES): Check {
  return (c) => {
    const request = c.req.raw
    const declared = request.headers.get('content-length')
    if (declared !== null && request.headers.get('transfer-encoding') === null)
      return Number(declared) <= maxBytes ? null : problem(c, 'body_too_large')
    if (request.body === null) return null
    c.req.raw = new Request(request, {
      body: request.body.pipeThrough(cutOff(maxBytes)),
      duplex: 'half',
    } as RequestInit)
    return null
  }
}

function cutOff(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength
      if (seen > maxBytes) controller.error(new BodyTooLarge('the body is longer than it may be'))
      else controller.enqueue(chunk)
    },
  })
}

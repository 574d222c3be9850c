import { allow, deny, type Verdict } from '#shared/verdict.ts'

export type JsonBodyReason = 'body_empty' | 'encoding_wrong' | 'syntax_wrong'

/** Fatal: what is not UTF-8 throws. One for all, since it keeps nothing from one text to the next. */
const utf8Only = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** JSON is UTF-8 (RFC 8259): anything else is refused, not repaired. A leading byte order mark is forgiven. */
export function parseJsonBody(bytes: Uint8Array | ArrayBuffer): Verdict<unknown, JsonBodyReason> {
  if (bytes.byteLength === 0) return deny('body_empty')
  let text: string
  try {
    text = utf8Only.decode(bytes)
  } catch {
    return deny('encoding_wrong')
  }
  try {
    return allow(JSON.parse(text))
  } catch {
    return deny('syntax_wrong')
  }
}

export type Members = Readonly<Record<string, unknown>>

/** The value, if it is a JSON object. */
export function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null
}

/** A string that every layer below can hold: no half of a surrogate pair, no NUL (which Postgres refuses). */
export function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/**
 * Is the body declared as JSON, or as the plain text that lets a page ask without a preflight? A charset other than UTF-8
 * is somebody else's format.
 */
export function isJsonMediaType(contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';')
  if (type.trim() !== 'application/json' && type.trim() !== 'text/plain') return false
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset)
}

/** One JSON line per event. Whatever could be a secret is cut before it is written. */
export interface Log {
  info(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export type LogFields = Record<string, unknown>

const SECRET_NAMES = /secret|authorization|password|token|cookie|connection|question|comment|identity|^key$/i
const KEYS = /\bpnx_(pk|sk)_(live|test)_[0-9A-Za-z]+/g
const CREDENTIALS_IN_URL = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi
/** Of a signed token the name in it is as private as its signature. `eyJ` is how an object begins in base64url. */
const SIGNED_TOKENS = /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*/g
const BEARER = /\bBearer\s+\S+/gi

export function createLog(write: (line: string) => void, nowMs: () => number): Log {
  const line = (level: string, event: string, fields: LogFields = {}) => {
    write(JSON.stringify({ at: new Date(nowMs()).toISOString(), level, event, ...redactFields(fields, 0) }))
  }
  return {
    info: (event, fields) => line('info', event, fields),
    error: (event, fields) => line('error', event, fields),
  }
}

function redactFields(fields: object, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields))
    clean[name] = SECRET_NAMES.test(name) ? '[redacted]' : redact(value, depth + 1)
  return clean
}

function redact(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value)
  if (value instanceof Error) return describeError(value, depth)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  // A log line is for reading; what lies deeper is not worth a cycle.
  if (depth > 4) return '[deep]'
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1))
  return redactFields(value, depth)
}

function describeError(error: Error, depth: number): unknown {
  return {
    name: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  }
}

/** Also for text that goes elsewhere than the log, such as what `npm start` prints. */
export function redactText(text: string): string {
  return text
    .slice(0, 4000)
    .replace(KEYS, (_, kind, environment) => `pnx_${kind}_${environment}_…`)
    .replace(CREDENTIALS_IN_URL, '$1…@')
    .replace(SIGNED_TOKENS, 'eyJ…')
    .replace(BEARER, 'Bearer …')
}

import type { Problem } from '#shared/wire.ts'

/**
 * Why asking failed, as far as a browser can know:
 * `offline`: the device says so · `refused`: the API lives but this page may not read its answers (its origin is not
 * allowed) · `unreachable`: nothing answers · `dropped`: the answer broke off in the middle · `problem`: the API said why.
 */
export class Failure extends Error {
  readonly kind: 'offline' | 'refused' | 'unreachable' | 'dropped' | 'problem'
  readonly code: Problem['code'] | undefined
  /** When asking again makes sense, in milliseconds since the epoch; 0 for at once. */
  readonly retryAtMs: number

  constructor(kind: Failure['kind'], code?: Problem['code'], retryAtMs = 0) {
    super(code ?? kind)
    this.kind = kind
    this.code = code
    this.retryAtMs = retryAtMs
  }
}

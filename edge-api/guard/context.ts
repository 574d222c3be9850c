import type { ProjectDb } from '../ports.ts'
import type { Caller } from '../rules/caller.ts'

/** What the guard leaves behind for a handler: `c.get('caller')` and `c.get('db')`. */
export interface Guarded {
  Variables: {
    caller: Caller
    db: ProjectDb
    requestId: string
    /** Set once the origin has matched; every later answer, refusals included, names it to the browser. */
    allowedOrigin: string | null
  }
}

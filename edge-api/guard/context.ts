import type { Context, Handler } from 'hono'
import type { ProjectId } from '#shared/ids.ts'
import type { Origin } from '#shared/origin.ts'
import type { ParsedKey } from '#shared/public-key.ts'
import type { Actor, SessionView } from '../db/account.ts'
import type { ProjectContent } from '../db/content.ts'
import type { Management } from '../flows/manage-project.ts'
import type { ProjectDb } from '../project-db.ts'
import type { Caller } from '../rules/caller.ts'
import type { Policy, PolicyKey } from '../rules/policy.ts'

/** What the guard leaves behind. Handlers read `caller` and `db`; the rest passes from step to step. */
export interface Guarded {
  Variables: {
    caller: Caller
    db: ProjectDb
    requestId: string
    /** Set once the origin has matched; every later answer, refusals included, names it to the browser. */
    allowedOrigin: string | null
    /** Value of the RateLimit-Policy header. */
    ratePolicy: string
    /** Value of the RateLimit header; null where the remainder is not known. */
    rateLimit: string | null
    /** An answer that was made with all its headers. */
    dressed: Response

    origin: Origin | null
    keyText: string
    key: ParsedKey
    policy: Policy
    policyKey: PolicyKey

    // On the app host: who has signed in, and the project in the address where it is theirs.
    session: SessionView
    actor: Actor
    projectId: ProjectId | null
    management: Management
    content: ProjectContent
  }
}

/** One question about a request: the refusal, or null to go on to the next. */
export type Check = (c: Context<Guarded>) => Response | null | Promise<Response | null>

export type Endpoint = Handler<Guarded>

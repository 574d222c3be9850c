import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { type LoadedList, useAction } from '../loaded.ts'
import { may } from '../session-state.ts'
import { say } from '../toast.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { When } from '../ui/time.tsx'
import { count } from '../words.ts'
import { Listed } from './listed.tsx'

export type Observed = AnswerOf<'GET /api/projects/:project/origins/observed'>['items'][number]

interface ObservedProps {
  project: string
  list: LoadedList<Observed>
  onAllowed(): Promise<void>
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Refused within a day, and still not admitted: what somebody may be waiting for. */
export function blockedLately({ allowed, lastRefusedAt }: Observed, nowMs: number): boolean {
  return !allowed && lastRefusedAt !== null && nowMs - Date.parse(lastRefusedAt) < DAY_MS
}

export function ObservedOrigins({ project, list, onAllowed }: ObservedProps) {
  const allow = useAction(async ({ allowRule }: Observed) => {
    const added = await call('POST /api/projects/:project/origins', { project, body: { rule: allowRule ?? '' } })
    await onAllowed()
    say(`${added.rule} is allowed.`)
  })
  const blocked = (list.items ?? []).filter((origin) => blockedLately(origin, Date.now())).length
  return (
    <>
      {blocked > 0 && (
        <Notice kind="warning" title={`${count(blocked, 'origin')} blocked in the last 24 hours`}>
          If they are yours, allow them. If not, nothing has to be done: they were refused.
        </Notice>
      )}
      {allow.error !== null && <Notice kind="error">{sentenceOf(allow.error)}</Notice>}
      <Listed
        list={list}
        empty={
          <Empty title="Nobody has called yet">
            As soon as a page with your snippet is opened, its origin appears here, admitted or not.
          </Empty>
        }
      >
        {(items) => (
          <ul class="rows">
            {items.map((item) => (
              <li key={item.origin} class="row">
                <div class="row-words">
                  <code class="main">{item.origin}</code>
                  <small>
                    Last seen <When at={item.lastSeenAt} />
                  </small>
                </div>
                <Badge tone={item.allowed ? 'good' : 'bad'}>{item.allowed ? 'Allowed' : 'Blocked'}</Badge>
                {item.allowRule !== null && may('origins.manage') && (
                  <Button busy={allow.busy} label={`Allow ${item.origin}`} onClick={() => allow.run(item)}>
                    Allow
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </>
  )
}

import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useEvery, useList } from '../loaded.ts'
import { may } from '../session-state.ts'
import { say } from '../toast.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { When } from '../ui/time.tsx'
import { count } from '../words.ts'
import { Listed } from './listed.tsx'

type Delivery = AnswerOf<'GET /api/projects/:project/webhooks/deliveries'>['items'][number]

const REFRESH_MS = 10_000

const STATES: Record<Delivery['state'], { words: string; tone: 'plain' | 'good' | 'warning' | 'bad' }> = {
  waiting: { words: 'Waiting', tone: 'warning' },
  done: { words: 'Applied', tone: 'good' },
  ignored: { words: 'Ignored', tone: 'plain' },
  dead: { words: 'Given up', tone: 'bad' },
}

/** What was received, and what became of it. */
export function Deliveries({ project }: { project: string }) {
  const deliveries = useList(`deliveries ${project}`, (cursor, signal) =>
    call('GET /api/projects/:project/webhooks/deliveries', { project, query: { cursor }, signal }),
  )
  useEvery(REFRESH_MS, deliveries.reload)
  const replay = useAction(async (id: string) => {
    await call('POST /api/projects/:project/webhooks/deliveries/:id/replay', { project, id })
    await deliveries.reload()
    say('It is tried again.')
  })
  return (
    <>
      {replay.error !== null && <Notice kind="error">{sentenceOf(replay.error)}</Notice>}
      <Listed
        list={deliveries}
        empty={<Empty title="Nothing received yet">As soon as a signed event arrives, it stands here.</Empty>}
      >
        {(items) => (
          <ul class="rows">
            {items.map(({ id, type, eventId, state, reason, attempts, receivedAt }) => (
              <li key={id} class="row">
                <div class="row-words">
                  <strong class="main">{type}</strong>
                  <small>
                    {eventId} · <When at={receivedAt} />
                    {attempts > 1 && ` · ${count(attempts, 'attempt')}`}
                    {reason && ` · ${reason}`}
                  </small>
                </div>
                <Badge tone={STATES[state].tone}>{STATES[state].words}</Badge>
                {state === 'dead' && may('webhooks.manage') && (
                  <Button busy={replay.busy} label={`Try ${type} again`} onClick={() => replay.run(id)}>
                    Try again
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

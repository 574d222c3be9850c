import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useList } from '../loaded.ts'
import { paths } from '../paths.ts'
import { say } from '../toast.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { Section } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'
import { browserOf } from '../user-agent.ts'
import { Listed } from './listed.tsx'

export function Sessions() {
  const sessions = useList('sessions', (cursor, signal) => call('GET /api/sessions', { query: { cursor }, signal }))
  const end = useAction(async (id: string) => {
    await call('DELETE /api/sessions/:id', { id })
    await sessions.reload()
    say('That session is ended.')
  })
  const everywhere = useAction(async () => {
    await call('DELETE /api/sessions', {})
    location.assign(paths.signIn)
  })
  return (
    <Section
      title="Where you are signed in"
      lead="End what you do not know, and change your password then."
      actions={
        <Button busy={everywhere.busy} onClick={everywhere.run}>
          Sign out everywhere
        </Button>
      }
    >
      {everywhere.error !== null && <Notice kind="error">{sentenceOf(everywhere.error)}</Notice>}
      {end.error !== null && <Notice kind="error">{sentenceOf(end.error)}</Notice>}
      <Listed list={sessions} empty={<Empty title="Nowhere">Reload the page.</Empty>}>
        {(items) => (
          <ul class="rows">
            {items.map(({ id, userAgent, network, lastSeenAt, createdAt, current }) => (
              <li key={id} class="row">
                <div class="row-words">
                  <strong class="main">{browserOf(userAgent)}</strong>
                  <small>
                    {network} · used <When at={lastSeenAt} /> · signed in <When at={createdAt} />
                  </small>
                </div>
                {current ? (
                  <Badge tone="good">This one</Badge>
                ) : (
                  <Button busy={end.busy} label={`End ${browserOf(userAgent)}`} onClick={() => end.run(id)}>
                    End
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </Section>
  )
}

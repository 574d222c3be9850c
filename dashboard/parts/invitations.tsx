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
import { ROLE_WORDS } from '../words.ts'
import { Listed } from './listed.tsx'

type Invitation = AnswerOf<'GET /api/invitations'>['items'][number]

export function Invitations({ list }: { list: LoadedList<Invitation> }) {
  const revoke = useAction(async ({ id, email }: Invitation) => {
    await call('DELETE /api/invitations/:id', { id })
    await list.reload()
    say(`The invitation of ${email} is revoked: its link is dead.`)
  })
  return (
    <>
      {revoke.error !== null && <Notice kind="error">{sentenceOf(revoke.error)}</Notice>}
      <Listed
        list={list}
        empty={<Empty title="Nobody is invited">Whoever you invite stands here until they have accepted.</Empty>}
      >
        {(items) => (
          <ul class="rows">
            {items.map((invitation) => (
              <li key={invitation.id} class="row">
                <div class="row-words">
                  <strong class="main">{invitation.email}</strong>
                  <small>
                    Ends <When at={invitation.expiresAt} />
                  </small>
                </div>
                <Badge>{ROLE_WORDS[invitation.role].name}</Badge>
                {may('invitations.manage') && (
                  <Button
                    busy={revoke.busy}
                    label={`Revoke the invitation of ${invitation.email}`}
                    onClick={() => revoke.run(invitation)}
                  >
                    Revoke
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

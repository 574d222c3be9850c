import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { useList } from '../loaded.ts'
import { ChangeMemberDialog, HandOverDialog, type Member, RemoveMemberDialog } from '../parts/change-member.tsx'
import { Invitations } from '../parts/invitations.tsx'
import { InviteDialog } from '../parts/invite.tsx'
import { Listed } from '../parts/listed.tsx'
import { may, session } from '../session-state.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'
import { count, ROLE_WORDS } from '../words.ts'

type Open = { what: 'invite' } | { what: 'change' | 'remove' | 'heir'; member: Member } | null

export function Team() {
  const members = useList('members', (cursor, signal) => call('GET /api/members', { query: { cursor }, signal }))
  const invitations = useList('invitations', (cursor, signal) =>
    call('GET /api/invitations', { query: { cursor }, signal }),
  )
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  const dialog = { onChanged: members.reload, onClose: close }
  return (
    <Page
      title="Team"
      lead="Who works with you, and what each of them may do."
      actions={
        may('invitations.manage') && (
          <Button look="primary" icon="add" onClick={() => setOpen({ what: 'invite' })}>
            Invite somebody
          </Button>
        )
      }
    >
      <Section title="Members">
        <Listed list={members} empty={<Empty title="Nobody is here">That cannot be: reload the page.</Empty>}>
          {(items) => (
            <ul class="rows">
              {items.map((member) => (
                <MemberRow key={member.id} member={member} onOpen={(what) => setOpen({ what, member })} />
              ))}
            </ul>
          )}
        </Listed>
      </Section>
      <Section title="Invitations">
        <Invitations list={invitations} />
      </Section>
      {open?.what === 'invite' && <InviteDialog onInvited={invitations.reload} onClose={close} />}
      {open?.what === 'change' && <ChangeMemberDialog member={open.member} {...dialog} />}
      {open?.what === 'remove' && <RemoveMemberDialog member={open.member} {...dialog} />}
      {open?.what === 'heir' && <HandOverDialog member={open.member} {...dialog} />}
    </Page>
  )
}

function MemberRow({ member, onOpen }: { member: Member; onOpen(what: 'change' | 'remove' | 'heir'): void }) {
  const { id, name, email, role, projectIds, secondFactor, joinedAt } = member
  const isMe = id === session.value?.user?.id
  return (
    <li class="row">
      <div class="row-words">
        <strong class="main">
          {name}
          {isMe && ' (you)'}
        </strong>
        <small>
          {email} · joined <When at={joinedAt} />
          {role === 'member' && ` · ${count(projectIds.length, 'project')}`}
        </small>
      </div>
      {secondFactor && <Badge tone="good">Second factor</Badge>}
      <Badge>{ROLE_WORDS[role].name}</Badge>
      {may('members.manage') && (
        <div class="actions">
          <Button look="quiet" label={`Change ${name}`} onClick={() => onOpen('change')}>
            Change
          </Button>
          {!isMe && role !== 'owner' && (
            <Button look="quiet" label={`Make ${name} the owner`} onClick={() => onOpen('heir')}>
              Hand over
            </Button>
          )}
          {!isMe && (
            <Button look="quiet" label={`Remove ${name}`} onClick={() => onOpen('remove')}>
              Remove
            </Button>
          )}
        </div>
      )}
    </li>
  )
}

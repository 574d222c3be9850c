import { call } from '../api.ts'
import { useList } from '../loaded.ts'
import { Listed } from '../parts/listed.tsx'
import { session } from '../session-state.ts'
import { Badge } from '../ui/badge.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'
import { count, ROLE_WORDS } from '../words.ts'

export function Team() {
  const members = useList('members', (cursor, signal) => call('GET /api/members', { query: { cursor }, signal }))
  return (
    <Page title="Team" lead="Who works with you, and what each of them may do.">
      <Section title="Members">
        <Listed list={members} empty={<Empty title="Nobody is here">That cannot be: reload the page.</Empty>}>
          {(items) => (
            <ul class="rows">
              {items.map((member) => (
                <li key={member.id} class="row">
                  <div class="row-words">
                    <strong class="main">
                      {member.name}
                      {member.id === session.value?.user?.id && ' (you)'}
                    </strong>
                    <small>
                      {member.email} · joined <When at={member.joinedAt} />
                      {member.role === 'member' && ` · ${count(member.projectIds.length, 'project')}`}
                    </small>
                  </div>
                  {member.secondFactor && <Badge tone="good">Second factor</Badge>}
                  <Badge>{ROLE_WORDS[member.role].name}</Badge>
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Section>
    </Page>
  )
}

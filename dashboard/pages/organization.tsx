import { call, loadSession } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useList } from '../loaded.ts'
import { GiveUp } from '../parts/give-up.tsx'
import { Listed } from '../parts/listed.tsx'
import { Rename } from '../parts/rename.tsx'
import { TakeAway } from '../parts/take-away.tsx'
import { paths } from '../paths.ts'
import { may, session } from '../session-state.ts'
import { say } from '../toast.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { ROLE_WORDS } from '../words.ts'

export function Organization() {
  return (
    <Page title="Organization" lead="What your projects belong to.">
      {may('organization.manage') && (
        <Rename
          lead="Your team reads it, and whoever you invite."
          name={session.value?.organization?.name ?? ''}
          onRename={rename}
        />
      )}
      <Organizations />
      {may('organization.delete') && <Leaving />}
    </Page>
  )
}

async function rename(name: string): Promise<void> {
  await call('PATCH /api/organization', { body: { name } })
  await loadSession()
  say('Renamed.')
}

function Leaving() {
  const name = session.value?.organization?.name ?? ''
  const remove = async (confirm: string) => {
    await call('DELETE /api/organization', { body: { confirm } })
    location.assign(paths.signIn)
  }
  return (
    <Section title="Take away or give up" lead="The organization, its people and every project, without any secret.">
      <div class="actions">
        <TakeAway file="pernoex-organization.json" load={() => call('GET /api/export', {})} />
        <GiveUp
          act="Delete organization"
          name={name}
          of="name of the organization"
          consequence="Every project of it is gone, for everybody who works in it."
          onConfirm={remove}
        />
      </div>
    </Section>
  )
}

function Organizations() {
  const organizations = useList('organizations', (cursor, signal) =>
    call('GET /api/organizations', { query: { cursor }, signal }),
  )
  const enter = useAction(async (organizationId: string) => {
    await call('PUT /api/session/organization', { body: { organizationId } })
    // Nothing of the other organization must stay on any page.
    location.assign(paths.home)
  })
  return (
    <Section title="Where you belong" lead="You work in one organization at a time.">
      {enter.error !== null && <Notice kind="error">{sentenceOf(enter.error)}</Notice>}
      <Listed list={organizations} empty={<Empty title="Nowhere">Ask somebody to invite you.</Empty>}>
        {(items) => (
          <ul class="rows">
            {items.map(({ id, name, role, current }) => (
              <li key={id} class="row">
                <div class="row-words">
                  <strong class="main">{name}</strong>
                  <small>{ROLE_WORDS[role].name}</small>
                </div>
                {current ? (
                  <Badge tone="good">You are here</Badge>
                ) : (
                  <Button busy={enter.busy} label={`Go on in ${name}`} onClick={() => enter.run(id)}>
                    Go on there
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

import { call } from '../api.ts'
import { ChangePassword } from '../parts/change-password.tsx'
import { GiveUp } from '../parts/give-up.tsx'
import { Identities } from '../parts/identities.tsx'
import { SecondFactor } from '../parts/second-factor.tsx'
import { Sessions } from '../parts/sessions.tsx'
import { TakeAway } from '../parts/take-away.tsx'
import { paths } from '../paths.ts'
import { session } from '../session-state.ts'
import { Page, Section } from '../ui/page.tsx'

/** What guards the account of whoever has signed in. */
export function Security() {
  return (
    <Page title="Security" lead={`How ${session.value?.user?.email} signs in, and where.`}>
      <SecondFactor />
      <ChangePassword />
      <Identities />
      <Sessions />
      <Leaving />
    </Page>
  )
}

function Leaving() {
  const remove = async (confirm: string) => {
    await call('DELETE /api/account', { body: { confirm } })
    location.assign(paths.signIn)
  }
  return (
    <Section title="Your account" lead="What is kept about you, and the way out.">
      <div class="actions">
        <TakeAway file="pernoex-account.json" load={() => call('GET /api/account/export', {})} />
        <GiveUp
          act="Delete account"
          name={session.value?.user?.email ?? ''}
          of="address of your account"
          consequence="Your account is gone, with every organization in which nobody else works."
          onConfirm={remove}
        />
      </div>
    </Section>
  )
}

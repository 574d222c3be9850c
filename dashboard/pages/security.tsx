import { ChangePassword } from '../parts/change-password.tsx'
import { Identities } from '../parts/identities.tsx'
import { SecondFactor } from '../parts/second-factor.tsx'
import { Sessions } from '../parts/sessions.tsx'
import { session } from '../session-state.ts'
import { Page } from '../ui/page.tsx'

/** What guards the account of whoever has signed in. */
export function Security() {
  return (
    <Page title="Security" lead={`How ${session.value?.user?.email} signs in, and where.`}>
      <SecondFactor />
      <ChangePassword />
      <Identities />
      <Sessions />
    </Page>
  )
}

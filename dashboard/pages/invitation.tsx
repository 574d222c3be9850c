import { useEffect, useState } from 'preact/hooks'
import { call, loadSession } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { takeLinkToken } from '../link-token.ts'
import { useAction } from '../loaded.ts'
import { Outside } from '../parts/outside.tsx'
import { SignInForm } from '../parts/sign-in-form.tsx'
import { paths } from '../paths.ts'
import { loadProjects } from '../projects-state.ts'
import { session } from '../session-state.ts'
import { signOut } from '../sign-out.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/page.tsx'
import { ROLE_WORDS } from '../words.ts'

type Offer = AnswerOf<'POST /api/invitations/preview'>

/** The link of an invitation: what it is for, and the way to accept it. */
export function Invitation() {
  const [token] = useState(takeLinkToken)
  const [offer, setOffer] = useState<Offer | null>(null)
  const look = useAction(async () => {
    await loadSession()
    setOffer(await call('POST /api/invitations/preview', { body: { token: token ?? '' } }))
  })
  useEffect(() => {
    look.run()
  }, [look.run])
  if (offer !== null) return <Offered token={token ?? ''} offer={offer} />
  return (
    <Outside title="Invitation">
      {look.error === null ? (
        <Skeleton rows={2} />
      ) : (
        <>
          <Notice kind="error">{sentenceOf(look.error)}</Notice>
          <p>Ask whoever invited you for a new one.</p>
          <ButtonLink href={paths.home}>To your projects</ButtonLink>
        </>
      )}
    </Outside>
  )
}

function Offered({ token, offer }: { token: string; offer: Offer }) {
  const { email, role, invitedBy } = offer
  const organization = offer.organization.name
  const accept = useAction(async () => {
    await call('POST /api/invitations/accept', { body: { token } })
    await loadSession()
    await loadProjects()
    location.assign(paths.home)
  })
  const user = session.value?.user ?? null
  const lead = `${invitedBy ?? 'Somebody'} invites ${email} to work with ${organization} as ${ROLE_WORDS[role].name.toLowerCase()}: ${ROLE_WORDS[role].may.toLowerCase()}.`
  return (
    <Outside title={`Join ${organization}`} lead={lead}>
      {accept.error !== null && <Notice kind="error">{sentenceOf(accept.error)}</Notice>}
      {user === null && (
        <>
          <SignInForm email={email} onDone={accept.run} />
          <p class="hint">
            No account yet? <a href={paths.signUp}>Create one</a> for {email}, then open the link of this mail again.
          </p>
        </>
      )}
      {user?.email === email && (
        <Button look="primary" busy={accept.busy} onClick={accept.run}>
          Accept as {user.name}
        </Button>
      )}
      {user !== null && user.email !== email && (
        <>
          <Notice kind="warning">
            You are signed in as {user.email}, and this is for {email} only. Sign out, then open the link again.
          </Notice>
          <Button onClick={() => signOut()}>Sign out</Button>
        </>
      )}
    </Outside>
  )
}

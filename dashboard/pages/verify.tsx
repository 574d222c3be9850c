import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { takeLinkToken } from '../link-token.ts'
import { useAction } from '../loaded.ts'
import { Outside } from '../parts/outside.tsx'
import { paths } from '../paths.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/page.tsx'

/** The link of the mail after signing up. */
export function Verify() {
  const [token] = useState(takeLinkToken)
  const [done, setDone] = useState(false)
  const confirm = useAction(async () => {
    await call('POST /api/verification/confirm', { body: { token: token ?? '' } })
    setDone(true)
  })
  useEffect(() => {
    confirm.run()
  }, [confirm.run])
  if (done)
    return (
      <Outside title="Your address is confirmed" lead="You can sign in now.">
        <ButtonLink look="primary" href={paths.signIn}>
          Sign in
        </ButtonLink>
      </Outside>
    )
  return (
    <Outside title="Confirming your address">
      {confirm.error === null ? (
        <Skeleton rows={1} />
      ) : (
        <>
          <Notice kind="error">{sentenceOf(confirm.error)}</Notice>
          <p>Try to sign in: if your address still has to be confirmed, you can have the mail sent again from there.</p>
          <ButtonLink href={paths.signIn}>Sign in</ButtonLink>
        </>
      )}
    </Outside>
  )
}

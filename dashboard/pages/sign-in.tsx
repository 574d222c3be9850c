import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { loadSession } from '../api.ts'
import { Outside } from '../parts/outside.tsx'
import { Providers } from '../parts/providers.tsx'
import { SignInForm } from '../parts/sign-in-form.tsx'
import { paths, safeNext } from '../paths.ts'
import { handshake } from '../session-state.ts'
import { signInProblem } from '../sign-in-problem.ts'
import { Notice } from '../ui/notice.tsx'

export function SignIn() {
  const { query, route } = useLocation()
  const [problem] = useState(() => signInProblem(location.hash))
  const goOn = () => route(safeNext(query.next), true)
  useEffect(() => {
    // Somebody may have signed in already, or have given the password and not yet the code. Without an answer the form says why.
    loadSession().then(
      ({ user }) => user !== null && goOn(),
      () => {},
    )
  }, [])
  return (
    <Outside
      title="Sign in"
      foot={
        <>
          New here? <a href={paths.signUp}>Create an account</a>
        </>
      }
    >
      {problem !== '' && <Notice kind="warning">{problem}</Notice>}
      <SignInForm onDone={goOn} />
      {!handshake.value?.pending && <Providers />}
    </Outside>
  )
}

import { useLocation } from 'preact-iso/router'
import { Outside } from '../parts/outside.tsx'
import { SignInForm } from '../parts/sign-in-form.tsx'
import { paths, safeNext } from '../paths.ts'

export function SignIn() {
  const { query, route } = useLocation()
  return (
    <Outside
      title="Sign in"
      foot={
        <>
          New here? <a href={paths.signUp}>Create an account</a>
        </>
      }
    >
      <SignInForm onDone={() => route(safeNext(query.next), true)} />
    </Outside>
  )
}

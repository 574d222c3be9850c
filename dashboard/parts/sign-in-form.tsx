import { useState } from 'preact/hooks'
import { call, loadSession } from '../api.ts'
import { fieldError, isRefusal, otherError } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { paths } from '../paths.ts'
import { handshake } from '../session-state.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'
import { SecondFactorForm } from './second-factor-form.tsx'

interface SignInProps {
  /** The address that was signed in before. */
  email?: string
  /** Signed in, second factor included. */
  onDone(): void
}

/** E-mail address and password; on the sign-in page, and in place where a session has ended. */
export function SignInForm({ email: known = '', onDone }: SignInProps) {
  const [email, setEmail] = useState(known)
  const [password, setPassword] = useState('')
  const signIn = useAction(async () => {
    const { secondFactor } = await call('POST /api/sign-in', { body: { email, password } })
    await loadSession()
    if (!secondFactor) onDone()
  })
  const startAgain = useAction(async () => {
    await call('POST /api/sign-out', {})
    await loadSession()
    setPassword('')
  })
  if (handshake.value?.pending) return <SecondFactorForm onDone={onDone} onBack={startAgain.run} />
  if (isRefusal(signIn.error, 'email_unverified')) return <Unverified email={email} onBack={signIn.clear} />
  return (
    <Form onSubmit={signIn.run} error={otherError(signIn.error, ['email', 'password'])}>
      <TextField
        label="E-mail address"
        type="email"
        name="email"
        autocomplete="username"
        value={email}
        onInput={setEmail}
        error={fieldError(signIn.error, 'email')}
        autofocus={known === ''}
      />
      <TextField
        label="Password"
        type="password"
        name="password"
        autocomplete="current-password"
        value={password}
        onInput={setPassword}
        error={fieldError(signIn.error, 'password')}
        autofocus={known !== ''}
      />
      <div class="actions spread">
        <Button look="primary" type="submit" busy={signIn.busy}>
          Sign in
        </Button>
        <a href={paths.reset}>Forgot your password?</a>
      </div>
    </Form>
  )
}

function Unverified({ email, onBack }: { email: string; onBack(): void }) {
  const again = useAction(() => call('POST /api/verification', { body: { email } }))
  const [sent, setSent] = useState(false)
  const send = async () => setSent(await again.run())
  return (
    <>
      <Notice kind="warning" title="Confirm your address first">
        Open the link in the mail that we sent to {email} when you signed up.
      </Notice>
      {sent && <Notice kind="good">Sent. It may take a minute to arrive.</Notice>}
      {again.error !== null && <Notice kind="error">{otherError(again.error, [])}</Notice>}
      <div class="actions">
        <Button look="primary" busy={again.busy} onClick={send}>
          Send the mail again
        </Button>
        <Button onClick={onBack}>Back</Button>
      </div>
    </>
  )
}

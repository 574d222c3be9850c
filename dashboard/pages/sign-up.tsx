import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { fieldError, otherError } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Outside } from '../parts/outside.tsx'
import { Providers } from '../parts/providers.tsx'
import { paths } from '../paths.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'

export function SignUp() {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [sent, setSent] = useState(false)
  const signUp = useAction(async () => {
    await call('POST /api/sign-up', { body: { name, email, password } })
    setSent(true)
  })
  if (sent) return <MailSent email={email} onBack={() => setSent(false)} />
  return (
    <Outside
      title="Create an account"
      lead="Answers from your docs on your own pages, in a few minutes."
      foot={
        <>
          Have an account? <a href={paths.signIn}>Sign in</a>
        </>
      }
    >
      <Form onSubmit={signUp.run} error={otherError(signUp.error, ['name', 'email', 'password'])}>
        <TextField
          label="Your name"
          name="name"
          autocomplete="name"
          value={name}
          onInput={setName}
          error={fieldError(signUp.error, 'name')}
          autofocus
        />
        <TextField
          label="E-mail address"
          type="email"
          name="email"
          autocomplete="username"
          value={email}
          onInput={setEmail}
          error={fieldError(signUp.error, 'email')}
        />
        <TextField
          label="Password"
          hint="15 characters or more; a few words in a row are easy to remember."
          type="password"
          name="password"
          autocomplete="new-password"
          value={password}
          onInput={setPassword}
          error={fieldError(signUp.error, 'password')}
        />
        <Button look="primary" type="submit" busy={signUp.busy}>
          Create account
        </Button>
      </Form>
      <Providers />
    </Outside>
  )
}

function MailSent({ email, onBack }: { email: string; onBack(): void }) {
  const again = useAction(() => call('POST /api/verification', { body: { email } }))
  const [repeated, setRepeated] = useState(false)
  const send = async () => setRepeated(await again.run())
  return (
    <Outside title="Look into your mailbox" lead={`We have sent a mail to ${email}.`}>
      <p>Open the link in it within a day to confirm your address. Then you can sign in.</p>
      {repeated && <Notice kind="good">Sent once more. It may take a minute to arrive.</Notice>}
      {again.error !== null && <Notice kind="error">{otherError(again.error, [])}</Notice>}
      <div class="actions">
        <Button busy={again.busy} onClick={send}>
          Send it again
        </Button>
        <Button onClick={onBack}>Use another address</Button>
      </div>
    </Outside>
  )
}

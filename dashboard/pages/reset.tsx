import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { fieldError, otherError } from '../failure.ts'
import { takeLinkToken } from '../link-token.ts'
import { useAction } from '../loaded.ts'
import { Outside } from '../parts/outside.tsx'
import { paths } from '../paths.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'

/** Asks for the mail; opened by its link, sets the password. */
export function Reset() {
  const [token, setToken] = useState(takeLinkToken)
  return token === null ? <AskForMail /> : <NewPassword token={token} onGone={() => setToken(null)} />
}

const BACK = <a href={paths.signIn}>Back to sign in</a>

function AskForMail() {
  const [email, setEmail] = useState('')
  const [sent, setSent] = useState(false)
  const ask = useAction(async () => {
    await call('POST /api/password/reset', { body: { email } })
    setSent(true)
  })
  if (sent)
    return (
      <Outside title="Look into your mailbox" lead={`If ${email} has an account, a mail is on its way.`} foot={BACK}>
        <p>Open the link in it within an hour to set a new password. It works once.</p>
        <Button onClick={() => setSent(false)}>Use another address</Button>
      </Outside>
    )
  return (
    <Outside title="Set a new password" lead="We mail you a link that works once, for an hour." foot={BACK}>
      <Form onSubmit={ask.run} error={otherError(ask.error, ['email'])}>
        <TextField
          label="E-mail address"
          type="email"
          name="email"
          autocomplete="username"
          value={email}
          onInput={setEmail}
          error={fieldError(ask.error, 'email')}
          autofocus
        />
        <Button look="primary" type="submit" busy={ask.busy}>
          Send the link
        </Button>
      </Form>
    </Outside>
  )
}

function NewPassword({ token, onGone }: { token: string; onGone(): void }) {
  const [password, setPassword] = useState('')
  const [done, setDone] = useState(false)
  const set = useAction(async () => {
    await call('POST /api/password/reset/confirm', { body: { token, password } })
    setDone(true)
  })
  if (done)
    return (
      <Outside title="Your password is set" lead="Every session of yours was ended. Sign in with the new one.">
        <ButtonLink look="primary" href={paths.signIn}>
          Sign in
        </ButtonLink>
      </Outside>
    )
  const isGone = fieldError(set.error, 'token') !== ''
  return (
    <Outside title="Set a new password" lead="It ends every session of yours; a second factor stays." foot={BACK}>
      <Form onSubmit={set.run} error={otherError(set.error, ['password'])}>
        <TextField
          label="New password"
          hint="15 characters or more; a few words in a row are easy to remember."
          type="password"
          name="password"
          autocomplete="new-password"
          value={password}
          onInput={setPassword}
          error={fieldError(set.error, 'password')}
          autofocus
        />
        <div class="actions">
          <Button look="primary" type="submit" busy={set.busy}>
            Set password
          </Button>
          {isGone && <Button onClick={onGone}>Ask for a new link</Button>}
        </div>
      </Form>
    </Outside>
  )
}

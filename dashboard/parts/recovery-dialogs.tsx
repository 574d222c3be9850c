import { useState } from 'preact/hooks'
import { call, loadSession } from '../api.ts'
import { fieldError, otherError } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { open } from '../recovery.ts'
import { session } from '../session-state.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** Over whatever page there is: what was typed on it stays, and the call that was refused goes on afterwards. */
export function RecoveryDialogs() {
  const current = open.value
  if (current === null) return null
  return current.demand === 'session' ? <SessionOver settle={current.settle} /> : <ProofAgain settle={current.settle} />
}

interface Settled {
  settle(given: boolean): void
}

function SessionOver({ settle }: Settled) {
  const [before] = useState(session.value?.user ?? null)
  const done = () => {
    // Whoever signs in as somebody else must not go on with what the first one has typed.
    if (before !== null && session.value?.user?.id !== before.id) location.assign('/')
    else settle(true)
  }
  return (
    <Dialog title="Sign in again" onClose={() => settle(false)}>
      <p class="prose">Your session has ended. Sign in to go on; what you have typed is still there.</p>
      <SignInForm email={before?.email ?? ''} onDone={done} />
    </Dialog>
  )
}

function ProofAgain({ settle }: Settled) {
  const [password, setPassword] = useState('')
  const prove = useAction(async () => {
    await call('POST /api/proof', { body: { password } })
    await loadSession()
    settle(true)
  })
  return (
    <Dialog title="Your password once more" onClose={() => settle(false)}>
      <p class="prose">This changes who gets in, so we ask for the password every ten minutes.</p>
      <Form onSubmit={prove.run} error={otherError(prove.error, ['password'])}>
        <TextField
          label="Password"
          type="password"
          name="password"
          autocomplete="current-password"
          value={password}
          onInput={setPassword}
          error={fieldError(prove.error, 'password')}
          autofocus
        />
        <div class="actions end">
          <Button onClick={() => settle(false)}>Cancel</Button>
          <Button look="primary" type="submit" busy={prove.busy}>
            Continue
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}

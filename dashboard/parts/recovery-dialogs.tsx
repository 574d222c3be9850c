import { useEffect, useState } from 'preact/hooks'
import { call, loadSession } from '../api.ts'
import { isRefusal, sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { open } from '../recovery.ts'
import { session } from '../session-state.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { digitsOf } from './second-factor-form.tsx'
import { SignInForm } from './sign-in-form.tsx'

const CODE = { label: 'Code of your authenticator app', inputMode: 'numeric', autocomplete: 'one-time-code' } as const
const PASSWORD = { label: 'Password', type: 'password', autocomplete: 'current-password' } as const

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
  useEffect(() => {
    // The cookie may be gone with the session, and the token with it; or another tab has signed in meanwhile.
    loadSession().then(
      ({ user }) => user !== null && done(),
      () => {},
    )
  }, [])
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
  const hasCode = session.value?.user?.secondFactor ?? false
  const [typed, setTyped] = useState('')
  const prove = useAction(async () => {
    await call('POST /api/proof', { body: hasCode ? { code: digitsOf(typed) } : { password: typed } })
    await loadSession()
    settle(true)
  })
  return (
    <Dialog title="Is it still you?" onClose={() => settle(false)}>
      <p class="prose">This changes who gets in, so we ask again when the last time was more than ten minutes ago.</p>
      <Form onSubmit={prove.run}>
        <TextField
          {...(hasCode ? CODE : PASSWORD)}
          value={typed}
          onInput={setTyped}
          error={prove.error === null ? '' : wrongOr(prove.error)}
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

function wrongOr(error: unknown): string {
  return isRefusal(error, 'credentials_wrong') ? 'This is not your password.' : sentenceOf(error)
}

import { useState } from 'preact/hooks'
import { call, loadSession } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'

interface SecondFactorProps {
  onDone(): void
  /** Back to the password. */
  onBack(): void
}

/** The step after the password: the code of the authenticator app, or one of the codes kept for when it is lost. */
export function SecondFactorForm({ onDone, onBack }: SecondFactorProps) {
  const [isBackup, setBackup] = useState(false)
  const [typed, setTyped] = useState('')
  const show = useAction(async () => {
    const body = isBackup ? { backupCode: typed.trim() } : { code: digitsOf(typed) }
    await call('POST /api/sign-in/second-factor', { body })
    await loadSession()
    onDone()
  })
  const change = () => {
    setBackup(!isBackup)
    setTyped('')
    show.clear()
  }
  return (
    <Form onSubmit={show.run}>
      <TextField
        key={String(isBackup)}
        label={isBackup ? 'Backup code' : 'Code of your authenticator app'}
        hint={isBackup ? 'One of the codes that you kept when you switched it on; each works once.' : 'Six digits'}
        value={typed}
        onInput={setTyped}
        inputMode={isBackup ? 'text' : 'numeric'}
        autocomplete="one-time-code"
        error={show.error === null ? '' : sentenceOf(show.error)}
        mono
        autofocus
      />
      <div class="actions">
        <Button look="primary" type="submit" busy={show.busy}>
          Continue
        </Button>
        <Button look="quiet" onClick={change}>
          {isBackup ? 'Use the app' : 'Use a backup code'}
        </Button>
        <Button look="quiet" onClick={onBack}>
          Start again
        </Button>
      </div>
    </Form>
  )
}

/** As people type and paste them: “123 456”. */
export function digitsOf(typed: string): string {
  return typed.replace(/[\s-]/g, '')
}

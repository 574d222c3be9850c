import { useState } from 'preact/hooks'
import { call, loadSession } from '../api.ts'
import { fieldError, isRefusal, otherError } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Section } from '../ui/page.tsx'

export function ChangePassword() {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useAction(async () => {
    await call('PUT /api/password', { body: { current, next } })
    await loadSession()
    setCurrent('')
    setNext('')
    say('Your password is changed, and every other session is ended.')
  })
  const isWrong = isRefusal(change.error, 'credentials_wrong')
  return (
    <Section title="Password" lead="A new one ends every other session of yours.">
      <Form onSubmit={change.run} error={isWrong ? '' : otherError(change.error, ['current', 'next'])}>
        <TextField
          label="Current password"
          type="password"
          autocomplete="current-password"
          value={current}
          onInput={setCurrent}
          error={isWrong ? 'This is not your current password.' : fieldError(change.error, 'current')}
        />
        <TextField
          label="New password"
          hint="15 characters or more; a few words in a row are easy to remember."
          type="password"
          autocomplete="new-password"
          value={next}
          onInput={setNext}
          error={fieldError(change.error, 'next')}
        />
        <Button type="submit" busy={change.busy}>
          Change password
        </Button>
      </Form>
    </Section>
  )
}

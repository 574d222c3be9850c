import { useState } from 'preact/hooks'
import lazy, { ErrorBoundary } from 'preact-iso/lazy'
import { call } from '../api.ts'
import { Refused, sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { CheckField, TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'

/** With the list of public suffixes it weighs more than all the rest: loaded with the first letter. */
const Preview = lazy(async () => (await import('./rule-preview.tsx')).Preview)

interface AddDomainProps {
  project: string
  onAdded(): Promise<void>
}

export function AddDomain({ project, onAdded }: AddDomainProps) {
  const [rule, setRule] = useState('')
  const [ends, setEnds] = useState(false)
  const [until, setUntil] = useState('')
  const add = useAction(async () => {
    const expiresAt = ends && until !== '' ? new Date(until).toISOString() : null
    const added = await call('POST /api/projects/:project/origins', { project, body: { rule, expiresAt } })
    await onAdded()
    setRule('')
    setEnds(false)
    say(`${added.rule} is allowed.`)
  })
  const isRule = add.error instanceof Refused && add.error.problem.code !== 'rate_limited'
  return (
    <Form onSubmit={add.run} error={add.error === null || isRule ? '' : sentenceOf(add.error)}>
      <div class="inline-form">
        <TextField
          label="Domain"
          hint={
            <>
              Such as <code>docs.example.com</code>, <code>*.example.com</code> or <code>http://localhost:3000</code>
            </>
          }
          value={rule}
          onInput={(value) => {
            setRule(value)
            add.clear()
          }}
          error={isRule ? sentenceOf(add.error) : ''}
          autocomplete="off"
          mono
        />
        <Button look="primary" type="submit" busy={add.busy}>
          Allow
        </Button>
      </div>
      {rule.trim() !== '' && (
        <ErrorBoundary>
          <Preview typed={rule} hideReason={isRule} />
        </ErrorBoundary>
      )}
      {rule.trim() !== '' && (
        <CheckField
          label="Ends by itself"
          hint="For a preview deployment, so that nobody has to remember it."
          checked={ends}
          onInput={setEnds}
        />
      )}
      {ends && (
        <TextField
          label="Allowed until"
          type="datetime-local"
          value={until}
          onInput={setUntil}
          hint="In your own time zone"
        />
      )}
    </Form>
  )
}

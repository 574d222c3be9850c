import { useState } from 'preact/hooks'
import { SCOPES, type Scope } from '#shared/public-key.ts'
import { call } from '../api.ts'
import type { NewKey } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { CheckField, ChoiceField, TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { SCOPE_WORDS } from '../words.ts'

interface CreateKeyProps {
  project: string
  onMade(key: NewKey): void
  onClose(): void
}

export function CreateKeyDialog({ project, onMade, onClose }: CreateKeyProps) {
  const [label, setLabel] = useState('')
  const [kind, setKind] = useState<'public' | 'secret'>('public')
  const [environment, setEnvironment] = useState<'live' | 'test'>('live')
  const [scopes, setScopes] = useState<readonly Scope[]>(SCOPES)
  const [until, setUntil] = useState('')
  const create = useAction(async () => {
    const expiresAt = until === '' ? null : new Date(`${until}T23:59:59`).toISOString()
    const body = { label, kind, environment, scopes, expiresAt }
    onMade(await call('POST /api/projects/:project/keys', { project, body }))
  })
  const toggle = (scope: Scope) => (on: boolean) =>
    setScopes(SCOPES.filter((known) => (known === scope ? on : scopes.includes(known))))
  return (
    <Dialog title="New key" onClose={onClose} wide>
      <Form onSubmit={create.run} error={create.error === null ? '' : sentenceOf(create.error)}>
        <TextField
          label="Label"
          hint="Where it will be used, so that you know it again."
          placeholder="Docs website"
          value={label}
          onInput={setLabel}
          maxLength={100}
          autofocus
        />
        <ChoiceField
          legend="For"
          value={kind}
          onInput={setKind}
          options={[
            { value: 'public', label: 'Pages', hint: 'Public: in the snippet, on allowed domains' },
            { value: 'secret', label: 'Servers', hint: 'Secret: shown once, refused from pages' },
          ]}
        />
        <ChoiceField
          legend="Environment"
          value={environment}
          onInput={setEnvironment}
          options={[
            { value: 'live', label: 'Live', hint: 'For what your visitors open' },
            { value: 'test', label: 'Test', hint: 'Also admits every localhost' },
          ]}
        />
        <fieldset class="checks">
          <legend>May</legend>
          {SCOPES.map((scope) => (
            <CheckField
              key={scope}
              label={SCOPE_WORDS[scope].name}
              hint={SCOPE_WORDS[scope].opens}
              checked={scopes.includes(scope)}
              onInput={toggle(scope)}
            />
          ))}
        </fieldset>
        <TextField
          label="Last day (optional)"
          hint="Without one it works until you revoke it."
          type="date"
          value={until}
          onInput={setUntil}
        />
        <div class="actions end">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={create.busy}>
            Make key
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}

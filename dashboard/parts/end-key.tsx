import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import type { NewKey } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { adviceOn, type ListedKey } from '../key-advice.ts'
import { useAction } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Confirm, Dialog } from '../ui/dialog.tsx'
import { SelectField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { When } from '../ui/time.tsx'

const DAY_SECONDS = 86_400
const GRACES = [
  { value: String(7 * DAY_SECONDS), label: 'for 7 days' },
  { value: String(DAY_SECONDS), label: 'for a day' },
  { value: String(30 * DAY_SECONDS), label: 'for 30 days' },
  { value: String(90 * DAY_SECONDS), label: 'for 90 days' },
  { value: '0', label: 'not at all: it has leaked' },
] as const

interface KeyDialogProps {
  project: string
  listed: ListedKey
  onClose(): void
}

export function RotateKeyDialog({ project, listed, onMade, onClose }: KeyDialogProps & { onMade(key: NewKey): void }) {
  const [grace, setGrace] = useState<(typeof GRACES)[number]['value']>(GRACES[0].value)
  const rotate = useAction(async () => {
    const body = { graceSeconds: Number(grace) }
    onMade(await call('POST /api/projects/:project/keys/:id/rotate', { project, id: listed.id, body }))
  })
  return (
    <Dialog title={`Rotate ${listed.label}`} onClose={onClose}>
      <p>A new key is made beside the old one, with the same label, environment and scopes.</p>
      <Form onSubmit={rotate.run} error={rotate.error === null ? '' : sentenceOf(rotate.error)}>
        <SelectField
          label="The old key goes on working"
          hint="Long enough to put the new one into all your pages."
          value={grace}
          options={GRACES}
          onInput={setGrace}
        />
        <div class="actions end">
          <Button onClick={onClose}>Cancel</Button>
          <Button look={grace === '0' ? 'danger' : 'primary'} type="submit" busy={rotate.busy}>
            {grace === '0' ? 'Rotate and revoke at once' : 'Rotate key'}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}

export function RevokeKeyDialog({
  project,
  listed,
  onRevoked,
  onClose,
}: KeyDialogProps & { onRevoked(): Promise<void> }) {
  const revoke = useAction(async () => {
    await call('DELETE /api/projects/:project/keys/:id', { project, id: listed.id })
    await onRevoked()
    say(`${listed.label} is revoked.`)
  })
  return (
    <Confirm
      title={`Revoke ${listed.label}?`}
      act="Revoke key"
      busy={revoke.busy}
      error={revoke.error === null ? '' : sentenceOf(revoke.error)}
      onConfirm={revoke.run}
      onClose={onClose}
    >
      <Consequence listed={listed} />
      <p>It cannot be undone: a revoked key stays revoked.</p>
    </Confirm>
  )
}

/** Who would notice, by what was seen. */
function Consequence({ listed }: { listed: ListedKey }) {
  const { lastUsedAt, watchedSince, seenFrom } = listed
  const places = seenFrom.filter(({ admitted }) => admitted).map(({ origin }) => origin ?? 'a server of yours')
  if (adviceOn(listed, Date.now()) === 'safe')
    return (
      <p>
        Nobody will notice: it was not used since <When at={lastUsedAt ?? watchedSince} />.
      </p>
    )
  if (lastUsedAt === null)
    return (
      <p>
        It was not used since <When at={watchedSince} />, which is too short a time to be sure.
      </p>
    )
  return (
    <>
      <p>
        It was last used <When at={lastUsedAt} />. The very next question from there will be refused
        {places.length > 0 ? ':' : '.'}
      </p>
      {places.length > 0 && (
        <ul class="bullets">
          {places.slice(0, 5).map((place) => (
            <li key={place}>
              <code>{place}</code>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

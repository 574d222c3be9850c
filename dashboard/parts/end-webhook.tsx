import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Confirm, Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { SECRET_HINTS, type Signing } from './new-webhook.tsx'

export type Webhook = AnswerOf<'GET /api/projects/:project/webhooks'>['items'][number]

const GRACES = [
  { value: '86400', label: 'for a day' },
  { value: '3600', label: 'for an hour' },
  { value: '0', label: 'not at all: it has leaked' },
] as const

interface WebhookDialogProps {
  project: string
  webhook: Webhook
  onClose(): void
}

export function RotateWebhookDialog(props: WebhookDialogProps & { onMade(signing: Signing): void }) {
  const { project, webhook, onMade, onClose } = props
  const [grace, setGrace] = useState<(typeof GRACES)[number]['value']>('86400')
  const [given, setGiven] = useState('')
  const hint = SECRET_HINTS[webhook.provider]
  const rotate = useAction(async () => {
    const body = { graceSeconds: Number(grace), ...(hint && { secret: given.trim() }) }
    const { secret } = await call('POST /api/projects/:project/webhooks/:id/rotate', { project, id: webhook.id, body })
    onMade({ url: null, secret })
  })
  return (
    <Dialog title={`New secret for ${webhook.label}`} onClose={onClose}>
      <Form onSubmit={rotate.run} error={rotate.error === null ? '' : sentenceOf(rotate.error)}>
        {hint && (
          <TextField label="The new secret" hint={hint} value={given} onInput={setGiven} maxLength={600} autofocus />
        )}
        <SelectField label="The old secret goes on counting" value={grace} options={GRACES} onInput={setGrace} />
        <div class="actions end">
          <Button onClick={onClose}>Cancel</Button>
          <Button look={grace === '0' ? 'danger' : 'primary'} type="submit" busy={rotate.busy}>
            Make new secret
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}

export function RemoveWebhookDialog(props: WebhookDialogProps & { onRemoved(): Promise<void> }) {
  const { project, webhook, onRemoved, onClose } = props
  const remove = useAction(async () => {
    await call('DELETE /api/projects/:project/webhooks/:id', { project, id: webhook.id })
    await onRemoved()
    say(`${webhook.label} is removed.`)
    onClose()
  })
  return (
    <Confirm
      title={`Remove ${webhook.label}?`}
      act="Remove address"
      busy={remove.busy}
      error={remove.error === null ? '' : sentenceOf(remove.error)}
      onConfirm={remove.run}
      onClose={onClose}
    >
      <p>Whatever is still sent to it is refused. The documents that came through it stay.</p>
    </Confirm>
  )
}

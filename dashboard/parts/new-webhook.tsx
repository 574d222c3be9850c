import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { CheckField, TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'

export interface Signing {
  /** Null where only the secret is new. */
  url: string | null
  secret: string
}

interface NewWebhookProps {
  project: string
  onMade(signing: Signing): void
  onClose(): void
}

export function NewWebhookDialog({ project, onMade, onClose }: NewWebhookProps) {
  const [label, setLabel] = useState('')
  const create = useAction(async () => {
    const body = { label, kind: 'in', provider: 'standard' }
    onMade(await call('POST /api/projects/:project/webhooks', { project, body }))
  })
  return (
    <Dialog title="New address" onClose={onClose}>
      <Form onSubmit={create.run} error={create.error === null ? '' : sentenceOf(create.error)}>
        <TextField
          label="Label"
          hint="What pushes to it: your build, your help centre."
          value={label}
          onInput={setLabel}
          maxLength={100}
          autofocus
        />
        <div class="actions end">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={create.busy}>
            Make address
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}

/** Shown this once, so the dialog waits until it is kept. */
export function SigningDialog({ signing: { url, secret }, onClose }: { signing: Signing; onClose(): void }) {
  const [kept, setKept] = useState(false)
  return (
    <Dialog title="Its signing secret" onClose={() => kept && onClose()} wide>
      <Notice kind="warning" title="Store it now: it is shown only this once">
        Whoever has it can change what your project knows. It is kept sealed here.
      </Notice>
      {url !== null && (
        <>
          <p>Send signed events to</p>
          <Copy text={url} what="the address" />
        </>
      )}
      <p>Sign them with</p>
      <Copy text={secret} what="the secret" />
      <CheckField label="I have stored it" checked={kept} onInput={setKept} />
      <div class="actions end">
        <Button look="primary" disabled={!kept} onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}

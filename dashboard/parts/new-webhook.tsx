import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { CheckField, SelectField, TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'

export interface Signing {
  /** Null where only the secret is new. */
  url: string | null
  secret: string
}

const KINDS = [
  { value: 'in', label: 'Push documents' },
  { value: 'voice', label: 'Voice agent' },
] as const

const PLATFORMS = [
  { value: 'vapi', label: 'Vapi' },
  { value: 'retell', label: 'Retell' },
  { value: 'elevenlabs', label: 'ElevenLabs' },
  { value: 'standard', label: 'Standard Webhooks' },
] as const

/** Of those who make the secret themselves. */
export const SECRET_HINTS: Partial<Record<string, string>> = {
  retell: 'The API key that carries the webhook badge.',
  elevenlabs: 'As ElevenLabs shows it once it knows the address; until then any 16 characters.',
}

interface NewWebhookProps {
  project: string
  onMade(signing: Signing): void
  onClose(): void
}

export function NewWebhookDialog({ project, onMade, onClose }: NewWebhookProps) {
  const [label, setLabel] = useState('')
  const [kind, setKind] = useState<(typeof KINDS)[number]['value']>('in')
  const [platform, setPlatform] = useState<(typeof PLATFORMS)[number]['value']>('vapi')
  const [secret, setSecret] = useState('')
  const provider = kind === 'in' ? 'standard' : platform
  const hint = SECRET_HINTS[provider]
  const create = useAction(async () => {
    const body = { label, kind, provider, ...(hint && { secret: secret.trim() }) }
    onMade(await call('POST /api/projects/:project/webhooks', { project, body }))
  })
  return (
    <Dialog title="New address" onClose={onClose}>
      <Form onSubmit={create.run} error={create.error === null ? '' : sentenceOf(create.error)}>
        <TextField
          label="Label"
          hint="What sends to it: your build, your help centre, your voice agent."
          value={label}
          onInput={setLabel}
          maxLength={100}
          autofocus
        />
        <SelectField label="What for" value={kind} options={KINDS} onInput={setKind} />
        {kind === 'voice' && (
          <SelectField label="Platform" value={platform} options={PLATFORMS} onInput={setPlatform} />
        )}
        {hint && (
          <TextField label="Its signing secret" hint={hint} value={secret} onInput={setSecret} maxLength={600} />
        )}
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
        Whoever has it can change what your project knows, or ask in its name. It is kept sealed here.
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

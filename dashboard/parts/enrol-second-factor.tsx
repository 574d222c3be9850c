import { useEffect, useState } from 'preact/hooks'
import { encode } from 'uqr'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/page.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import { digitsOf } from './second-factor-form.tsx'

interface EnrolProps {
  onDone(backupCodes: string[]): Promise<void>
  onClose(): void
}

/** Scan, then show that it works: nothing changes before. */
export function EnrolDialog({ onDone, onClose }: EnrolProps) {
  const [secret, setSecret] = useState<AnswerOf<'POST /api/second-factor'> | null>(null)
  const [code, setCode] = useState('')
  const begin = useAction(async () => setSecret(await call('POST /api/second-factor', {})))
  const confirm = useAction(async () => {
    const { backupCodes } = await call('POST /api/second-factor/confirm', { body: { code: digitsOf(code) } })
    await onDone(backupCodes)
  })
  useEffect(() => {
    begin.run()
  }, [begin.run])
  return (
    <Dialog title="Set up the second factor" onClose={onClose} wide>
      {begin.error !== null && <Notice kind="error">{sentenceOf(begin.error)}</Notice>}
      {secret === null ? (
        begin.error === null && <Skeleton rows={4} />
      ) : (
        <>
          <div class="enrol">
            <QrCode modules={encode(secret.uri).data} label="Code for an authenticator app" />
            <div class="prose">
              <p>Scan this with an authenticator app, such as the password manager on your phone.</p>
              <p>Or type this key into it:</p>
              <Copy text={secret.secret} what="the key" block />
            </div>
          </div>
          <Form onSubmit={confirm.run}>
            <TextField
              label="Code that the app shows now"
              value={code}
              onInput={setCode}
              inputMode="numeric"
              autocomplete="one-time-code"
              error={confirm.error === null ? '' : sentenceOf(confirm.error)}
              mono
            />
            <div class="actions end">
              <Button onClick={onClose}>Cancel</Button>
              <Button look="primary" type="submit" busy={confirm.busy}>
                Switch on
              </Button>
            </div>
          </Form>
        </>
      )}
    </Dialog>
  )
}

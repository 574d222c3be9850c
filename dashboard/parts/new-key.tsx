import { useState } from 'preact/hooks'
import type { NewKey } from '../calls.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { CheckField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { WidgetSnippet } from './widget-snippet.tsx'

/** A key that was just made. A secret one is shown here and never again, so the dialog waits until it is kept. */
export function NewKeyDialog({ made: { key }, onClose }: { made: NewKey; onClose(): void }) {
  const isSecret = key.startsWith('pnx_sk_')
  const [kept, setKept] = useState(false)
  const canClose = !isSecret || kept
  return (
    <Dialog title="Your new key" onClose={() => canClose && onClose()} wide>
      {isSecret ? (
        <>
          <Notice kind="warning" title="Store it now: it is shown only this once">
            We keep a hash of it and nothing more. It belongs on a server, never into a page or a repository.
          </Notice>
          <Copy text={key} what="the secret key" />
          <CheckField label="I have stored it" checked={kept} onInput={setKept} />
        </>
      ) : (
        <>
          <p>Paste this before the closing body tag of the pages that shall carry the widget.</p>
          <WidgetSnippet publicKey={key} />
        </>
      )}
      <div class="actions end">
        <Button look="primary" disabled={!canClose} onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}

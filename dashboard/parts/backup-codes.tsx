import { useEffect, useState } from 'preact/hooks'
import { session } from '../session-state.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { CheckField } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { Notice } from '../ui/notice.tsx'

/** Shown this once, so the dialog waits until they are kept. */
export function BackupCodesDialog({ codes, onClose }: { codes: string[]; onClose(): void }) {
  const [kept, setKept] = useState(false)
  const [file, setFile] = useState('')
  const text = backupFile(codes, session.value?.user?.email ?? '')
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    setFile(url)
    return () => URL.revokeObjectURL(url)
  }, [text])
  return (
    <Dialog title="Your backup codes" onClose={() => kept && onClose()}>
      <Notice kind="warning" title="Keep them now: they are shown only this once">
        Each opens your account once when the phone is not at hand. The codes of before are worth nothing.
      </Notice>
      <Copy text={codes.join('\n')} what="the backup codes" block />
      <a class="button plain" href={file} download="pernoex-backup-codes.txt">
        <Icon name="doc" />
        <span>Download as a file</span>
      </a>
      <CheckField label="I have stored them" checked={kept} onInput={setKept} />
      <div class="actions end">
        <Button look="primary" disabled={!kept} onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}

function backupFile(codes: string[], email: string): string {
  return `Backup codes of ${email} for Pernoex. Each works once.\n\n${codes.join('\n')}\n`
}

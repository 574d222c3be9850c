import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'

interface DialogProps {
  title: string
  /** Escape, the cross, or a click beside it. */
  onClose(): void
  children: ComponentChildren
  wide?: boolean
}

/** Modal: the browser keeps the focus inside, and gives it back. */
export function Dialog({ title, onClose, children, wide }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class={wide ? 'wide' : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <div class="dialog-box">
        <header>
          <h2 id={id}>{title}</h2>
          <Button look="quiet" icon="close" iconOnly label="Close" onClick={onClose}>
            Close
          </Button>
        </header>
        {children}
      </div>
    </dialog>
  )
}

interface ConfirmProps {
  title: string
  /** What will happen. */
  children: ComponentChildren
  /** Names the act: “Revoke key”, never “OK”. */
  act: string
  busy: boolean
  error: string
  onConfirm(): void
  onClose(): void
}

export function Confirm({ title, children, act, busy, error, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {error !== '' && <Notice kind="error">{error}</Notice>}
      <div class="prose">{children}</div>
      <div class="actions end">
        <Button onClick={onClose} autofocus>
          Cancel
        </Button>
        <Button look="danger" busy={busy} onClick={onConfirm}>
          {act}
        </Button>
      </div>
    </Dialog>
  )
}

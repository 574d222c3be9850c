import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Notice } from './notice.tsx'

interface FormProps {
  onSubmit(): void
  /** What stands above the fields when it went wrong; empty for nothing. */
  error?: string
  children: ComponentChildren
}

/** Sends on Enter, asks the browser for nothing, and takes the reader to the first field that is wrong. */
export function Form({ onSubmit, error = '', children }: FormProps) {
  const form = useRef<HTMLFormElement>(null)
  const awaitsVerdict = useRef(false)
  useEffect(() => {
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (!awaitsVerdict.current || !wrong) return
    awaitsVerdict.current = false
    wrong.focus()
  })
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        awaitsVerdict.current = true
        onSubmit()
      }}
    >
      {error !== '' && <Notice kind="error">{error}</Notice>}
      {children}
    </form>
  )
}

import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'

interface NoticeProps {
  kind?: 'info' | 'good' | 'warning' | 'error'
  title?: string
  children?: ComponentChildren
}

const ICONS = { info: 'wait', good: 'check', warning: 'alert', error: 'alert' } as const

/** Errors are read out at once, the others in their turn. */
export function Notice({ kind = 'info', title, children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <Icon name={ICONS[kind]} />
      <div>
        {title && <p class="notice-title">{title}</p>}
        {children && <div>{children}</div>}
      </div>
    </div>
  )
}

interface EmptyProps {
  title: string
  children: ComponentChildren
  action?: ComponentChildren
}

/** Of a list with nothing in it: what to do so that there is. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div class="empty">
      <h3>{title}</h3>
      <p>{children}</p>
      {action && <div class="actions">{action}</div>}
    </div>
  )
}

import type { ComponentChildren, TargetedMouseEvent } from 'preact'
import { Icon, type IconName } from './icon.tsx'

interface Look {
  /** `primary` once on a page at most; `quiet` for what stands in a row of a list. */
  look?: 'primary' | 'plain' | 'quiet' | 'danger'
  icon?: IconName
}

interface ButtonProps extends Look {
  children: ComponentChildren
  type?: 'button' | 'submit'
  /** Under way: it keeps its place and the focus, and does nothing. */
  busy?: boolean
  disabled?: boolean
  /** Where the words alone do not say what is meant, such as one of many in a list. */
  label?: string
  /** A quiet one that shows its icon only. */
  iconOnly?: boolean
  autofocus?: boolean
  expanded?: boolean
  controls?: string
  onClick?: (event: TargetedMouseEvent<HTMLButtonElement>) => void
}

export function Button({ look = 'plain', icon, iconOnly, type = 'button', busy, ...rest }: ButtonProps) {
  const { children, disabled, label, autofocus, expanded, controls, onClick } = rest
  return (
    <button
      class={`button ${look}${busy ? ' busy' : ''}${iconOnly ? ' icon-only' : ''}`}
      type={type}
      disabled={disabled ?? false}
      aria-disabled={busy ? 'true' : undefined}
      aria-label={label}
      aria-expanded={expanded}
      aria-controls={controls}
      title={iconOnly ? label : undefined}
      autofocus={autofocus ?? false}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {icon && <Icon name={icon} />}
      {iconOnly ? null : <span>{children}</span>}
    </button>
  )
}

export function ButtonLink({
  look = 'plain',
  icon,
  href,
  children,
}: Look & { href: string; children: ComponentChildren }) {
  return (
    <a class={`button ${look}`} href={href}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  )
}

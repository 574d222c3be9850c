import type { ComponentChildren } from 'preact'

/** A state in one or two words; the colour only repeats them. */
export function Badge({
  tone = 'plain',
  children,
}: {
  tone?: 'plain' | 'good' | 'warning' | 'bad'
  children: ComponentChildren
}) {
  return <span class={`badge ${tone}`}>{children}</span>
}
